using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Sweeps.Analysis;

/// <summary>What one series of one method came to in one task.</summary>
/// <param name="Method">The trajectory, or the row of an experiment's table, named by its keys, where it has none.</param>
/// <param name="Series">Name of the series, or of the column.</param>
/// <param name="First">Its first value.</param>
/// <param name="Final">Its last value.</param>
/// <param name="Min">Its least value, and at which step.</param>
/// <param name="Max">Its largest value, and at which step.</param>
/// <param name="FinalStep">The step of the last value.</param>
/// <param name="Diverged">True where this trajectory ended before the last step in a run that diverged, or its loss as <see cref="Divergence"/> has it; of a table, whether the number is of such a trajectory: its values are no result.</param>
public sealed record Observation(
    string Method,
    string Series,
    double First,
    double Final,
    (int Step, double Value) Min,
    (int Step, double Value) Max,
    int FinalStep,
    bool Diverged)
{
    /// <summary>What names the row of an experiment's table; none of a trajectory.</summary>
    public RowKeys Keys { get; init; } = RowKeys.None;

    /// <summary>The number that a metric takes of this series.</summary>
    public double this[Statistic statistic] => statistic switch
    {
        Statistic.First => First,
        Statistic.Final => Final,
        Statistic.Min => Min.Value,
        _ => Max.Value,
    };

    /// <summary>Everything that the log of a task has of the series in <paramref name="series"/>.</summary>
    /// <param name="experiment">The experiment, whose table stands in where a log has no trajectories.</param>
    /// <param name="log">The log.</param>
    /// <param name="diverged">Whether the run diverged: then what did not reach the last step did.</param>
    /// <param name="series">The series wanted; empty for <c>loss</c>, or for all where there is none.</param>
    public static IReadOnlyList<Observation> Of(IExperiment experiment, RunLog log, bool diverged, IReadOnlyCollection<string> series)
    {
        var all = All(experiment, log, diverged);
        if (series.Count == 0)
            series = all.Any(o => o.Series == "loss") ? ["loss"] : [.. all.Select(o => o.Series).Distinct()];
        return [.. all.Where(o => series.Contains(o.Series))];
    }

    /// <summary>Everything that the log of a task has, of every series.</summary>
    /// <inheritdoc cref="Of"/>
    public static IReadOnlyList<Observation> All(IExperiment experiment, RunLog log, bool diverged)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(log);
        return log.Methods.Count > 0 ? [.. FromMethods(log, diverged)] : [.. FromRows(experiment.Summarise(log), diverged)];
    }

    private static IEnumerable<Observation> FromMethods(RunLog log, bool diverged)
    {
        double? steps = JsonNumber.Of(log.Config["num_steps"]);
        var grown = Divergence.Of(log.Methods).Where(end => end.IsDiverged).Select(end => end.Method).ToHashSet();
        foreach (var (method, entry) in log.Methods)
            foreach (var (name, series) in entry.Series)
                if (series.Count > 0)
                    yield return Whole(method, name, series, grown.Contains(method) || (diverged && !(LastStep(entry) + 1 >= steps)));
    }

    private static int LastStep(MethodLog method) => method.Series.Values.Max(series => series.Count > 0 ? series.Steps[^1] : -1);

    private static Observation Whole(string method, string name, Series series, bool diverged)
    {
        int least = -1, largest = -1;
        for (int i = 0; i < series.Count; i++)
        {
            if (least < 0 || series.Values[i] < series.Values[least])
                least = i;
            if (largest < 0 || series.Values[i] > series.Values[largest])
                largest = i;
        }
        return new Observation(
            method, name, series.Values[0], series.Values[^1],
            (series.Steps[least], series.Values[least]), (series.Steps[largest], series.Values[largest]), series.Steps[^1], diverged);
    }

    /// <summary>
    /// Each number that a table measures, with the row named by its keys alone: a row has the same name in every repetition, whatever was measured.
    /// Where two rows have the same keys, as those of a value that was given twice, the later ones are numbered.
    /// </summary>
    private static IEnumerable<Observation> FromRows(RunSummary summary, bool diverged)
    {
        var seen = new Dictionary<RowKeys, int>();
        foreach (var (place, row) in summary.Rows.Index())
        {
            var keys = RowKeys.Of(summary.Keys, row);
            int copy = seen[keys] = seen.GetValueOrDefault(keys) + 1;
            keys = keys.AsCopy(copy);
            foreach (var (column, cell) in row)
            {
                bool isDiverged = summary.Diverged?.Contains((place, column)) ?? diverged;
                if (!summary.Keys.Contains(column) && (JsonNumber.Of(cell) ?? (isDiverged && cell is null && summary.Diverged is not null ? double.NaN : null)) is { } value)
                    yield return new Observation(keys.ToString(), column, value, value, (0, value), (0, value), 0, isDiverged) { Keys = keys };
            }
        }
    }
}
