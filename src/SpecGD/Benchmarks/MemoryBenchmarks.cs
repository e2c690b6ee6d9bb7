using SpecGD.Experiments.Adaptive;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Optimizers.Parameters;
using SpecGD.Training.Gpt;

namespace SpecGD.Benchmarks;

/// <summary>
/// Every experiment and every preset of the language model with its floor. Numbers are doubles in experiments, floats in language models. Counted is what
/// a step reads that an earlier part of the run, or of the step, has written; work space that could be taken in slices is not.
/// </summary>
public static class MemoryBenchmarks
{
    /// <summary>
    /// A run whose own matrices are some 3 MB, yet large enough for OpenBLAS to fill the buffers of every thread: its peak is that of the program.
    /// </summary>
    public static IReadOnlyList<string> ProgramRun { get; } =
        ["run", "sparse-regression", "--dim", "16", "--width", "160", "--batch-size", "160", "--steps", "2", "--no-figures"];

    /// <summary>Tokens of a sequence of the 124M preset, as its time is measured; those of its own plan, 48 times as many, need more memory than most machines have.</summary>
    private const int ShorterLength = 1024;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MemoryBenchmark> All =>
    [
        .. ExperimentBenchmarks.All.Select(b => new MemoryBenchmark
        {
            Name = b.Name, Description = b.Description, Command = b.Command, Floor = ExperimentMemory.FloorOf(b.Name),
        }),
        .. Untimed,
        .. NanoGptPreset.Names.Split(',').Select(name => Preset(name, name == "124M" ? ShorterLength : NanoGptPreset.Named(name).Plan.Length)),
    ];

    /// <summary>The one called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static MemoryBenchmark Named(string name) => All.FirstOrDefault(b => b.Name == name)
        ?? throw new BadInputException($"Memory is measured of {string.Join(", ", All.Select(b => b.Name))}; there is no '{name}'.{Spelling.Hint(name, All.Select(b => b.Name))}");

    /// <summary>The experiments that are in no table of times; long ones with few steps.</summary>
    private static IEnumerable<MemoryBenchmark> Untimed =>
    [
        Of("batch-size-sweep", "Figure 17: a SwiGLU network at initialisation, up to 1024 samples", []),
        Of("nuclear-rank-growth", "Figures 14 and 15: two models of width 64 to 512, three seeds, 20 steps", ["--steps", "20"]),
        Of("nsr-table", "Figure 12: six activations, two covariances, d = 64 to 512, 2048 samples", []),
        Of("theory", "all statements, d = 64 to 512", []),
        Of("one-step", "both single steps in the four-layer network, ReLU² and SwiGLU", ["--models", "four-layer", "--seeds", "0", "--four-layer-steps", "20"]),
        Of("adaptive-comparison", "three methods with SwiGLU and 8196 samples, 3 steps", ["--settings", AdaptiveComparisonOptions.SparseSwiGluLarge, "--seeds", "1", "--most-steps", "3"]),
    ];

    private static MemoryBenchmark Of(string experiment, string description, string[] options) => new()
    {
        Name = experiment,
        Description = description,
        Command = ["run", experiment, .. options, "--no-figures"],
        Floor = ExperimentMemory.FloorOf(experiment),
    };

    private static MemoryBenchmark Preset(string name, int length)
    {
        var preset = NanoGptPreset.Named(name);
        var plan = preset.Plan with { Steps = 2, TrackEvery = 0, Length = length };
        var told = GptMemory.Of<float>(preset.Shape, plan, GptRouting.Muon(new MuonRule(), new AdamRule()));
        string[] mustLive = ["parameters", "gradients", "optimizer state", "activations"];
        return new()
        {
            Name = name,
            Description = $"training the preset {name}, {Counted.Of(plan.Length, "token")} a sequence, not tracked",
            Command =
            [
                "nanogpt", "train", "--preset", name, "--length", $"{length}", "--steps", "2", "--sequences", "1", "--track-every", "0",
                "--validate-every", "0", "--no-figures", "--precision", GptEngines.F32, "--device", GptEngines.Processor,
            ],
            Floor = [.. told.Parts.Where(part => mustLive.Contains(part.Name))],
            Told = told.Total,
        };
    }
}
