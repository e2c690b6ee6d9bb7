namespace SpecGD.Sweeps.Analysis;

/// <summary>How many tasks of a part have a result. Before all have one, none is best, nothing is tested, and no value is at the edge.</summary>
/// <param name="Done">Tasks with a result, whether the run finished or diverged.</param>
/// <param name="All">All tasks of the part.</param>
public readonly record struct Coverage(int Done, int All)
{
    /// <summary>Whether every task has a result.</summary>
    public bool IsWhole => Done == All;

    /// <summary>The coverage of <paramref name="part"/>; tasks without a result are among <paramref name="results"/>.</summary>
    public static Coverage Of(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        TaskResult[] own = [.. results.Where(result => result.Task.Part.Name == part.Name)];
        return new Coverage(own.Count(result => result.Record.HasResult), own.Length);
    }

    /// <summary>"2 of 18 tasks have a result".</summary>
    public override string ToString() => FormattableString.Invariant($"{Done} of {Counted.Of(All, "task")} {Counted.Verb(Done, All, "has")} a result");
}
