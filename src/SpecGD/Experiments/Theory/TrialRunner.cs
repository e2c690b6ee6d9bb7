using System.Collections.Concurrent;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>Measures items that do not depend on one another side by side, as one task on display that can be interrupted.</summary>
internal static class TrialRunner
{
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
                    results[i] = [.. measure(items[i])];
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
            status == RunStatus.Finished ? null : $"{name} was interrupted when {done.Count} of {items.Count} measurements were done.");
    }
}
