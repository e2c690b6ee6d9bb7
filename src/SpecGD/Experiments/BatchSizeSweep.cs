using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="BatchSizeSweep"/>.</summary>
public sealed record BatchSizeSweepOptions
{
    /// <summary>Columns of x.</summary>
    [Setting("dim", "dimension of the Gaussian inputs", Min = 3, Max = 16384)]
    public int Dim { get; init; } = 128;

    /// <summary>Width of the three hidden layers.</summary>
    [Setting("width", "width of the three hidden layers", Min = 1, Max = 16384)]
    public int Width { get; init; } = 512;

    /// <summary>Numbers of samples.</summary>
    [Setting("batch-sizes", "numbers of samples, each a fresh batch", Min = 1, Max = 1_000_000)]
    public IReadOnlyList<int> BatchSizes { get; init; } = [128, 256, 512, 1024];

    /// <summary>Name of the activation σ.</summary>
    [Setting("activation", "activation of the hidden layers", Choices = Models.Activation.Names)]
    public string Activation { get; init; } = "swiglu";

    /// <summary>Seed of every random draw.</summary>
    [Setting("seed", "seed of the random draws, as torch.manual_seed takes it", Min = 0)]
    public ulong Seed { get; init; } = 42;
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
    public override RunResult Run(BatchSizeSweepOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var activation = Activation.Named(options.Activation);
        var random = new TorchRandom(options.Seed);
        var weights = FourLayerNetwork.Draw(random, options.Dim, options.Width, activation);
        var byBatch = new JsonObject();
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dim"] = options.Dim,
                ["width"] = options.Width,
                ["activation"] = options.Activation,
                ["seed"] = options.Seed,
            },
            Sections = new JsonObject { [StableRank] = byBatch },
        };
        var progress = context.Progress.Begin(Name, options.BatchSizes.Distinct().Count());
        foreach (int batch in options.BatchSizes.Distinct())
        {
            if (context.Cancellation.IsCancellationRequested)
                return new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted before batch size {batch}.");
            var inputs = random.Normal(batch, options.Dim); // drawn in any case: one generator serves all batches
            string size = batch.ToString(CultureInfo.InvariantCulture);
            byBatch[size] = context.Kept.FindOrCompute($"batch{size}", () => Measure(inputs, weights, activation));
            progress.Advance(byBatch.Count);
        }
        progress.End($"{Name} finished");
        return new RunResult(log, RunStatus.Finished, null);
    }

    /// <inheritdoc/>
    public override RunSummary Summarise(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows = [.. (log.Sections[StableRank] as JsonObject ?? []).Select(batch => Row(batch.Key, batch.Value!.AsObject()))];
        return new RunSummary(rows, []);
    }

    private static JsonObject Row(string batch, JsonObject layers)
    {
        var row = new JsonObject { ["batch size"] = int.Parse(batch, CultureInfo.InvariantCulture) };
        foreach (var (layer, value) in layers)
            row[$"st({layer})"] = value?.DeepClone();
        return row;
    }

    private static JsonObject Measure(Matrix<double> inputs, Matrix<double>[] weights, Activation activation)
    {
        var network = new MultilayerPerceptron(inputs, new Matrix<double>(inputs.Rows, 1), weights, activation);
        network.Forward();
        return new JsonObject(Enumerable.Range(1, HiddenLayers).Select(
            layer => KeyValuePair.Create($"layer{layer}", (JsonNode?)network.Blocks[layer].Activation.StableRankOrZero)));
    }
}
