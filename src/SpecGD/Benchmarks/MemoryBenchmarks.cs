using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Numerics;
using SpecGD.Optimizers.Parameters;
using SpecGD.Training.Gpt;

namespace SpecGD.Benchmarks;

/// <summary>
/// Every experiment of the paper and every preset of the language model with its floor. Numbers are doubles in experiments, floats in language models.
/// Counted is what a step reads that an earlier part of the run, or of the step, has written; work space that could be taken in slices is not.
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
            Name = b.Name, Description = b.Description, Command = b.Command, Floor = FloorOf(b.Name),
        }),
        .. NanoGptPreset.Names.Split(',').Select(name => Preset(name, name == "124M" ? ShorterLength : NanoGptPreset.Named(name).Plan.Length)),
    ];

    /// <summary>The one called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static MemoryBenchmark Named(string name) => All.FirstOrDefault(b => b.Name == name)
        ?? throw new BadInputException($"Memory is measured of {string.Join(", ", All.Select(b => b.Name))}; there is no '{name}'.");

    private static MemoryPart[] FloorOf(string experiment) => experiment switch
    {
        "random-feature-relu" => RandomFeatures(trajectories: 12, restarts: 9),
        "random-feature-swiglu" => RandomFeatures(trajectories: 6, restarts: 3),
        "stable-rank-sweep" => StableRankSweep(dim: 200, lambdas: 8),
        "relu-spectrum" => ReluSpectrum(largest: 1024),
        "sparse-regression-relu-square" => SparseRegression(samples: 512, gate: 1),
        "sparse-regression-swiglu" => SparseRegression(samples: 512, gate: 2),
        "sparse-regression-swiglu-8196" => SparseRegression(samples: 8196, gate: 2),
        _ => throw new ArgumentOutOfRangeException(nameof(experiment), experiment, "Its memory is not counted."),
    };

    /// <summary>The defaults of Figure 3: d = 100, n = 400. Data A (d × n), B = AAᵀ/n and W♯; for each trajectory at work W, G, polar(G).</summary>
    private static MemoryPart[] RandomFeatures(int trajectories, int restarts)
    {
        var options = new RandomFeatureOptions();
        long d = options.Dim, atWork = Math.Min(ThreadBudget.Total, trajectories);
        return
        [
            Doubles("data: d·n + 2d²", (d * options.NumSamples) + (2 * d * d)),
            Doubles("weights, gradients, directions: 3d² a trajectory at work", atWork * 3 * d * d),
            Doubles("iterates to restart from: d² each", (restarts + 1) * d * d),
        ];
    }

    /// <summary>For each λ at work A, B and W♯, and of the trajectory at work W, G and polar(G).</summary>
    private static MemoryPart[] StableRankSweep(long dim, int lambdas)
    {
        long atWork = Math.Min(ThreadBudget.Total, lambdas);
        return
        [
            Doubles("data: 3d² a λ at work", atWork * 3 * dim * dim),
            Doubles("weights, gradients, directions: 3d² a λ at work", atWork * 3 * dim * dim),
        ];
    }

    /// <summary>Features of the largest dimension, 2d × 8d, and one copy that the decomposition destroys.</summary>
    private static MemoryPart[] ReluSpectrum(long largest) =>
        [Doubles("features of the largest d: 2d·8d", 16 * largest * largest), Doubles("Gram matrix: (2d)²", 4 * largest * largest)];

    /// <summary>Both methods at once, each with its network 128 → 512 → 512 → 512 → 1; a gated layer has twice the pre-activations.</summary>
    private static MemoryPart[] SparseRegression(long samples, long gate)
    {
        const long dim = 128, width = 512, methods = 2;
        long hidden = gate * width * width, weights = (gate * width * dim) + (2 * hidden) + width;
        return
        [
            Doubles("inputs: n·dim", samples * dim),
            Doubles("weights and gradients: 2Σ out·in a method", methods * 2 * weights),
            Doubles("directions of SpecGD: 2 hidden weights", 2 * hidden),
            Doubles("pre- and post-activations of 3 layers: n·width a method", methods * 3 * samples * (gate + 1) * width),
            Doubles("gradient at one layer: n·width a method", methods * samples * (gate + 1) * width),
        ];
    }

    private static MemoryBenchmark Preset(string name, int length)
    {
        var preset = NanoGptPreset.Named(name);
        var plan = preset.Plan with { Steps = 2, TrackEvery = 0, Length = length };
        var told = GptMemory.Of<float>(preset.Shape, plan, GptRouting.Muon(new MuonRule(), new AdamRule()));
        string[] mustLive = ["parameters", "gradients", "optimizer state", "activations"];
        return new()
        {
            Name = name,
            Description = $"training the preset {name}, {plan.Length} tokens a sequence, not tracked",
            Command =
            [
                "nanogpt", "train", "--preset", name, "--length", $"{length}", "--steps", "2", "--sequences", "1", "--track-every", "0",
                "--validate-every", "0", "--no-figures",
            ],
            Floor = [.. told.Parts.Where(part => mustLive.Contains(part.Name))],
            Told = told.Total,
        };
    }

    private static MemoryPart Doubles(string name, long count) => new(name, sizeof(double) * count);
}
