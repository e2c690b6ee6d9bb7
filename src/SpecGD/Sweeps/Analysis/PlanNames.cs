using SpecGD.Experiments;

namespace SpecGD.Sweeps.Analysis;

/// <summary>Whether the names in a plan are names of something: before a run where its log's names are known, and else when there are results.</summary>
public static class PlanNames
{
    /// <summary>Refuses names that no task of the part will have.</summary>
    /// <param name="part">The part.</param>
    /// <param name="tasks">Its tasks.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="BadInputException">The plan names a series, a method or a value of an option that there will not be.</exception>
    public static void Require(SweepPart part, IReadOnlyList<SweepTask> tasks, string file)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(tasks);
        LogNames?[] names = [.. tasks.Select(task => task.Experiment.NamesOf(task.Options))];
        var known = names.OfType<LogNames>().ToArray();
        string? bad = Options(part, tasks)
            ?? (known.Length < names.Length || names.Length == 0 ? null
                : Unknown(part, [.. known.SelectMany(n => n.Methods).Distinct()], [.. known.SelectMany(n => n.Series).Distinct()]));
        if (bad is not null)
            throw new BadInputException($"{file}: the part '{part.Name}' {bad}");
    }

    /// <summary>What is to be said of a name in the plan that no result has; null where every name is in some, or there is no result yet.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    /// <param name="everything">Reads every series of a task that has a result.</param>
    public static string? Missing(SweepPart part, IReadOnlyList<TaskResult> results, Func<TaskRecord, IReadOnlyList<Observation>> everything)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(everything);
        TaskResult[] own = [.. results.Where(r => r.Task.Part.Name == part.Name && r.Record.HasResult)];
        if (own.Length == 0 || Unknown(part, own.SelectMany(r => r.Observations)) is null)
            return null; // the usual case, in which no log is read again
        return Unknown(part, own.SelectMany(r => everything(r.Record))) is { } bad ? $"The part '{part.Name}' {bad}" : null;
    }

    private static string? Unknown(SweepPart part, IEnumerable<Observation> observations)
    {
        var all = observations.ToArray();
        return Unknown(part, [.. all.Select(o => o.Method).Distinct()], [.. all.Select(o => o.Series).Distinct()]);
    }

    private static string? Unknown(SweepPart part, string[] methods, string[] series)
    {
        var plan = part.Analysis;
        if (plan.Metrics.FirstOrDefault(m => !series.Contains(m.Series)) is { } metric)
            return NoSeries("metrics", metric.Series, series);
        if (plan.Tune is not null && !series.Contains(plan.Objective.Series))
            return NoSeries("objective", plan.Objective.Series, series);
        return plan.Baseline.GetValueOrDefault(AnalysisPlan.MethodAxis) is { } method && !methods.Contains(method)
            ? $"names the method '{method}' in 'baseline', which no run has; there are {string.Join(", ", methods)}.{Spelling.Hint(method, methods)}"
            : null;
    }

    private static string NoSeries(string key, string name, string[] series) =>
        $"names the series '{name}' in '{key}', which no run has; there are {string.Join(", ", series)}.{Meant(name, series)}";

    /// <summary>The series that was meant, or the metric where the word behind a series is no statistic.</summary>
    private static string Meant(string name, string[] series) =>
        series.Where(s => name.StartsWith($"{s}.", StringComparison.Ordinal)).MaxBy(s => s.Length) is { } whole
            ? $" A metric of {whole} ends with {string.Join(", ", Metric.Words.Keys.SkipLast(1))} or {Metric.Words.Keys.Last()}, and not with {name[(whole.Length + 1)..]}."
                + Spelling.Hint(name, Metric.Words.Keys.Select(word => $"{whole}.{word}"))
            : Spelling.Hint(name, series);

    /// <summary>A value of an option in the baseline that no task has.</summary>
    private static string? Options(SweepPart part, IReadOnlyList<SweepTask> tasks)
    {
        foreach (var (option, value) in part.Analysis.Baseline.Where(axis => axis.Key != AnalysisPlan.MethodAxis))
        {
            string[] values = [.. tasks.SelectMany(task => AxisText.All(task.Identity.Options[option])).Distinct()];
            if (tasks.Count > 0 && !values.Contains(value))
                return $"compares with {option} = {value} in 'baseline', but no task has that value; there are {string.Join(", ", values)}.{Spelling.Hint(value, values)}";
        }
        return null;
    }
}
