using SpecGD.Experiments;
using SpecGD.Numerics;
using SpecGD.Training.Gpt;

namespace SpecGD.Benchmarks;

/// <summary>What of an experiment must live at the same time however it is programmed, in doubles, at the settings of <see cref="MemoryBenchmarks"/>.</summary>
internal static class ExperimentMemory
{
    /// <summary>The parts of the experiment's floor, in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of those whose memory is counted.</exception>
    public static MemoryPart[] FloorOf(string experiment) => experiment switch
    {
        "random-feature-relu" => RandomFeatures(trajectories: 12, restarts: 9),
        "random-feature-swiglu" => RandomFeatures(trajectories: 6, restarts: 3),
        "stable-rank-sweep" => StableRankSweep(dim: 200, lambdas: 8),
        "relu-spectrum" => ReluSpectrum(largest: 1024),
        "sparse-regression-relu-square" => SparseRegression(samples: 512, gate: 1),
        "sparse-regression-swiglu" => SparseRegression(samples: 512, gate: 2),
        "sparse-regression-swiglu-8196" or "adaptive-comparison" => SparseRegression(samples: 8196, gate: 2),
        "batch-size-sweep" => BatchSizeSweep(samples: 1024, gate: 2),
        "nuclear-rank-growth" => NuclearRankGrowth(width: 512, cells: 24),
        "nsr-table" => NsrTable(dim: 512, samples: 2048),
        "theory" => Theory(dim: 512, samplesPerDimension: 32),
        "one-step" => OneStep(width: 256),
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

    /// <summary>The network's weights, and of the layer at work what enters it, what its gate takes in, and what leaves it.</summary>
    private static MemoryPart[] BatchSizeSweep(long samples, long gate)
    {
        const long dim = 128, width = 512;
        return
        [
            Doubles("weights: Σ out·in", (gate * width * dim) + (2 * gate * width * width) + width),
            Doubles("in, gate and out of one layer: n·width each", samples * (gate + 2) * width),
        ];
    }

    /// <summary>The teacher's model, k × k with 2k samples: features and targets, weight and gradient, for each cell at work.</summary>
    private static MemoryPart[] NuclearRankGrowth(long width, int cells)
    {
        long atWork = Math.Min(ThreadBudget.Total, cells);
        return
        [
            Doubles("features and targets: 2·k·2k a cell at work", atWork * 4 * width * width),
            Doubles("weights and gradients: 2k² a cell at work", atWork * 2 * width * width),
        ];
    }

    /// <summary>For each trial at work W, the samples g, the features z = σ(Wg), and E zzᵀ with its estimate.</summary>
    private static MemoryPart[] NsrTable(long dim, long samples)
    {
        long atWork = ThreadBudget.Total;
        return
        [
            Doubles("samples and features: 2·d·n a trial at work", atWork * 2 * dim * samples),
            Doubles("weights, moments and their estimate: 3d² a trial at work", atWork * 3 * dim * dim),
        ];
    }

    /// <summary>The largest trials are those of AAᵀ/n: the features at the most samples, V, M and the estimate of M.</summary>
    private static MemoryPart[] Theory(long dim, long samplesPerDimension)
    {
        long atWork = ThreadBudget.Total;
        return
        [
            Doubles("features: d·n a trial at work", atWork * dim * samplesPerDimension * dim),
            Doubles("V, M and its estimate: 3d² a trial at work", atWork * 3 * dim * dim),
        ];
    }

    /// <summary>The four-layer network, width/4 inputs and width samples, and the twin on which the single steps are taken; gated in one of the two trials.</summary>
    private static MemoryPart[] OneStep(long width)
    {
        const long gates = 1 + 2, ofBoth = 2; // the ReLU² trial and the SwiGLU trial; the model and its twin
        long weights = (gates * width * width / 4) + (2 * gates * width * width) + (2 * width);
        return
        [
            Doubles("inputs: n·dim a trial", 2 * width * width / 4),
            Doubles("weights and gradients of model and twin: 2Σ out·in each", ofBoth * 2 * weights),
            Doubles("pre- and post-activations of 3 layers: n·width each", ofBoth * 3 * width * (gates + 2) * width),
        ];
    }

    /// <summary>Two methods at once, each with its network 128 → 512 → 512 → 512 → 1; a gated layer has twice the pre-activations.</summary>
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

    private static MemoryPart Doubles(string name, long count) => new(name, sizeof(double) * count);
}
