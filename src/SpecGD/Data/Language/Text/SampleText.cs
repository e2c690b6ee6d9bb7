using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Numerics.Random;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// Text of an invented language, so that a model can be trained without a download. It has what a language model learns step by step: letters in
/// words, words with Zipf's frequencies, a small grammar in which verbs agree with their subjects, and documents that keep to a subject: a few words
/// that come again and again, and sentences that are repeated. The same seed gives the same text everywhere.
/// </summary>
public sealed class SampleText
{
    /// <summary>Words that a document comes back to, of each part of speech, and how often it does.</summary>
    private const int SubjectWords = 8;

    private const double SubjectShare = 0.7, RepeatShare = 0.08;

    /// <summary>The part of the text that is kept for validation.</summary>
    private const int ValidationPart = 10;

    /// <summary>The longest list of words.</summary>
    private const int LongestList = 1000;

    private static readonly SampleLexicon Lexicon = SampleLexicon.Instance;

    /// <summary>Harmonic numbers: sums of 1/1 … 1/k from k = 0 on. Made of divisions and sums alone, they are the same on every machine.</summary>
    private static readonly double[] Harmonic = HarmonicNumbers();

    private readonly MersenneTwister _random;
    private readonly StringBuilder _text = new();
    private readonly List<string> _sentences = [];
    private string[] _nouns = [], _verbs = [], _names = [], _adjectives = [];

    /// <summary>A text of its own for every seed.</summary>
    public SampleText(ulong seed) => _random = new MersenneTwister((uint)seed ^ (uint)(seed >> 32));

    /// <summary>Training and validation data in memory, the latter a tenth of the text.</summary>
    /// <param name="megabytes">Length of the text in 10⁶ bytes.</param>
    /// <param name="seed">Which text.</param>
    /// <param name="tokenizer">What makes the tokens; bytes where it is not given.</param>
    public static (TokenShards Training, TokenShards Validation) Shards(double megabytes, ulong seed, ITokenizer? tokenizer = null)
    {
        tokenizer ??= ByteTokenizer.Instance;
        long length = Bytes(megabytes), validationLength = length / ValidationPart;
        var tokens = new List<ushort>();
        int validation = 0;
        long written = 0;
        foreach (byte[] document in new SampleText(seed).Documents(length))
        {
            if (written >= validationLength && validation == 0)
                validation = tokens.Count;
            tokens.Add(tokenizer.EndOfText);
            tokenizer.Encode(document, tokens);
            written += document.Length;
        }
        var all = tokens.ToArray().AsMemory();
        return (TokenShards.InMemory(new MemoryShard("the sample text", all[validation..])),
            TokenShards.InMemory(new MemoryShard("the sample text for validation", all[..validation])));
    }

    /// <summary>Writes the text as token shards.</summary>
    /// <param name="megabytes">Length of the text in 10⁶ bytes.</param>
    /// <param name="seed">Which text.</param>
    /// <param name="tokenizer">What makes the tokens.</param>
    /// <param name="writer">Where they go; it is completed.</param>
    /// <param name="progress">Told after every document.</param>
    /// <param name="cancellation">Ends it; disposing <paramref name="writer"/> then leaves nothing behind.</param>
    public static TokenFolder Write(
        double megabytes,
        ulong seed,
        ITokenizer tokenizer,
        TokenFolderWriter writer,
        IProgress<TokenizationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(writer);
        var tokens = new List<ushort>();
        long written = 0;
        foreach (byte[] document in new SampleText(seed).Documents(Bytes(megabytes)))
        {
            cancellation.ThrowIfCancellationRequested();
            tokens.Clear();
            tokens.Add(tokenizer.EndOfText);
            tokenizer.Encode(document, tokens);
            writer.Append(CollectionsMarshal.AsSpan(tokens), documents: 1);
            written += document.Length;
            progress?.Report(new TokenizationProgress(written, writer.Count));
        }
        return writer.Complete(written);
    }

    /// <summary>Bytes in so many megabytes.</summary>
    public static long Bytes(double megabytes) => (long)Math.Ceiling(megabytes * 1e6);

