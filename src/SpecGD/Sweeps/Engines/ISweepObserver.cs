namespace SpecGD.Sweeps.Engines;

/// <summary>Is told how a sweep goes; called from several threads at once.</summary>
public interface ISweepObserver
{
    /// <summary>A task was begun.</summary>
    void Began(SweepTask task);

    /// <summary>A task has come to an end, or to a stop.</summary>
    void Ended(TaskRecord record);
}

/// <summary>How a task is started as a process of its own: the program with its arguments, to which the task's own are added.</summary>
/// <param name="Program">The program and what comes first on its command line.</param>
/// <param name="Directory">The working directory.</param>
public sealed record TaskLaunch(IReadOnlyList<string> Program, string Directory)
{
    /// <summary>Environment variables that are set for it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
