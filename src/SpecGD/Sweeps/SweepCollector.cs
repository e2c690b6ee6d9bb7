using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Sweeps;

/// <summary>Gathers the results of a sweep's run folders into its SQLite file.</summary>
public static class SweepCollector
{
    /// <summary>Reads where every task stands.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="isQueued">Whether an element of a Slurm array is still running; null where nobody knows.</param>
    public static IReadOnlyList<TaskRecord> Read(SweepFolder folder, Func<string, bool>? isQueued = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. folder.Tasks.Select(task => TaskRecord.Read(task, folder.PathOf(task), isQueued))];
    }

    /// <summary>
    /// Reads every task, writes the file, and gives what is in it. Logs that were read before and have not changed are not read again.
    /// </summary>
    /// <exception cref="BadInputException">The file of results cannot be written, or a log is damaged.</exception>
    public static IReadOnlyList<TaskResult> Collect(SweepFolder folder, Func<string, bool>? isQueued = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var store = SweepStore.Open(folder.StorePath);
        var known = store.Observations();
        TaskResult[] results = [.. Read(folder, isQueued).Select(record => new TaskResult(record, Observations(folder, record, known)))];
        store.Replace(folder.Definition, results, result => Stamp(result.Record));
        return results;
    }

    /// <summary>Every series of every method of a task, read from its log; nothing where it has no result.</summary>
    /// <exception cref="BadInputException">The log is damaged.</exception>
    public static IReadOnlyList<Observation> Everything(SweepFolder folder, TaskRecord record)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(record);
        return record.HasResult ? Observation.All(record.Task.Experiment, LogOf(folder, record), record.State == TaskState.Diverged) : [];
    }

    /// <summary>The log of a task that has a result.</summary>
    /// <exception cref="BadInputException">It is damaged.</exception>
    public static RunLog LogOf(SweepFolder folder, TaskRecord record)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(record);
        return RunLogFile.Read(Path.Combine(folder.PathOf(record.Task), RunFolder.LogName));
    }

    private static IReadOnlyList<Observation> Observations(
        SweepFolder folder, TaskRecord record, IReadOnlyDictionary<(string, string, string), IReadOnlyList<Observation>> known)
    {
        if (Stamp(record) is not { } stamp)
            return [];
        if (known.TryGetValue((record.Task.Part.Name, record.Task.Key, stamp), out var observations))
            return observations;
        return Observation.Of(record.Task.Experiment, LogOf(folder, record), record.State == TaskState.Diverged, Series(record.Task.Part.Analysis));
    }

    /// <summary>The series that a plan needs; none where it leaves the choice to the log.</summary>
    private static string[] Series(AnalysisPlan plan) => plan.Metrics.Count == 0 && plan.Tune is null
        ? []
        : [.. plan.Metrics.Select(m => m.Series).Concat(plan.Tune is null ? [] : [plan.Objective.Series]).Distinct()];

    /// <summary>What a result is known by: when and by what it was computed, which series were asked of it, and what counts as diverged.</summary>
    private static string? Stamp(TaskRecord record) => record.HasResult
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Manifest!.Started:O} {record.Manifest.WallTime.TotalSeconds:R} {record.Manifest.Code} ")
            + string.Join(',', Series(record.Task.Part.Analysis)) + $" {Divergence.Rule}"
        : null;
}
