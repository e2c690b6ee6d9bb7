using SpecGD.Data.Language;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Models.Gpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What a NanoGPT run is trained and judged on.</summary>
/// <param name="Description">Where the tokens come from, in words: part of what makes two runs the same.</param>
/// <param name="Vocabulary">Number of ids.</param>
/// <param name="EndOfText">The token before each document.</param>
/// <param name="UnigramEntropy">In nats: the loss of a model that knows how often each token occurs and nothing else.</param>
/// <param name="Source">The training tokens.</param>
/// <param name="Validation">Sequences to validate on, each of T + 1 tokens.</param>
public sealed record NanoGptData(
    string Description,
    int Vocabulary,
    int EndOfText,
    double UnigramEntropy,
    ITokenSource Source,
    IReadOnlyList<ReadOnlyMemory<ushort>> Validation)
{
    /// <summary>The sample text where no other is named: this much of it, and which.</summary>
    internal const double SampleMegabytes = 4;

    /// <inheritdoc cref="SampleMegabytes"/>
    internal const ulong SampleSeed = 1;

    /// <summary>Sequences to validate on, where the data has as many.</summary>
    private const int ValidationCount = 8;

    /// <summary>
    /// Sequences as long as this are longer than most documents; the reference's look-ahead is then enough. Shorter ones need a longer one.
    /// </summary>
    private const int LongSequence = 512;

    private const int ReferenceLookAhead = 2, LongLookAhead = 16;

    /// <summary>Made once: several runs of one process train on it.</summary>
    private static readonly Lazy<LanguageData> SampleData = new(() => LanguageData.Sample(SampleMegabytes, SampleSeed));

    /// <summary>The sample text in words.</summary>
    internal static string SampleDescription { get; } = FormattableString.Invariant($"sample text, {SampleMegabytes} MB, seed {SampleSeed}");

    /// <summary>Name of what made the tokens.</summary>
    public string Tokenizer { get; init; } = ByteTokenizer.TokenizerName;

    /// <summary>The shards, where they are a place on disk.</summary>
    public string? ShardsPlace { get; init; }

    /// <summary>The text file, where it is one.</summary>
    public string? TextFile { get; init; }

    /// <summary>Tokens to train on, each once.</summary>
    public long TrainingTokens { get; init; }

    /// <summary>The embedded sample text, byte by byte: a first training needs no file.</summary>
    public static NanoGptData Sample(NanoGptOptions options) =>
        Of(SampleData.Value, SampleDescription, options);

    /// <summary>Token shards on disk: a folder, a pattern or a file.</summary>
    /// <exception cref="BadInputException">There are none, or they are not whole.</exception>
    public static NanoGptData Shards(string place, NanoGptOptions options)
    {
        var data = LanguageData.Open(place);
        return Of(data, $"{Path.GetFullPath(place)}, {data.Training.TokenCount} training tokens of {data.Tokenizer}", options);
    }

    /// <summary>A text file, byte by byte, whose last tenth is for validation.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is too short.</exception>
    public static NanoGptData Text(string path, NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (shape, length) = (options.Shape(), options.Plan().Length);
        ushort[] tokens = ByteText.Read(path, shape.EndOfText);
        var (training, validation) = ByteText.Divide(tokens, length, ValidationCount);
        var census = new TokenCensus();
        census.Add(training.Span);
        return new NanoGptData(
            $"{Path.GetFullPath(path)}, {tokens.Length} tokens",
            shape.Vocabulary,
            shape.EndOfText,
            census.Entropy,
            new MemoryTokens(training, length, options.SequencesPerStep),
            validation) { TrainingTokens = training.Length };
    }

    /// <summary>The model with a vocabulary that holds these tokens.</summary>
    public GptShape Fit(GptShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape with { Vocabulary = Math.Max(shape.Vocabulary, Vocabulary), EndOfText = EndOfText };
    }

    private static NanoGptData Of(LanguageData data, string description, NanoGptOptions options)
    {
        int length = options.Plan().Length;
        var sequences = new SequenceOptions(
            length, options.SequencesPerStep, data.EndOfText, Repeat: true, LookAhead: length < LongSequence ? LongLookAhead : ReferenceLookAhead);
        var validation = new ValidationSequences(data.Validation, length);
        return new NanoGptData(
            description,
            data.Vocabulary,
            data.EndOfText,
            EntropyOf(data.Training),
            new ShardTokens(new TrainingSequences(data.Training, sequences)),
            [.. validation.Take(Math.Min(ValidationCount, validation.Count)).Select(sequence => sequence.Tokens)])
        {
            Tokenizer = data.Tokenizer,
            TrainingTokens = data.Training.TokenCount,
        };
    }

    /// <summary>Entropy of the first shard's frequencies: one shard of many says enough, and a hundred would take minutes.</summary>
    private static double EntropyOf(TokenShards shards)
    {
        var census = new TokenCensus();
        using var shard = shards.Open(0);
        census.Add(shard);
        return census.Entropy;
    }
}
