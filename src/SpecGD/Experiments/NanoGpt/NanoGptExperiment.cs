using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>
/// Figures 2 and 5 to 10: stable and nuclear ranks of a language model during training. <c>nanogpt train</c> runs the same with checkpoints.
/// </summary>
public sealed class NanoGptExperiment : Experiment<NanoGptStudyOptions>
{
    /// <inheritdoc/>
    public override string Name => NanoGptRun.Name;

    /// <inheritdoc/>
    public override string Summary => "Stable and nuclear ranks of a language model of the modded-NanoGPT architecture during training.";

    /// <inheritdoc/>
    public override bool IsOffered => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Companions => NanoGptRun.Companions;

    /// <inheritdoc/>
    public override string RunId(NanoGptStudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return $"{Name}-{options.Preset}-{options.Optimizer}-{options.Mlp}-{options.Seed}";
    }

    /// <inheritdoc/>
    public override NanoGptStudyOptions Resolve(NanoGptStudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (NanoGptStudyOptions)options.Resolved();
    }

    /// <inheritdoc/>
    protected override RunResult Compute(NanoGptStudyOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var run = new MemoryRun($"{Name} {options.Preset}", options);
        var outcome = run.Train(context);
        return new RunResult(NanoGptLog.Of(options, Setting.ToJson(options), run.Data, run.Trainer), outcome.Status, outcome.Detail);
    }

    /// <summary>One row a kind of weight: its gradients against what enters it, over the blocks.</summary>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows =
        [
            .. from weight in TrackedWeight.All
               let row = RowOf(TrackerView.Of(log), weight)
               where row is not null
               select row,
        ];
        return new RunSummary(["weight"], rows, Sentences(log));
    }

    private static JsonObject? RowOf(TrackerView? tracker, TrackedWeight weight)
    {
        if (tracker is null || TrackedRange.Of(tracker.Of(weight.Section, weight.Name)) is not { } rank)
            return null;
        var entering = TrackedRange.Of(tracker.Of(weight.ActivationSection, weight.Activation));
        var ratio = TrackedRange.Of(tracker.Ratios(weight));
        return new JsonObject
        {
            ["weight"] = weight.Symbol,
            ["blocks"] = rank.Blocks,
            ["nr(gradient)"] = rank.Median,
            ["st(what enters)"] = entering?.Median,
            ["nr/st"] = ratio?.Median,
            ["least nr/st"] = ratio?.Least,
            ["largest nr/st"] = ratio?.Most,
        };
    }

    private static IReadOnlyList<string> Sentences(RunLog log)
    {
        if (log.Methods.Values.FirstOrDefault(method => method.TryGet(NanoGptLog.ValidationLoss, out _)) is not { } method)
            return [];
        var loss = method.Series[NanoGptLog.ValidationLoss];
        var (first, last) = (loss.Values[0], loss.Values[^1]);
        string entropy = log.DatasetNumber(NanoGptLog.UnigramEntropy) is { } unigram
            ? FormattableString.Invariant($"; a model that knew only how often each token occurs would have {unigram:0.000}")
            : "";
        return
        [
            FormattableString.Invariant($"Validation loss {first:0.000} at step {loss.Steps[0]}, {last:0.000} at step {loss.Steps[^1]}{entropy}."),
            "Ranks are medians over a run's records from a quarter of it on, then over the blocks.",
        ];
    }
}
