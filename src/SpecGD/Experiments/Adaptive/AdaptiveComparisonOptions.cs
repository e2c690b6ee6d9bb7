using SpecGD.Experiments.Settings;
using SpecGD.Optimizers;

namespace SpecGD.Experiments.Adaptive;

/// <summary>Settings of <see cref="AdaptiveComparison"/>.</summary>
public sealed record AdaptiveComparisonOptions
{
    /// <summary>Names of the settings of the paper.</summary>
    public const string
        FeaturesRelu = "features-relu",
        FeaturesSwiGlu = "features-swiglu",
        SparseRelu = "sparse-relu-square",
        SparseSwiGluSmall = "sparse-swiglu-512",
        SparseSwiGluLarge = "sparse-swiglu-8196";

    private const string AllSettings = FeaturesRelu + "," + FeaturesSwiGlu + "," + SparseRelu + "," + SparseSwiGluSmall + "," + SparseSwiGluLarge;

    /// <summary>The settings to run.</summary>
    [Setting("settings", "settings of the paper to run", Choices = AllSettings)]
    public IReadOnlyList<string> Settings { get; init; } = AllSettings.Split(',');

    /// <summary>Seeds.</summary>
    [Setting("seeds", "how many seeds, from 0 on for random features and from 42 on for sparse regression", Min = 1, Max = 1000)]
    public int Seeds { get; init; } = 3;

    /// <summary>Columns of the sparse regression's x.</summary>
    [Setting("dim", "dimension of the inputs of the sparse regression", Min = 3, Max = 16384)]
    public int Dim { get; init; } = 128;

    /// <summary>Width of its hidden layers, or null for four times the inputs' dimension.</summary>
    [Setting("width", "width of the hidden layers of the sparse regression", Min = 1, Max = 65536, UnsetMeans = "4·dim")]
    public int? Width { get; init; }

    /// <summary>Fewer samples.</summary>
    [Setting("most-samples", "samples of the sparse regression, at most", Min = 1, Max = 1_000_000, UnsetMeans = "as the paper has it")]
    public int? MostSamples { get; init; }

    /// <summary>Fewer steps.</summary>
    [Setting("most-steps", "steps of the sparse regression, at most", Min = 1, Max = 1_000_000, UnsetMeans = "as the paper has it: 2000, 400 and 400")]
    public int? MostSteps { get; init; }

    /// <summary>Hysteresis of the adaptive method.</summary>
    [Setting("adaptive-hysteresis", AdaptiveWords.Hysteresis, Min = 1, Max = 1000)]
    public double AdaptiveHysteresis { get; init; } = AdaptiveSettings.DefaultHysteresis;

    /// <summary>Refresh interval of the adaptive method.</summary>
    [Setting("adaptive-refresh", AdaptiveWords.Refresh, Min = 1, Max = 1_000_000)]
    public int AdaptiveRefresh { get; init; } = AdaptiveSettings.DefaultRefresh;

    /// <summary>The run of a setting with the <paramref name="index"/>-th seed, the adaptive method beside the two of the paper.</summary>
    internal (IExperiment Experiment, object Options, int Seed, int Steps) RunOf(string setting, int index) => setting switch
    {
        FeaturesRelu => Features("relu", index),
        FeaturesSwiGlu => Features("swiglu", index),
        SparseRelu => Sparse("relu_square", 512, 2000, 0.081, 0.1, index),
        SparseSwiGluSmall => Sparse("swiglu", 512, 400, 0.01, 0.025, index),
        _ => Sparse("swiglu", 8196, 400, 0.0035, 0.0015, index),
    };

    private (IExperiment, object, int, int) Features(string activation, int index)
    {
        var options = new RandomFeatureOptions
        {
            Activation = activation,
            Seed = (ulong)index,
            SpecgdRestartFrequency = 0,
            SpecgdFromPeak = false,
            Optimizer = [RandomFeature.Adaptive],
            AdaptiveHysteresis = AdaptiveHysteresis,
            AdaptiveRefresh = AdaptiveRefresh,
        };
        return (new RandomFeature(), options, index, options.ResolvedSteps);
    }

    private (IExperiment, object, int, int) Sparse(string activation, int samples, int steps, double euclidean, double spectral, int index)
    {
        int seed = (int)new SparseRegressionOptions().Seed + index;
        var options = new SparseRegressionOptions
        {
            Activation = activation,
            Seed = (ulong)seed,
            Dim = Dim,
            Width = Width,
            BatchSize = Math.Min(samples, MostSamples ?? samples),
            Steps = Math.Min(steps, MostSteps ?? steps),
            MethodLr = new Dictionary<string, double> { [SparseRegression.GradientDescent] = euclidean, [SparseRegression.SpecGd] = spectral },
            Optimizer = [SparseRegression.Adaptive],
            AdaptiveHysteresis = AdaptiveHysteresis,
            AdaptiveRefresh = AdaptiveRefresh,
        };
        return (new SparseRegression(), options, seed, options.Steps);
    }
}
