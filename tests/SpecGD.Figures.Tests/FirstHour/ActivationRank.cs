using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="ActivationRank"/>.</summary>
public sealed record ActivationRankOptions
{
    /// <summary>The nonlinearity.</summary>
    [Setting("activation", "nonlinearity of the features")]
    public string Activation { get; init; } = "relu";

    /// <summary>Numbers of features.</summary>
    [Setting("dims", "numbers of features", Min = 1, Max = 4096)]
    public IReadOnlyList<int> Dims { get; init; } = [50, 100, 200, 400];

    /// <summary>The seed.</summary>
    [Setting("seed", "seed of data and weights", Min = 0)]
    public ulong Seed { get; init; }
}

/// <summary>st(A) of random features A = σ(VX), for growing numbers of features.</summary>
public sealed class ActivationRank : Experiment<ActivationRankOptions>
{
    /// <summary>The section of the log.</summary>
    public const string Rows = "rows";

    /// <inheritdoc/>
    public override string Name => "activation-rank";

    /// <inheritdoc/>
    public override string Summary => "Stable rank of random features, for growing numbers of features.";

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("d");

    /// <inheritdoc/>
    public override string RunId(ActivationRankOptions options) => $"{Name}_{options.Activation}_seed{options.Seed}";

    /// <inheritdoc/>
    protected override RunResult Compute(ActivationRankOptions options, RunContext context)
    {
        var rows = new JsonArray();
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject { ["experiment"] = Name, ["activation"] = options.Activation },
            Sections = new JsonObject { [Rows] = rows },
        };
        var progress = context.Progress.Begin(Name, options.Dims.Count);
        foreach (int dim in options.Dims)
        {
            if (context.Cancellation.IsCancellationRequested)
                return new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted before d = {dim}.");
            var random = new TorchRandom(options.Seed);
            var a = RandomFeatures.Draw(random, dim, dim, samples: 4 * dim, Activation.Named(options.Activation));
            rows.Add((JsonNode)new JsonObject { ["d"] = dim, ["st(A)"] = Measures.StableRank(a) });
            progress.Advance(rows.Count);
        }
        progress.End("finished");
        return new RunResult(log, RunStatus.Finished, null);
    }

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log) =>
        new(["d"], [.. log.Rows(Rows).Select(row => (JsonObject)row.DeepClone())], []);
}
