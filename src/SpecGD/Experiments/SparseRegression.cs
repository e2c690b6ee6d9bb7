using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="SparseRegression"/>.</summary>
public sealed record SparseRegressionOptions
{
    /// <summary>Columns of x.</summary>
    [Setting("dim", "dimension of the inputs x; the target is x1·x2·x3", Min = 3, Max = 16384)]
    public int Dim { get; init; } = 128;

    /// <summary>Width of the three hidden layers, or null for four times the inputs' dimension.</summary>
    [Setting("width", "width of the three hidden layers", Min = 1, Max = 65536, UnsetMeans = "4·dim")]
    public int? Width { get; init; }

    /// <summary>Rows of x: the full batch.</summary>
    [Setting("batch-size", "samples n of the full batch", Min = 1, Max = 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>Steps of both methods.</summary>
    [Setting("steps", "training steps", Min = 1, Max = 1_000_000)]
    public int Steps { get; init; } = 400;

    /// <summary>Seed of every random draw.</summary>
    [Setting("seed", "seed of the random draws, as torch.manual_seed takes it", Min = 0)]
    public ulong Seed { get; init; } = 42;

    /// <summary>Name of the activation σ.</summary>
    [Setting("activation", "activation of the hidden layers", Choices = Models.Activation.Names)]
    public string Activation { get; init; } = "relu_square";

    /// <summary>The weights that SpecGD updates spectrally.</summary>
    [Setting("spectral-layers", "weights that SpecGD updates spectrally and adaptive decides on; the others take Euclidean steps", Choices = "W1,W2,W3,W4")]
    public IReadOnlyList<string> SpectralLayers { get; init; } = ["W2", "W3"];

    /// <summary>Methods beside the two of the paper.</summary>
    [Setting("optimizer", "methods to run beside gradient descent and SpecGD; muon leaves the layers that are not spectral to adamw, "
        + "adaptive chooses between gradient descent's and SpecGD's step for each layer by nr(G) >= st(A)",
        Choices = SparseRegression.Muon + "," + SparseRegression.AdamW + "," + SparseRegression.Adaptive)]
    public IReadOnlyList<string> Optimizer { get; init; } = [];

    /// <summary>Step sizes: factors on the natural step for the methods of the paper, learning rates for the others.</summary>
    [Setting("method-lr", "factor of a method on its natural step n/‖A‖²; for muon and adamw the learning rate itself", Min = 0, MinExcluded = true,
        Choices = SparseRegression.GradientDescent + "," + SparseRegression.SpecGd + "," + SparseRegression.Muon + "," + SparseRegression.AdamW,
        UnsetMeans = "0.01, 0.01, 0.02 and 0.001")]
    public IReadOnlyDictionary<string, double> MethodLr { get; init; } = new Dictionary<string, double>();

    /// <summary>Hysteresis of the adaptive method.</summary>
    [Setting("adaptive-hysteresis", AdaptiveWords.Hysteresis, Min = 1, Max = 1000)]
    public double AdaptiveHysteresis { get; init; } = AdaptiveSettings.DefaultHysteresis;

    /// <summary>Refresh interval of the adaptive method.</summary>
    [Setting("adaptive-refresh", AdaptiveWords.Refresh, Min = 1, Max = 1_000_000)]
    public int AdaptiveRefresh { get; init; } = AdaptiveSettings.DefaultRefresh;

    /// <summary>Muon's factor for the shape.</summary>
    [Setting("muon-scale", "factor of Muon's update that depends on the shape of the weight", Choices = Optimizers.MuonScale.Names)]
    public string MuonScale { get; init; } = "original";

    /// <summary>Muon's way to the polar factor.</summary>
    [Setting("muon-orthogonalizer", "how Muon makes its update orthogonal", Choices = Orthogonalizer.Names)]
    public string MuonOrthogonalizer { get; init; } = "newton-schulz";

    /// <summary>Muon's momentum.</summary>
    [Setting("muon-momentum", "share of the past in Muon's momentum", Min = 0, Max = 0.9999)]
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay of Muon and AdamW.</summary>
    [Setting("weight-decay", "weight decay of muon and adamw", Min = 0, Max = 1)]
    public double WeightDecay { get; init; }

    /// <summary>Steps between two recorded spectra.</summary>
    [Setting("spectra-every", "record the singular values of the activations every so many steps, for the animation; 0 for never", Min = 0, Max = 1_000_000)]
    public int SpectraEvery { get; init; }

    /// <summary>Whether the log's stable ranks are upper bounds.</summary>
    [Setting("no-exact-stable-rank", "record h‖A‖_F²/‖A1‖² of h hidden units, an upper bound of st(A) without an SVD, in the place of st(A)")]
    public bool NoExactStableRank { get; init; }

    /// <summary>Width of the three hidden layers.</summary>
    public int ResolvedWidth => Width ?? FourLayerNetwork.WidthPerDim * Dim;
}

/// <summary>
/// Figures 1, 4 and 18: a four-layer network on the sparse regression y = x₁x₂x₃, trained on a full batch by gradient descent and by SpecGD
/// with spectral steps on the hidden weights, every layer measured at every step. Muon and AdamW run beside them on request.
/// </summary>
public sealed class SparseRegression : Experiment<SparseRegressionOptions>
{
    /// <summary>Names of the trajectories in the log.</summary>
    public const string GradientDescent = "gradient_descent", SpecGd = "specgd", Muon = "muon", AdamW = "adamw", Adaptive = "adaptive";

    /// <summary>Name in the log's configuration: whether what is recorded as stable ranks are stable ranks, or upper bounds of them.</summary>
    public const string ExactStableRank = "exact_stable_rank";

    /// <summary>Whether a log has stable ranks, and not upper bounds of them; one that does not say has stable ranks.</summary>
    public static bool HasExactStableRanks(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Config[ExactStableRank] is not JsonValue value || !value.TryGetValue(out bool exact) || exact;
    }

    /// <summary>Name of the recorded spectra, at the top level of the log by method, and within each method.</summary>
    public const string Spectra = "spectrum_gif";

    /// <summary>Names of the network's weights.</summary>
    private static readonly string[] WeightNames = ["W1", "W2", "W3", "W4"];

    private static readonly Dictionary<string, double> DefaultLr = new()
    {
        [GradientDescent] = 0.01,
        [SpecGd] = 0.01,
        [Muon] = 0.02,
        [AdamW] = 0.001,
    };

    /// <inheritdoc/>
    public override string Name => "sparse-regression";

    /// <inheritdoc/>
    public override string Summary => "Gradient descent against SpecGD on a four-layer network, layer by layer (Figures 1, 4 and 18).";

    /// <inheritdoc/>
    public override string RunId(SparseRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string beside = string.Concat(options.Optimizer.Distinct().Select(name => $"_{name}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"sparse-regression_{options.Activation}_dim{options.Dim}_n{options.BatchSize}_steps{options.Steps}_seed{options.Seed}{beside}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(SparseRegressionOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        RequireUse(options);
        var activation = Activation.Named(options.Activation);
        var random = new TorchRandom(options.Seed);
        var inputs = random.Normal(options.BatchSize, options.Dim);
        var targets = FourLayerNetwork.ProductOfFirstThree(inputs);
        var weights = FourLayerNetwork.Draw(random, options.Dim, options.ResolvedWidth, activation);
        var log = NewLog(options);
        Func<ActivationMeasurement, double>? stableRank = options.NoExactStableRank ? a => StableRankBound.Of(a.Matrix) : null;
        var spectra = new List<(MethodLog Log, string Name, SpectrumProbe Probe)>();
        var trajectories = Methods(options).Select(Prepare).ToArray();
        var outcomes = TrajectoryRunner.RunAll(trajectories, context);
        foreach (var (method, name, probe) in spectra)
        {
            method.Properties[Spectra] = probe.ToJson();
            ((JsonObject)log.Sections[Spectra]!)[name] = probe.ToJson();
        }
        return TrajectoryRunner.Result(log, outcomes);

        Trajectory Prepare(Method method)
        {
            var methodLog = new MethodLog
            {
                Properties = new JsonObject
                {
                    ["lr"] = method.Lr,
                    ["spectral_layers"] = new JsonArray([.. method.SpectralLayers.Select(layer => (JsonNode)layer)]),
                },
            };
            log.Methods.Add(method.Name, methodLog);
            List<IProbe> probes = [new LayeredProbe(methodLog, method.GeometryOf, stableRank)];
            if (method.Optimizer is AdaptiveDescent adaptive)
                probes.Add(new GeometryProbe(methodLog, adaptive));
            if (options.SpectraEvery > 0)
            {
                var probe = new SpectrumProbe(method.Name, options.SpectraEvery, options.Steps, stableRank);
                spectra.Add((methodLog, method.Name, probe));
                probes.Add(probe);
            }
            var model = new MultilayerPerceptron(inputs, targets, weights, activation);
            return new Trajectory(method.Name, model, method.Optimizer, probes, 0, options.Steps);
        }
    }

    /// <summary>Settings of methods that do not run would be ignored, and a user misled.</summary>
    private static void RequireUse(SparseRegressionOptions options)
    {
        string[] running = Running(options);
        if (options.MethodLr.Keys.FirstOrDefault(name => !running.Contains(name)) is { } idle)
            throw new BadInputException($"--method-lr names {idle}, which does not run; add --optimizer {idle}.");
        var unset = new SparseRegressionOptions();
        if (!options.Optimizer.Contains(Muon)
            && (options.MuonScale, options.MuonOrthogonalizer, options.MuonMomentum) != (unset.MuonScale, unset.MuonOrthogonalizer, unset.MuonMomentum))
            throw new BadInputException("--muon-scale, --muon-orthogonalizer and --muon-momentum are for --optimizer muon, which does not run; add it.");
    }

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log) => SparseRegressionSummary.Of(log);

    /// <inheritdoc/>
    public override LogNames NamesOf(SparseRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] methods = [.. new[] { GradientDescent, SpecGd }.Concat(options.Optimizer).Distinct()];
        return LogNames.With(methods, LayeredProbe.SeriesOf(WeightNames), Adaptive, WeightNames);
    }

    /// <summary>The methods of a run, as values: those of the paper, then those asked for.</summary>
    private static IEnumerable<Method> Methods(SparseRegressionOptions options)
    {
        double Lr(string name) => LrOf(options, name);
        IOptimizer AdamW() => new AdamW(new AdamWSettings(Lr(SparseRegression.AdamW)) { WeightDecay = options.WeightDecay });
        yield return Method.Steepest(GradientDescent, Lr(GradientDescent), []);
        yield return Method.Steepest(SpecGd, Lr(SpecGd), options.SpectralLayers);
        if (options.Optimizer.Contains(Muon))
        {
            var muon = new Muon(new MuonSettings(Lr(Muon))
            {
                Momentum = options.MuonMomentum,
                WeightDecay = options.WeightDecay,
                Scale = Optimizers.MuonScale.Named(options.MuonScale),
                Orthogonalizer = Orthogonalizer.Named(options.MuonOrthogonalizer),
            });
            bool IsSpectral(WeightBlock block) => options.SpectralLayers.Contains(block.Name);
            yield return new Method(
                Muon, Lr(Muon), options.SpectralLayers, Method.OfLayers(options.SpectralLayers), new PartitionedOptimizer(IsSpectral, muon, AdamW()));
        }
        if (options.Optimizer.Contains(SparseRegression.AdamW))
            yield return new Method(SparseRegression.AdamW, Lr(SparseRegression.AdamW), [], _ => Geometry.Euclidean, AdamW());
        if (options.Optimizer.Contains(Adaptive))
            yield return Method.Following(new AdaptiveSettings
            {
                EuclideanFactor = Lr(GradientDescent),
                SpectralFactor = Lr(SpecGd),
                Hysteresis = options.AdaptiveHysteresis,
                Refresh = options.AdaptiveRefresh,
                MayBeSpectral = block => options.SpectralLayers.Contains(block.Name),
            });
    }

    private static double LrOf(SparseRegressionOptions options, string name) =>
        options.MethodLr.TryGetValue(name, out double given) ? given : DefaultLr[name];

    /// <summary>Width and the step of every method that runs.</summary>
    public override SparseRegressionOptions Resolve(SparseRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Width = options.ResolvedWidth,
            MethodLr = Running(options).Where(DefaultLr.ContainsKey).ToDictionary(name => name, name => LrOf(options, name)),
        };
    }

    /// <summary>The methods whose steps count: those that run, and AdamW where Muon leaves it layers.</summary>
    private static string[] Running(SparseRegressionOptions options) =>
        [.. new[] { GradientDescent, SpecGd }.Concat(options.Optimizer).Concat(options.Optimizer.Contains(Muon) ? [AdamW] : []).Distinct()];

    private RunLog NewLog(SparseRegressionOptions options) => new(RunId(options))
    {
        Config = new JsonObject
        {
            ["experiment"] = Name,
            ["dim"] = options.Dim,
            ["batch_size"] = options.BatchSize,
            ["num_steps"] = options.Steps,
            ["activation"] = options.Activation,
            ["seed"] = options.Seed,
            ["width"] = options.ResolvedWidth,
            [ExactStableRank] = !options.NoExactStableRank,
        },
        Sections = options.SpectraEvery > 0 ? new JsonObject { [Spectra] = new JsonObject() } : [],
    };

    /// <summary>A way to train the network.</summary>
    /// <param name="Name">Name in the log.</param>
    /// <param name="Lr">Its step: a number, or the two of a method that chooses.</param>
    /// <param name="SpectralLayers">The layers that always take spectral steps.</param>
    /// <param name="GeometryOf">The geometry in which a block is updated, and whose activation norm is recorded.</param>
    /// <param name="Optimizer">What updates it.</param>
    private sealed record Method(
        string Name, JsonNode Lr, IReadOnlyList<string> SpectralLayers, Func<WeightBlock, Geometry> GeometryOf, IOptimizer Optimizer)
    {
        /// <summary>Steps of the natural size times a factor, spectral on the given layers and Euclidean on the others.</summary>
        public static Method Steepest(string name, double factor, IReadOnlyList<string> spectralLayers) =>
            new(name, factor, spectralLayers, OfLayers(spectralLayers), new SteepestDescent(OfLayers(spectralLayers), StepSize.Natural(factor)));

        /// <summary>Each layer's geometry chosen as the rule says.</summary>
        public static Method Following(AdaptiveSettings settings)
        {
            var optimizer = new AdaptiveDescent(settings);
            var lr = new JsonArray(settings.EuclideanFactor, settings.SpectralFactor);
            return new Method(Adaptive, lr, [], optimizer.GeometryOf, optimizer);
        }

        /// <summary>Spectral on the given layers, Euclidean on the others.</summary>
        public static Func<WeightBlock, Geometry> OfLayers(IReadOnlyList<string> spectral) =>
            block => spectral.Contains(block.Name) ? Geometry.Spectral : Geometry.Euclidean;
    }
}
