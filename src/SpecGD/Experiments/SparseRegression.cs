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

    /// <summary>Width of the three hidden layers.</summary>
    [Setting("width", "width of the three hidden layers", Min = 1, Max = 16384)]
    public int Width { get; init; } = 512;

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
    [Setting("spectral-layers", "weights that SpecGD updates spectrally; the others take Euclidean steps", Choices = "W1,W2,W3,W4")]
    public IReadOnlyList<string> SpectralLayers { get; init; } = ["W2", "W3"];

    /// <summary>Factors on the natural step.</summary>
    [Setting("method-lr", "factor of a method on its natural step n/‖A‖²", Min = 0, MinExcluded = true,
        Choices = SparseRegression.GradientDescent + "," + SparseRegression.SpecGd, UnsetMeans = "0.01 for both")]
    public IReadOnlyDictionary<string, double> MethodLr { get; init; } = new Dictionary<string, double>();
}

/// <summary>
/// Figures 1, 4 and 18: a four-layer network on the sparse regression y = x₁x₂x₃, trained on a full batch by gradient descent and by SpecGD
/// with spectral steps on the hidden weights, every layer measured at every step.
/// </summary>
public sealed class SparseRegression : Experiment<SparseRegressionOptions>
{
    /// <summary>Names of the trajectories in the log.</summary>
    public const string GradientDescent = "gradient_descent", SpecGd = "specgd";

    private const double DefaultFactor = 0.01;

    /// <inheritdoc/>
    public override string Name => "sparse-regression";

    /// <inheritdoc/>
    public override string Summary => "Gradient descent against SpecGD on a four-layer network, layer by layer (Figures 1, 4 and 18).";

    /// <inheritdoc/>
    public override string RunId(SparseRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture,
            $"sparse-regression_{options.Activation}_dim{options.Dim}_n{options.BatchSize}_steps{options.Steps}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    public override RunResult Run(SparseRegressionOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var activation = Activation.Named(options.Activation);
        var random = new TorchRandom(options.Seed);
        var inputs = random.Normal(options.BatchSize, options.Dim);
        var targets = FourLayerNetwork.ProductOfFirstThree(inputs);
        var weights = FourLayerNetwork.Draw(random, options.Dim, options.Width, activation);
        var log = NewLog(options);
        var trajectories = new[]
        {
            Prepare(GradientDescent, []),
            Prepare(SpecGd, options.SpectralLayers),
        };
        var outcomes = TrajectoryRunner.RunAll(trajectories, context);
        return TrajectoryRunner.Result(log, outcomes);

        Trajectory Prepare(string name, IReadOnlyList<string> spectralLayers)
        {
            double factor = options.MethodLr.GetValueOrDefault(name, DefaultFactor);
            var method = new MethodLog
            {
                Properties = new JsonObject { ["lr"] = factor, ["spectral_layers"] = new JsonArray([.. spectralLayers.Select(l => (JsonNode)l)]) },
            };
            log.Methods.Add(name, method);
            Geometry GeometryOf(WeightBlock block) => spectralLayers.Contains(block.Name) ? Geometry.Spectral : Geometry.Euclidean;
            var model = new MultilayerPerceptron(inputs, targets, weights, activation);
            var optimizer = new SteepestDescent(GeometryOf, StepSize.Natural(factor));
            return new Trajectory(name, model, optimizer, [new LayeredProbe(method, GeometryOf)], 0, options.Steps);
        }
    }

    /// <inheritdoc/>
    public override RunSummary Summarise(RunLog log) => SparseRegressionSummary.Of(log);

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
            ["width"] = options.Width,
        },
    };
}
