using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>
/// Measures items that do not depend on one another side by side, as one task on display that can be interrupted and goes on with the items
/// that were not measured.
/// </summary>
internal static class TrialRunner
{
    /// <summary>Measurements are kept as their properties; bounds that do not exist are infinite or NaN.</summary>
    private static readonly JsonSerializerOptions AsKept = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        IncludeFields = true, // of the tuples among them
    };

    /// <summary>
    /// The measurements of every item, in the order of the items; of those that were done where the run was interrupted, which the detail then says.
    /// </summary>
    public static (IReadOnlyList<(TItem Item, TMeasurement Measurement)> Measured, RunStatus Status, string? Detail) Run<TItem, TMeasurement>(
        string name, IReadOnlyList<TItem> items, Func<TItem, IEnumerable<TMeasurement>> measure, RunContext context)
    {
        var results = new TMeasurement[items.Count][];
        var status = RunStatus.Finished;
        var done = new ConcurrentBag<int>();
        var progress = context.Progress.Begin(name, items.Count);
        try
        {
            ThreadBudget.ForEach(
                Enumerable.Range(0, items.Count).ToArray(),
                i =>
                {
                    string part = string.Create(CultureInfo.InvariantCulture, $"trial{i}");
                    results[i] = FromKept<TMeasurement>(context.Kept.FindOrComputeRows(part, () => ToKept(measure(items[i]))));
                    done.Add(i);
                    progress.Advance(done.Count);
                },
                context.Cancellation);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            status = RunStatus.Interrupted;
        }
        progress.End($"{name} {(status == RunStatus.Finished ? "finished" : "was interrupted")}");
        return (
            [.. from i in done.Order() from measurement in results[i] select (items[i], measurement)],
            status,
            status == RunStatus.Finished ? null : $"{name} was interrupted when {done.Count} of {Counted.Of(items.Count, "measurement")} {Counted.Noun(items.Count, "was")} done.");
    }

    private static JsonArray ToKept<TMeasurement>(IEnumerable<TMeasurement> measurements) =>
        [.. measurements.Select(m => JsonSerializer.SerializeToNode(m, AsKept))];

    private static TMeasurement[] FromKept<TMeasurement>(JsonArray rows) => [.. rows.Select(row => row.Deserialize<TMeasurement>(AsKept)!)];
}
