using System.Security.Cryptography;
using System.Text;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Tests.Data.Language;

public class SampleTextTests
{
    private const ushort End = 256;

    /// <summary>A model of the two or three bytes before must do better than the frequencies alone by at least this share of their entropy.</summary>
    private const double Learnable = 0.35;

    [Fact]
    public void The_same_seed_gives_the_same_text_on_every_machine()
    {
        byte[] text = [.. new SampleText(1).Documents(100_000).SelectMany(d => d)];

        Convert.ToHexString(SHA256.HashData(text))[..16].ShouldBe("E7B7B94E5AE4C663", "a text that changes makes recorded losses meaningless");
        text.SequenceEqual(new SampleText(1).Documents(100_000).SelectMany(d => d)).ShouldBeTrue();
        text.Take(200).ShouldNotBe(new SampleText(2).Documents(1000).SelectMany(d => d).Take(200));
    }

    [Fact]
    public void Documents_have_a_title_paragraphs_and_sentences()
    {
        foreach (byte[] document in new SampleText(3).Documents(50_000))
        {
            string text = Encoding.ASCII.GetString(document);
            string[] paragraphs = text.TrimEnd('\n').Split("\n\n");
            paragraphs.Length.ShouldBeInRange(2, 4);
            paragraphs[0].ShouldMatch("^[A-Z][a-z]+ [A-Z][a-z]+$");
            paragraphs.Skip(1).ShouldAllBe(p => char.IsUpper(p[0]) && (p.EndsWith('.') || p.EndsWith('?')));
        }
    }

    [Fact]
    public void Frequencies_of_words_fall_as_Zipf_says()
    {
        string text = string.Concat(new SampleText(4).Documents(1_000_000).Select(Encoding.ASCII.GetString)).ToLowerInvariant();
        int[] counts = [.. text.Split([' ', '\n', '.', ',', '?'], StringSplitOptions.RemoveEmptyEntries).CountBy(w => w).Select(p => p.Value).OrderDescending()];

        // Slope of log count on log rank from the 10th to the 1000th word: −1 in Zipf's law; classes of words with their own laws bend it.
        double slope = Math.Log((double)counts[999] / counts[9]) / Math.Log(100);
        (slope is > -1.4 and < -0.8).ShouldBeTrue($"slope {slope}");
        counts.Length.ShouldBeGreaterThan(1300);
    }

    [Fact]
    public void The_text_can_be_learned_from_what_stands_before()
    {
        var (training, validation) = SampleText.Shards(0.3, seed: 5);
        ushort[] learn = All(training), judge = All(validation);
        double unigram = CrossEntropy(learn, judge, order: 0), bigram = CrossEntropy(learn, judge, order: 1), longer = CrossEntropy(learn, judge, order: 4);

        (unigram is > 2.5 and < 3.5).ShouldBeTrue($"{unigram} nats");
        (bigram < unigram).ShouldBeTrue($"{bigram} nats");
        (longer <= (1 - Learnable) * unigram).ShouldBeTrue($"{longer} nats against {unigram}");
        ushort[] shuffled = [.. learn];
        Random(7).Shuffle(shuffled);
        ushort[] shuffledJudge = [.. judge];
        Random(8).Shuffle(shuffledJudge);
        (CrossEntropy(shuffled, shuffledJudge, order: 1) > 0.98 * unigram).ShouldBeTrue("letters in random order cannot be");
    }

    [Fact]
    public void Shards_in_memory_are_a_tenth_for_validation_and_serve_training_as_they_are()
    {
        var (training, validation) = SampleText.Shards(0.5, seed: 6);

        (validation.TokenCount / (double)training.TokenCount is > 0.1 and < 0.13).ShouldBeTrue();
        using var sequences = new TrainingSequences(training, new SequenceOptions(Length: 512, PerStep: 8, End, Repeat: true));
        for (int step = 0; step < 200; step++)
            sequences.Next().All(s => s.Tokens.Span[0] == End && s.Length == 512).ShouldBeTrue();
        sequences.Position.Epoch.ShouldBeGreaterThan(0);
        new ValidationSequences(validation, 512).Count.ShouldBeGreaterThan(80);
        All(validation)[0].ShouldBe(End);
        var (other, _) = SampleText.Shards(0.01, seed: 6, TokenizerGolden.Cut);
        using var shard = other.Open(0);
        var first = new ushort[1];
        shard.Read(0, first);
        first[0].ShouldBe(TokenizerGolden.Cut.EndOfText);
    }

    private static ushort[] All(TokenShards shards)
    {
        using var shard = shards.Open(0);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
        return tokens;
    }

    /// <summary>Loss in nats of counting with interpolation to shorter contexts, from order 0 up.</summary>
    private static double CrossEntropy(ushort[] learn, ushort[] judge, int order)
    {
        const double weight = 1; // of the shorter context, in occurrences
        const int ids = ByteTokenizer.VocabularySize;
        double[] shares = [.. Enumerable.Repeat(1.0 / ids, judge.Length)];
        for (int k = 0; k <= order; k++)
        {
            var contexts = new Dictionary<ulong, int>();
            var pairs = new Dictionary<ulong, int>();
            for (int i = order; i < learn.Length; i++)
            {
                ulong context = Context(learn, i, k);
                contexts[context] = contexts.GetValueOrDefault(context) + 1;
                pairs[(context << 9) | learn[i]] = pairs.GetValueOrDefault((context << 9) | learn[i]) + 1;
            }
            for (int i = order; i < judge.Length; i++)
            {
                ulong context = Context(judge, i, k);
                shares[i] = (pairs.GetValueOrDefault((context << 9) | judge[i]) + (weight * shares[i])) / (contexts.GetValueOrDefault(context) + weight);
            }
        }
        return -shares.Skip(order).Average(Math.Log);
    }

    private static ulong Context(ushort[] tokens, int at, int length)
    {
        ulong context = 1;
        for (int i = at - length; i < at; i++)
            context = (context << 9) | tokens[i];
        return context;
    }

    private static Shuffler Random(uint seed) => new(seed);

    private sealed class Shuffler(uint seed)
    {
        private readonly SpecGD.Numerics.Random.MersenneTwister _random = new(seed);

        public void Shuffle(ushort[] items)
        {
            for (int i = items.Length - 1; i > 0; i--)
            {
                int j = (int)(_random.NextUInt32() % (uint)(i + 1));
                (items[i], items[j]) = (items[j], items[i]);
            }
        }
    }
}
