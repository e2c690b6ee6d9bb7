using System.Collections.Concurrent;
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
    /// <summary>Which sample text, where no other data are named.</summary>
    private const ulong SampleSeed = 1;

    /// <summary>Made once for each length: several runs of one process train on it.</summary>
    private static readonly ConcurrentDictionary<double, Lazy<LanguageData>> Samples = new();

    private const string TooFewDocuments = "the documents are too few, or too long, for a run whose sequences all begin at documents: the tokens are read on "
        + "wherever documents begin (--align-documents true begins at documents nevertheless)";

    private PassLength? _pass;

    /// <summary>Name of what made the tokens.</summary>
    public string Tokenizer { get; init; } = ByteTokenizer.TokenizerName;

    /// <summary>The shards, where they are a place on disk.</summary>
    public string? ShardsPlace { get; init; }

    /// <summary>The text file, where it is one.</summary>
    public string? TextFile { get; init; }

    /// <summary>Tokens to train on, each once.</summary>
    public long TrainingTokens { get; init; }

    /// <summary>Tokens of one validation.</summary>
    public long ValidationTokens => (long)Validation.Count * ValidationLength;

    /// <summary>Tokens of a validation sequence; 0 where there is none.</summary>
    public int ValidationLength => Validation is [var first, ..] ? first.Length - 1 : 0;

    /// <summary>What is validated on, in words.</summary>
    public string ValidationSentence => Validation.Count == 0
        ? "validation: none"
        : $"validation: {Counted.Of(ValidationTokens, "token")} in sequences of {ValidationLength}";

    /// <summary>Counts the steps of one pass, up to so many; null where tokens over tokens of a step are all that is known.</summary>
    public Func<long, PassLength>? CountSteps { get; init; }

    /// <summary>Whether training sequences begin at documents; those of a text file never do.</summary>
    public bool AlignsDocuments { get; init; }

    /// <summary>Sentences that the user should know.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The sample text in words.</summary>
    internal static string SampleDescription(double megabytes) => FormattableString.Invariant($"sample text, {megabytes} MB, seed {SampleSeed}");

    /// <summary>The sample text itself.</summary>
    internal static LanguageData SampleText(double megabytes) =>
        Samples.GetOrAdd(megabytes, static length => new Lazy<LanguageData>(() => LanguageData.Sample(length, SampleSeed))).Value;

    /// <summary>The embedded sample text, byte by byte: a first training needs no file.</summary>
    public static NanoGptData Sample(NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        double megabytes = NanoGptPreset.Named(options.Preset).SampleMegabytes;
        return Of(SampleText(megabytes), SampleDescription(megabytes), options);
    }

    /// <summary>Token shards on disk: a folder, a pattern or a file.</summary>
    /// <exception cref="BadInputException">There are none, they are not whole, or too short for what is asked.</exception>
    public static NanoGptData Shards(string place, NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var data = LanguageData.Open(place);
        return Of(data, $"{Path.GetFullPath(place)}, {Counted.Of(data.Training.TokenCount, "training token")} of {data.Tokenizer}", options);
    }

    /// <summary>A text file, byte by byte, whose last tenth is for validation.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is too short.</exception>
    public static NanoGptData Text(string path, NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (shape, length, wanted) = (options.Shape(), options.Plan().Length, options.Validation());
        ushort[] tokens = ByteText.Read(path, shape.EndOfText);
        var (training, heldBack) = ByteText.Divide(tokens, length);
        var census = new TokenCensus();
        census.Add(training.Span);
        var source = new MemoryTokens(training, length, options.SequencesPerStep, options.Repeats);
        var validation = wanted.Choose(TokenShards.InMemory(new MemoryShard(path, heldBack)));
        return new NanoGptData(
            $"{Path.GetFullPath(path)}, {Counted.Of(tokens.Length, "token")}", shape.Vocabulary, shape.EndOfText, census.Entropy, source, validation.Sequences)
        {
            TrainingTokens = training.Length,
            CountSteps = _ => source.OnePass,
            Remarks = Sentences(validation.Remark),
        };
    }

    /// <summary>Steps of one pass over the training tokens, counted at least to <paramref name="atMost"/>.</summary>
    /// <exception cref="BadInputException">A whole shard holds too few places for a step.</exception>
    public PassLength OnePass(NanoGptOptions options, long atMost)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_pass is not { } pass || (!pass.IsWhole && pass.Steps < atMost))
            _pass = pass = CountSteps?.Invoke(atMost) ?? new PassLength(TrainingTokens / options.TokensPerStep(), IsWhole: true);
        return pass;
    }

    /// <summary>The model with a vocabulary that holds these tokens.</summary>
    public GptShape Fit(GptShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape with { Vocabulary = Math.Max(shape.Vocabulary, Vocabulary), EndOfText = EndOfText };
    }

    private static NanoGptData Of(LanguageData data, string description, NanoGptOptions options)
    {
        var sequences = new TrainingSequences(data.Training, options.Cutting(data.EndOfText));
        bool aligns = options.AlignDocuments ?? sequences.HasRoomFor(options.StepsInAPass);
        if (!aligns)
            sequences = new TrainingSequences(data.Training, options.Cutting(data.EndOfText) with { AlignDocuments = false });
        var validation = options.Validation().Choose(data.Validation);
        return new NanoGptData(
            description, data.Vocabulary, data.EndOfText, EntropyOf(data.Training), new ShardTokens(sequences), validation.Sequences)
        {
            Tokenizer = data.Tokenizer,
            TrainingTokens = data.Training.TokenCount,
            CountSteps = sequences.CountSteps,
            AlignsDocuments = aligns,
            Remarks = Sentences(data.Remark, aligns || options.AlignDocuments is not null ? null : TooFewDocuments, validation.Remark),
        };
    }

    private static string[] Sentences(params string?[] remarks) => [.. remarks.OfType<string>()];

    /// <summary>Entropy of the first shard's frequencies: one shard of many says enough, and a hundred would take minutes.</summary>
    private static double EntropyOf(TokenShards shards)
    {
        var census = new TokenCensus();
        using var shard = shards.Open(0);
        census.Add(shard);
        return census.Entropy;
    }
}
