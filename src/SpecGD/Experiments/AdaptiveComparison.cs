using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Adaptive;
using SpecGD.Experiments.Settings;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>
/// The adaptive method beside gradient descent and SpecGD in every setting of the paper, over seeds, with the paper's factors on the natural steps.
/// </summary>
public sealed class AdaptiveComparison : Experiment<AdaptiveComparisonOptions>
{
    /// <summary>Name of the experiment.</summary>
    public const string ExperimentName = "adaptive-comparison";

    /// <inheritdoc/>
    public override string Name => ExperimentName;

    /// <inheritdoc/>
    public override string Summary => "The adaptive method against gradient descent and SpecGD in the paper's settings, over seeds.";

    /// <inheritdoc/>
    public override string RunId(AdaptiveComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Name}_{string.Join('-', options.Settings.Distinct())}_dim{options.Dim}_width{Resolve(options).Width}_seeds{options.Seeds}");
    }

    /// <inheritdoc/>
    public override AdaptiveComparisonOptions Resolve(AdaptiveComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Width = options.Width ?? FourLayerNetwork.WidthPerDim * options.Dim };
    }

    /// <inheritdoc/>
    protected override RunResult Compute(AdaptiveComparisonOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var rows = new JsonArray();
        var config = Setting.ToJson(options);
        config["experiment"] = Name;
        var log = new RunLog(RunId(options)) { Config = config, Sections = new JsonObject { [AdaptiveRow.Section] = rows } };
        var settings = options.Settings.Distinct().ToArray();
        var cells = (from index in Enumerable.Range(0, options.Seeds) from setting in settings select new Cell(setting, index)).ToArray();
        var found = new Dictionary<Cell, JsonArray>();
        bool interrupted = false;
        try
        {
            ThreadBudget.ForEach(
                cells,
                cell =>
                {
                    var ofCell = context.Kept.FindOrComputeRows($"{cell.Setting}_{cell.Index}", within => Compute(options, cell, context with { Kept = within }));
                    lock (found)
                        found.Add(cell, ofCell);
                },
                context.Cancellation);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            interrupted = true;
        }
        foreach (var cell in from setting in settings from index in Enumerable.Range(0, options.Seeds) select new Cell(setting, index))
            foreach (var row in found.GetValueOrDefault(cell) ?? [])
                rows.Add(row!.DeepClone());
        var all = AdaptiveRow.All(log);
        string[] diverged = [.. EndsOf(log).Where(end => end.IsDiverged).Select(end => end.Method)];
        var result = interrupted ? new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted with {found.Count} of {Counted.Of(cells.Length, "run")} finished.")
            : diverged.Length > 0 && diverged.Length == all.Count ? new RunResult(log, RunStatus.Diverged, "Every method diverged in every setting, with every seed.")
            : new RunResult(log, RunStatus.Finished, null);
        return result with { DivergedMethods = diverged };
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("setting", "seed", "method");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log) => AdaptiveSummary.Of(AdaptiveRow.All(log));

    /// <inheritdoc/>
    public override IReadOnlyList<LossEnd> EndsOf(RunLog log) => AdaptiveSummary.EndsOf(AdaptiveRow.All(log));

    /// <summary>All methods in one setting with one seed. A method that diverged has its row too.</summary>
    private static JsonArray Compute(AdaptiveComparisonOptions options, Cell cell, RunContext context)
    {
        var (experiment, settings, seed, steps) = options.RunOf(cell.Setting, cell.Index);
        var progress = new PrefixedProgress(context.Progress, string.Create(CultureInfo.InvariantCulture, $"{cell.Setting}, seed {seed}: "));
        var result = experiment.Run(settings, context with { Progress = progress });
        context.Cancellation.ThrowIfCancellationRequested(); // whatever the status: where one method diverged, others may have been interrupted
        return [.. result.Log.Methods.Select(method => AdaptiveRow.Of(cell.Setting, seed, method.Key, method.Value, steps).ToJson())];
    }

    /// <summary>One setting with its <paramref name="Index"/>-th seed.</summary>
    private readonly record struct Cell(string Setting, int Index);
}
