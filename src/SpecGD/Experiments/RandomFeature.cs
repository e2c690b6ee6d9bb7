using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="RandomFeature"/>; the defaults are those of Figure 3.</summary>
public sealed record RandomFeatureOptions
{
    /// <summary>Rows and columns of W.</summary>
    [Setting("dim", "rows and columns of the trained weight W", Min = 1, Max = 16384)]
    public int Dim { get; init; } = 100;

    /// <summary>Rows of the Gaussian data X.</summary>
    [Setting("feature-dim", "dimension of the Gaussian inputs X", Min = 1, Max = 16384)]
    public int FeatureDim { get; init; } = 50;

    /// <summary>Columns of X and A.</summary>
    [Setting("num-samples", "number of samples n", Min = 1, Max = 1_000_000)]
    public int NumSamples { get; init; } = 400;

    /// <summary>Steps of a trajectory from zero, or null for the figures' number.</summary>
    [Setting("steps", "training steps", Min = 1, Max = 1_000_000, UnsetMeans = "1000 (swiglu: 400)")]
    public int? Steps { get; init; }

    /// <summary>Name of the activation σ.</summary>
    [Setting("activation", "activation of the random features", Choices = Models.Activation.Names)]
    public string Activation { get; init; } = "relu";

    /// <summary>Seed of every random draw.</summary>
    [Setting("seed", "seed of the random draws, as torch.manual_seed takes it", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Distance in steps between restarts; 0 for none.</summary>
    [Setting(
        "specgd-restart-frequency",
        "restart SpecGD from gradient descent's iterate every so many steps; 0 for no restarts",
        Min = 0,
        Max = 1_000_000)]
    public int SpecgdRestartFrequency { get; init; } = 100;

    /// <summary>The steps to restart from; where given, the frequency does not count.</summary>
    [Setting(
        "specgd-restart-iters",
        "the very steps to restart SpecGD from, instead of a frequency; those outside the run are dropped",
        UnsetMeans = "every restart-frequency steps")]
    public IReadOnlyList<int>? SpecgdRestartIters { get; init; }

    /// <summary>Whether to restart from the peak of the nuclear rank.</summary>
    [Setting("specgd-from-peak", "also restart SpecGD where gradient descent's nuclear rank is largest")]
    public bool SpecgdFromPeak { get; init; } = true;

    /// <summary>Step sizes that replace the natural ones.</summary>
    [Setting("method-lr", "step size of a method instead of n/‖A‖² (specgd's governs its restarts too)", Min = 0, MinExcluded = true,
        Choices = RandomFeature.GradientDescent + "," + RandomFeature.SpecGd, UnsetMeans = "n/‖A‖_op² and n/‖A‖_F²")]
    public IReadOnlyDictionary<string, double> MethodLr { get; init; } = new Dictionary<string, double>();

    /// <summary>Methods beside the two of the paper.</summary>
    [Setting("optimizer", "methods to run beside gradient descent and SpecGD; adaptive takes the step of either, by nr(G) >= st(A)",
        Choices = RandomFeature.Adaptive)]
    public IReadOnlyList<string> Optimizer { get; init; } = [];

    /// <summary>Hysteresis of the adaptive method.</summary>
    [Setting("adaptive-hysteresis", AdaptiveWords.Hysteresis, Min = 1, Max = 1000)]
    public double AdaptiveHysteresis { get; init; } = AdaptiveSettings.DefaultHysteresis;

    /// <summary>Refresh interval of the adaptive method.</summary>
    [Setting("adaptive-refresh", AdaptiveWords.Refresh, Min = 1, Max = 1_000_000)]
    public int AdaptiveRefresh { get; init; } = AdaptiveSettings.DefaultRefresh;

    /// <summary>Steps of a trajectory from zero.</summary>
    public int ResolvedSteps => Steps ?? (Models.Activation.Named(Activation).IsGated ? 400 : 1000);

    /// <summary>The steps at which restarts begin, ascending; those outside the run are left out.</summary>
    public IReadOnlyList<int> RestartSteps()
    {
        int steps = ResolvedSteps;
        if (SpecgdRestartIters is { } given)
            return [.. given.Where(t => t > 0 && t < steps).Distinct().Order()];
        return SpecgdRestartFrequency == 0
            ? []
            : [.. Enumerable.Range(1, (steps - 1) / SpecgdRestartFrequency).Select(i => i * SpecgdRestartFrequency)];
    }
}

/// <summary>
/// Figures 3 and 11: gradient descent and SpecGD on a random-feature regression, SpecGD also restarted from gradient descent's iterates.
/// L(W) = ‖WA − W♯A‖_F²/(2n), W from zero.
/// </summary>
public sealed class RandomFeature : Experiment<RandomFeatureOptions>
{
    /// <summary>Names of the trajectories in the log.</summary>
    public const string
        GradientDescent = "gradient_descent",
        SpecGd = "specgd",
        Adaptive = "adaptive",
        FromPeak = "specgd_from_peak",
        FromIterationPrefix = "specgd_from_iter_";

    /// <inheritdoc/>
    public override string Name => "random-feature";

    /// <inheritdoc/>
    public override string Summary => "Gradient descent against SpecGD on random features, with restarts (Figures 3 and 11).";

    /// <inheritdoc/>
    public override string RunId(RandomFeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string beside = string.Concat(options.Optimizer.Distinct().Select(name => $"_{name}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"random-feature_{options.Activation}_dim{options.Dim}_n{options.NumSamples}_steps{options.ResolvedSteps}_seed{options.Seed}{beside}");
    }

    /// <inheritdoc/>
    public override RandomFeatureOptions Resolve(RandomFeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Steps = options.ResolvedSteps, SpecgdRestartIters = options.RestartSteps() };
    }

    /// <summary>With the step sizes, which follow from the features.</summary>
    public override RandomFeatureOptions Used(RandomFeatureOptions options, RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var sizes = from name in new[] { GradientDescent, SpecGd }
                    let lr = JsonNumber.Of(log.Methods.GetValueOrDefault(name)?.Metadata["lr"])
                    where lr is not null
                    select KeyValuePair.Create(name, lr.Value);
        return Resolve(options) with { MethodLr = new Dictionary<string, double>(sizes) };
    }

    /// <inheritdoc/>
    protected override RunResult Compute(RandomFeatureOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var random = new TorchRandom(options.Seed);
        var features = RandomFeatures.Draw(random, options.Dim, options.FeatureDim, options.NumSamples, Activation.Named(options.Activation));
        var target = RandomFeatures.Gaussian(random, options.Dim, options.Dim, options.Dim);
        if (features.LargestMagnitude() == 0)
            throw new BadInputException(
                "Every feature is zero for these settings, so there is nothing to fit; try another seed, more samples or a larger dim.");
        var problem = new LeastSquaresProblem(features, target);
        return new Trajectories(options, context, problem, NewLog(options, problem)).Run();
    }

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log) => RandomFeatureSummary.Of(log);

    /// <inheritdoc/>
    public override LogNames NamesOf(RandomFeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] restarts = [.. options.RestartSteps().Select(step => $"{FromIterationPrefix}{step}")];
        string[] methods = [GradientDescent, SpecGd, .. options.Optimizer.Distinct(), .. restarts, .. options.SpecgdFromPeak ? (string[])[FromPeak] : []];
        return LogNames.With(methods, SingleBlockProbe.SeriesOf(LeastSquaresModel.BlockName), Adaptive, [LeastSquaresModel.BlockName]);
    }

    private RunLog NewLog(RandomFeatureOptions options, LeastSquaresProblem problem) => new(RunId(options))
    {
        Config = new JsonObject
        {
            ["experiment"] = Name,
            ["dim"] = options.Dim,
            ["feature_dim"] = options.FeatureDim,
            ["num_samples"] = options.NumSamples,
            ["num_steps"] = options.ResolvedSteps,
            ["activation"] = options.Activation,
            ["seed"] = options.Seed,
        },
        Dataset = new JsonObject
        {
            ["stable_rank_A"] = problem.Activation.StableRank,
            ["activation_op_norm"] = problem.Activation.OperatorNorm,
            ["activation_fro_norm"] = problem.Activation.FrobeniusNorm,
        },
    };

    /// <summary>
    /// The trajectories of one run, in two waves: both methods from zero, then the restarts, which need gradient descent's iterates.
    /// </summary>
    private sealed class Trajectories(RandomFeatureOptions options, RunContext context, LeastSquaresProblem problem, RunLog log)
    {
        private readonly int _steps = options.ResolvedSteps;
        private readonly IterateKeeper _iterates = new(options.RestartSteps());
        private readonly PeakKeeper _peak = new();

        public RunResult Run()
        {
            var zero = new Matrix<double>(options.Dim, options.Dim);
            var outcomes = TrajectoryRunner.RunAll(
            [
                Prepare(GradientDescent, Geometry.Euclidean, zero, start: 0, source: "zero", _iterates, _peak),
                Prepare(SpecGd, Geometry.Spectral, zero, start: 0, source: "zero"),
                .. options.Optimizer.Contains(Adaptive) ? (Trajectory[])[Following(zero)] : [],
            ], context);
            if (outcomes.All(o => o.Status == RunStatus.Finished))
                outcomes = TrajectoryRunner.RunAll(Restarts(), context);
            return TrajectoryRunner.Result(log, outcomes);
        }

        private List<Trajectory> Restarts()
        {
            var restarts = new List<Trajectory>();
            foreach (int step in options.RestartSteps())
                restarts.Add(Prepare($"{FromIterationPrefix}{step}", Geometry.Spectral, _iterates.Kept[step], step, GradientDescent));
            if (options.SpecgdFromPeak && _peak.Peak is { } peak)
                restarts.Add(Prepare(FromPeak, Geometry.Spectral, peak.Weight, peak.Step, "nuclear_rank_peak"));
            return restarts;
        }

        private Trajectory Prepare(string name, Geometry geometry, Matrix<double> weight, int start, string source, params IProbe[] probes)
        {
            var model = new LeastSquaresModel(problem, weight);
            double lr = StepOf(geometry);
            var method = NewMethod(name, geometry == Geometry.Euclidean ? "gd" : geometry.Name, lr, start, source);
            return new Trajectory(
                name, model, new SteepestDescent(geometry, StepSize.Fixed(lr)), [new SingleBlockProbe(method), .. probes], start, _steps);
        }

        /// <summary>The adaptive method, with the steps of the two it chooses from.</summary>
        private Trajectory Following(Matrix<double> weight)
        {
            var lr = new JsonArray(StepOf(Geometry.Euclidean), StepOf(Geometry.Spectral));
            var method = NewMethod(Adaptive, Adaptive, lr, start: 0, source: "zero");
            var optimizer = new AdaptiveDescent(new AdaptiveSettings
            {
                EuclideanFactor = StepOf(Geometry.Euclidean) / Geometry.Euclidean.NaturalScale(problem.Activation),
                SpectralFactor = StepOf(Geometry.Spectral) / Geometry.Spectral.NaturalScale(problem.Activation),
                Hysteresis = options.AdaptiveHysteresis,
                Refresh = options.AdaptiveRefresh,
            });
            IProbe[] probes = [new SingleBlockProbe(method), new GeometryProbe(method, optimizer)];
            return new Trajectory(Adaptive, new LeastSquaresModel(problem, weight), optimizer, probes, 0, _steps);
        }

        private double StepOf(Geometry geometry) =>
            options.MethodLr.TryGetValue(geometry.Name, out double given) ? given : geometry.NaturalScale(problem.Activation);

        private MethodLog NewMethod(string name, string kind, JsonNode lr, int start, string source)
        {
            var method = new MethodLog
            {
                Metadata = new JsonObject
                {
                    ["update_kind"] = kind,
                    ["lr"] = lr,
                    ["start_iter"] = start,
                    ["stop_iter"] = _steps - 1, // the last step that is recorded
                    ["source"] = source,
                },
            };
            log.Methods.Add(name, method);
            return method;
        }
    }
}
