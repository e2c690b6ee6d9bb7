using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>
/// Table 2: the same training with Adam on everything, with Muon on the output matrices of the MLPs alone, and with Muon on all matrices within
/// blocks, each with both MLPs; the same tokens and the same initialisation for all that have the same MLP.
/// </summary>
public sealed class NanoGptAblation : Experiment<NanoGptStudyOptions>
{
    /// <summary>Its name.</summary>
    public const string ExperimentName = "nanogpt-ablation";

    private const string BelowAdam = "below Adam";

    /// <summary>The ways to update the matrices within blocks, from none to all spectral.</summary>
    public static IReadOnlyList<string> Optimizers { get; } = ["adam", "muon-mlp-output", "muon"];

    /// <summary>The nonlinearities of the MLP.</summary>
    public static IReadOnlyList<string> Mlps { get; } = [NanoGptOptions.Squared, NanoGptOptions.Gated];

    /// <inheritdoc/>
    public override string Name => ExperimentName;

    /// <inheritdoc/>
    public override string Summary =>
        "A language model with Adam alone, with Muon on the MLP outputs, and with Muon on all matrices, for two MLPs (Table 2).";

    /// <inheritdoc/>
    public override bool IsOffered => false;

    /// <summary>The name of one run in the log.</summary>
    public static string MethodName(string optimizer, string mlp) => $"{optimizer} {mlp}";

    /// <inheritdoc/>
    public override string RunId(NanoGptStudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return $"{Name}-{options.Preset}-{options.Seed}";
    }

    /// <inheritdoc/>
    protected override RunResult Compute(NanoGptStudyOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        NanoGptStudyOptions[] all = [.. Mlps.SelectMany(_ => Optimizers, (mlp, optimizer) => options with { Mlp = mlp, Optimizer = optimizer })];
        var ends = new GptTrainingOutcome[all.Length];
        var methods = new MethodLog[all.Length];
        var log = new RunLog(RunId(options)) { Config = Config(options) };
        ThreadBudget.ForEach(Enumerable.Range(0, all.Length).ToArray(), i =>
        {
            var run = new MemoryRun(MethodName(all[i].Optimizer, all[i].Mlp), all[i]);
            ends[i] = run.Train(context);
            methods[i] = NanoGptLog.MethodOf(all[i], run.Trainer);
            if (i == 0)
                foreach (var (key, value) in NanoGptLog.DatasetOf(all[i], run.Data, run.Trainer.Parameters.Shape))
                    log.Dataset[key] = value?.DeepClone();
        });
        foreach (var (one, method) in all.Zip(methods))
            log.Methods.Add(MethodName(one.Optimizer, one.Mlp), method);
        var ended = ends.FirstOrDefault(e => e.Status == RunStatus.Diverged) ?? ends.FirstOrDefault(e => e.Status != RunStatus.Finished);
        var result = TrajectoryRunner.Result(log, []); // by the losses alone
        return ended is null ? result : result with { Status = ended.Status, Detail = ended.Detail };
    }

    /// <summary>One row a run: its last validation loss, and how far it is below that of Adam with the same MLP.</summary>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new RunSummary(
            ["run"],
            [.. log.Methods.Select(method => RowOf(log, method.Key, method.Value))],
            [
                "One seed each, and learning rates that are tuned neither to this size nor for each optimizer: "
                + "a gap smaller than that between two seeds says nothing.",
            ])
        {
            Verdicts = [BelowAdam],
        };
    }

    /// <summary>The last validation loss of a run, or null where the log has none.</summary>
    public static double? LastLoss(RunLog log, string method)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Methods.GetValueOrDefault(method) is { } found && found.TryGet(NanoGptLog.ValidationLoss, out var loss) ? loss.Values[^1] : null;
    }

    private static JsonObject RowOf(RunLog log, string name, MethodLog method)
    {
        string? mlp = TextOf(method, NanoGptLog.Mlp);
        var training = method.Find(NanoGptLog.TrainingLoss);
        double? last = LastLoss(log, name), adam = mlp is null ? null : LastLoss(log, MethodName(Optimizers[0], mlp));
        return new JsonObject
        {
            ["run"] = name,
            ["optimizer"] = TextOf(method, NanoGptLog.Optimizer),
            ["MLP"] = mlp,
            ["steps"] = training is { Count: > 0 } ? training.Steps[^1] + 1 : null,
            ["tokens"] = training is { Count: > 0 } && JsonNumber.Of(method.Properties[NanoGptLog.TokensPerStep]) is { } perStep
                ? perStep * (training.Steps[^1] + 1)
                : null,
            ["training loss"] = training is { Count: > 0 } ? training.Values[^1] : null,
            ["validation loss"] = last,
            [BelowAdam] = adam - last,
        };
    }

    private static string? TextOf(MethodLog method, string property) =>
        method.Properties[property] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The settings; optimizer and MLP are not among them, since every one has its turn.</summary>
    private static JsonObject Config(NanoGptStudyOptions options)
    {
        var config = new JsonObject { ["experiment"] = ExperimentName };
        foreach (var (key, value) in Setting.ToJson(options))
            if (key is not (NanoGptLog.Optimizer or NanoGptLog.Mlp))
                config[key] = value?.DeepClone();
        return config;
    }
}