    /// <summary>Whole documents, ASCII, until they have at least so many bytes together.</summary>
    public IEnumerable<byte[]> Documents(long bytes)
    {
        for (long written = 0; written < bytes;)
        {
            byte[] document = Encoding.ASCII.GetBytes(Document());
            written += document.Length;
            yield return document;
        }
    }

    /// <summary>The next document: a title and a few paragraphs.</summary>
    public string Document()
    {
        (_nouns, _verbs) = (Subject(Lexicon.Nouns), Subject(Lexicon.Verbs));
        (_names, _adjectives) = (Subject(Lexicon.Names), Subject(Lexicon.Adjectives));
        _sentences.Clear();
        _text.Clear();
        _text.Append(Capitalised(_adjectives[0])).Append(' ').Append(Capitalised(_nouns[0])).Append("\n\n");
        for (int paragraphs = 1 + Below(3); paragraphs > 0; paragraphs--)
        {
            for (int sentences = 2 + Below(3); sentences > 0; sentences--)
                _text.Append(NextSentence()).Append(sentences > 1 ? " " : paragraphs > 1 ? "\n\n" : "\n");
        }
        return _text.ToString();
    }

    private string NextSentence()
    {
        if (_sentences.Count > 0 && Chance(RepeatShare))
            return _sentences[Below(_sentences.Count)];
        string sentence = Chance(0.15) ? $"{Zipf(Lexicon.Adverbs)}, {Clause()}" : Clause();
        if (Chance(0.25))
            sentence += $" {Zipf(Lexicon.Conjunctions)} {Clause()}";
        sentence = Capitalised(sentence) + (Chance(0.06) ? "?" : ".");
        _sentences.Add(sentence);
        return sentence;
    }

    /// <summary>Subject, verb that agrees with it (singular ends in s), and mostly an object or a place.</summary>
    private string Clause()
    {
        string subject = NounPhrase(out bool plural);
        string clause = $"{subject} {Of(_verbs, Lexicon.Verbs)}{(plural ? "" : "s")}";
        if (Chance(0.6))
            clause += " " + NounPhrase(out _);
        if (Chance(0.35))
            clause += $" {Zipf(Lexicon.Prepositions)} {NounPhrase(out _)}";
        return Chance(0.03) ? clause + " in " + (1000 + Below(1000)).ToString(CultureInfo.InvariantCulture) : clause;
    }

    /// <summary>A name, or determiner, perhaps an adjective, and a noun (plural in en).</summary>
    private string NounPhrase(out bool plural)
    {
        plural = false;
        if (Chance(0.25))
            return Of(_names, Lexicon.Names);
        plural = Chance(0.3);
        string adjective = Chance(0.3) ? Of(_adjectives, Lexicon.Adjectives) + " " : "";
        return $"{Zipf(Lexicon.Determiners)} {adjective}{Of(_nouns, Lexicon.Nouns)}{(plural ? "en" : "")}";
    }

    private static string Capitalised(string words) => SampleLexicon.Capitalised(words);

    private string[] Subject(string[] words) => [.. Enumerable.Range(0, SubjectWords).Select(_ => Zipf(words))];

    private string Of(string[] subject, string[] all) => Chance(SubjectShare) ? Zipf(subject) : Zipf(all);

    /// <summary>One of the words, the k-th with a frequency that falls as 1/k.</summary>
    private string Zipf(string[] words)
    {
        double below = Uniform() * Harmonic[words.Length];
        int found = Array.BinarySearch(Harmonic, 0, words.Length + 1, below);
        return words[Math.Min(found >= 0 ? found : ~found - 1, words.Length - 1)];
    }

    private bool Chance(double probability) => Uniform() < probability;

    private static double[] HarmonicNumbers()
    {
        var sums = new double[LongestList + 1];
        for (int k = 1; k < sums.Length; k++)
            sums[k] = sums[k - 1] + (1.0 / k);
        return sums;
    }

    private int Below(int count) => (int)(((ulong)_random.NextUInt32() * (ulong)count) >> 32);

    private double Uniform() => _random.NextUInt32() * (1.0 / (1L << 32));
}
