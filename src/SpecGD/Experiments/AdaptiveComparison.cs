using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments.Adaptive;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

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
            $"{Name}_{string.Join('-', options.Settings.Distinct())}_dim{options.Dim}_width{options.Width}_seeds{options.Seeds}");
    }

    /// <inheritdoc/>
    public override RunResult Run(AdaptiveComparisonOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var rows = new JsonArray();
        var config = Setting.ToJson(options);
        config["experiment"] = Name;
        var log = new RunLog(RunId(options)) { Config = config, Sections = new JsonObject { [AdaptiveRow.Section] = rows } };
        foreach (string setting in options.Settings.Distinct())
            for (int index = 0; index < options.Seeds; index++)
            {
                try
                {
                    int seed = index;
                    foreach (var row in context.Kept.FindOrComputeRows($"{setting}_{seed}", () => Cell(options, setting, seed, context)))
                        rows.Add(row!.DeepClone());
                }
                catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
                {
                    return new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted in {setting}.");
                }
            }
        return new RunResult(log, RunStatus.Finished, null);
    }

    /// <inheritdoc/>
    public override RunSummary Summarise(RunLog log) => AdaptiveSummary.Of(AdaptiveRow.All(log));

    /// <summary>All methods in one setting with one seed. A method that diverged has its row too.</summary>
    private static JsonArray Cell(AdaptiveComparisonOptions options, string setting, int index, RunContext context)
    {
        var (experiment, settings, seed, steps) = options.RunOf(setting, index);
        var result = experiment.Run(settings, context with { Kept = KeptWork.None });
        context.Cancellation.ThrowIfCancellationRequested(); // whatever the status: where one method diverged, others may have been interrupted
        return [.. result.Log.Methods.Select(method => AdaptiveRow.Of(setting, seed, method.Key, method.Value, steps).ToJson())];
    }
}
