using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="BatchSizeSweep"/>.</summary>
public sealed record BatchSizeSweepOptions
{
    /// <summary>Columns of x.</summary>
    [Setting("dim", "dimension of the Gaussian inputs", Min = 1, Max = 16384)]
    public int Dim { get; init; } = 128;

    /// <summary>Width of the three hidden layers, or null for four times the inputs' dimension.</summary>
    [Setting("width", "width of the three hidden layers", Min = 1, Max = 65536, UnsetMeans = "4·dim")]
    public int? Width { get; init; }

    /// <summary>Numbers of samples.</summary>
    [Setting("batch-sizes", "numbers of samples, each a fresh batch", Min = 1, Max = 1_000_000)]
    public IReadOnlyList<int> BatchSizes { get; init; } = [128, 256, 512, 1024];

    /// <summary>Name of the activation σ.</summary>
    [Setting("activation", "activation of the hidden layers", Choices = Models.Activation.Names)]
    public string Activation { get; init; } = "swiglu";

    /// <summary>Seed of every random draw.</summary>
    [Setting("seed", "seed of the random draws, as torch.manual_seed takes it", Min = 0)]
    public ulong Seed { get; init; } = 42;

    /// <summary>Floating-point type of the network.</summary>
    [Setting("dtype", "floating-point type of inputs, weights and activations; ranks are measured in float64", Choices = Precision.Names)]
    public string Dtype { get; init; } = "float64";

    /// <summary>Width of the three hidden layers.</summary>
    public int ResolvedWidth => Width ?? FourLayerNetwork.WidthPerDim * Dim;
}

/// <summary>Figure 17: the stable ranks of a four-layer network's post-activations at initialisation, against the batch size.</summary>
public sealed class BatchSizeSweep : Experiment<BatchSizeSweepOptions>
{
    /// <summary>Name of the result in the log: st by batch size and layer.</summary>
    public const string StableRank = "stable_rank";

    private const int HiddenLayers = 3;

    /// <inheritdoc/>
    public override string Name => "batch-size-sweep";

    /// <inheritdoc/>
    public override string Summary => "Stable ranks of a four-layer network at initialisation against the batch size (Figure 17).";

    /// <inheritdoc/>
    public override string RunId(BatchSizeSweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"batch-size-sweep_{options.Activation}_dim{options.Dim}_n{string.Join('-', options.BatchSizes)}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    public override BatchSizeSweepOptions Resolve(BatchSizeSweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Width = options.ResolvedWidth };
    }

    /// <inheritdoc/>
    protected override RunResult Compute(BatchSizeSweepOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var activation = Activation.Named(options.Activation);
        var precision = Precision.Named(options.Dtype);
        var random = new TorchRandom(options.Seed);
        var weights = FourLayerNetwork.Draw(random, options.Dim, options.ResolvedWidth, activation, precision);
        var byBatch = new JsonObject();
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dim"] = options.Dim,
                ["width"] = options.ResolvedWidth,
                ["activation"] = options.Activation,
                ["seed"] = options.Seed,
                ["dtype"] = options.Dtype,
            },
            Sections = new JsonObject { [StableRank] = byBatch },
        };
        var progress = context.Progress.Begin(Name, options.BatchSizes.Count);
        for (int i = 0; i < options.BatchSizes.Count; i++)
        {
            int batch = options.BatchSizes[i];
            if (context.Cancellation.IsCancellationRequested)
                return new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted before batch size {batch}.");
            var inputs = precision.Normal(random, batch, options.Dim); // drawn in any case: one generator serves all batches
            string size = batch.ToString(CultureInfo.InvariantCulture);
            byBatch[size] = context.Kept.FindOrCompute($"batch{i}_{size}", () => Measure(inputs, weights, activation, precision)); // of a size given twice the last
            progress.Advance(i + 1);
        }
        progress.End($"{Name} finished");
        return new RunResult(log, RunStatus.Finished, null);
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.None.With(StableRank, "batch size");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows = [.. (log.Sections[StableRank] as JsonObject ?? []).Select(batch => Row(batch.Key, batch.Value!.AsObject()))];
        return new RunSummary(["batch size"], rows, []);
    }

    private static JsonObject Row(string batch, JsonObject layers)
    {
        var row = new JsonObject { ["batch size"] = int.Parse(batch, CultureInfo.InvariantCulture) };
        foreach (var (layer, value) in layers)
            row[$"st({layer})"] = value?.DeepClone();
        return row;
    }

    private static JsonObject Measure(Matrix<double> inputs, Matrix<double>[] weights, Activation activation, Precision precision)
    {
        var ranks = new JsonObject();
        var below = inputs;
        for (int layer = 1; layer <= HiddenLayers; layer++)
        {
            var z = precision.Product(below, weights[layer - 1], transposeB: true);
            var a = new Matrix<double>(z.Rows, z.Columns / activation.Parts);
            activation.Forward(z, a);
            precision.Round(a);
            ranks[$"layer{layer}"] = new ActivationMeasurement(a, a.Rows).StableRankOrZero;
            below = a;
        }
        return ranks;
    }
}
