using SpecGD.Models.Gpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>A model and a run of it that go together.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Shape">The model.</param>
/// <param name="Plan">The run.</param>
/// <param name="Sequences">Sequences of a step.</param>
public sealed record NanoGptPreset(string Name, GptShape Shape, GptTrainingPlan Plan, int Sequences)
{
    /// <summary>Names of all, separated by commas.</summary>
    public const string Names = "tiny,nano,124M,3B";

    /// <summary>Bytes and an end of text.</summary>
    private const int ByteVocabulary = 257;

    /// <summary>Length in 10⁶ bytes of the sample text where no preset says otherwise.</summary>
    internal const double UsualSampleMegabytes = 4;

    private static readonly NanoGptPreset[] All =
    [
        new(
            "tiny",
            new GptShape { Vocabulary = ByteVocabulary, EndOfText = ByteVocabulary - 1, Layers = 6, Width = 64, Heads = 2 },
            new GptTrainingPlan
            {
                Steps = 60,
                Length = 128,
                Ranks = 1,
                LargestWindow = 128,
                ValidateEvery = 20,
                TrackEvery = 20,
                CheckpointEvery = 20,
            },
            Sequences: 4),
        new(
            "nano",
            new GptShape { Vocabulary = ByteVocabulary, EndOfText = ByteVocabulary - 1, Layers = 12, Width = 256, Heads = 4 },
            new GptTrainingPlan { Steps = 500, Length = 1024, Ranks = 1, LargestWindow = 1024, ValidateEvery = 50, CheckpointEvery = 50 },
            Sequences: 8) { SampleMegabytes = 8 },
        new("124M", new GptShape(), new GptTrainingPlan(), Sequences: 8) { Validation = NanoGptValidation.OfSnapshot },
        new("3B", new GptShape { Width = 2560, Layers = 36, Heads = 20 }, new GptTrainingPlan(), Sequences: 8)
        {
            Validation = NanoGptValidation.OfSnapshot,
        },
    ];

    /// <summary>What it validates on with sequences of its own length; null for a few sequences of the training length.</summary>
    public NanoGptValidation? Validation { get; init; }

    /// <summary>Length of the sample text in 10⁶ bytes: enough for the preset's run to read none of it twice, where that is a run on a sample at all.</summary>
    public double SampleMegabytes { get; init; } = UsualSampleMegabytes;

    /// <summary>The preset called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static NanoGptPreset Named(string name) =>
        All.FirstOrDefault(p => p.Name == name)
        ?? throw new BadInputException($"There is no preset '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}.{Spelling.Hint(name, Names)}");
}
