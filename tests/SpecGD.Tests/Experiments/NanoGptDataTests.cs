using SpecGD.Data.Language;
using SpecGD.Experiments.NanoGpt;

namespace SpecGD.Tests.Experiments;

public class NanoGptDataTests
{
    private static readonly NanoGptOptions Tiny = new() { Preset = "tiny" };

    [Fact]
    public void The_sample_gives_sequences_that_begin_at_documents_and_validation_beside_them()
    {
        var data = NanoGptData.Sample(Tiny);
        int length = Tiny.Plan().Length;

        for (int step = 0; step < 3; step++)
        {
            var sequences = data.Source.Next();
            sequences.Count.ShouldBe(Tiny.SequencesPerStep);
            sequences.All(sequence => sequence.Length == length + 1 && sequence.Span[0] == data.EndOfText).ShouldBeTrue();
        }
        data.Validation.Count.ShouldBe(8);
        data.Validation.All(sequence => sequence.Length == length + 1).ShouldBeTrue();
    }

    [Fact]
    public void The_unigram_entropy_is_that_of_the_training_tokens()
    {
        const double rounding = 1e-12;
        using var shard = LanguageData.Sample(4, 1).Training.Open(0);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);

        // Σ p log(1/p) by another way: the mean of log(1/p) over the tokens themselves.
        var counts = tokens.CountBy(token => token).ToDictionary(pair => pair.Key, pair => (double)pair.Value);
        double entropy = tokens.Average(token => Math.Log(tokens.Length / counts[token]));

        NanoGptData.Sample(Tiny).UnigramEntropy.ShouldBe(entropy, rounding * entropy * Math.Sqrt(tokens.Length));
    }

    [Fact]
    public void A_source_that_goes_on_gives_the_sequences_that_the_first_would_have()
    {
        var first = NanoGptData.Sample(Tiny).Source;
        first.Next();
        var state = first.CaptureState()!;
        var expected = first.Next().Select(sequence => sequence.ToArray()).ToArray();

        var second = NanoGptData.Sample(Tiny).Source;
        second.RestoreState(state);

        second.Next().Select(sequence => sequence.ToArray()).ShouldBe(expected);
    }

    [Fact]
    public void The_model_takes_the_vocabulary_of_larger_tokens_and_keeps_its_own_for_smaller_ones()
    {
        var bytes = NanoGptData.Sample(Tiny);
        var large = bytes with { Vocabulary = 50257, EndOfText = 50256 };

        large.Fit(Tiny.Shape()).Vocabulary.ShouldBe(50257);
        large.Fit(Tiny.Shape()).EndOfText.ShouldBe(50256);
        var big = new NanoGptOptions { Preset = "124M" }.Shape();
        bytes.Fit(big).Vocabulary.ShouldBe(big.Vocabulary);
        bytes.Fit(big).EndOfText.ShouldBe(256);
    }
}
