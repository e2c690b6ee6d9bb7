using System.Diagnostics;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>Where a task stands.</summary>
public enum TaskState
{
    /// <summary>Nothing was done for it yet.</summary>
    Waiting,

    /// <summary>It is being computed.</summary>
    Running,

    /// <summary>Its run is whole.</summary>
    Finished,

    /// <summary>Its run diverged: a result.</summary>
    Diverged,

    /// <summary>It was stopped and will go on from what it kept.</summary>
    Interrupted,

    /// <summary>The program refused it or failed.</summary>
    Failed,

    /// <summary>Its process ended without a message: killed, out of memory, or the machine went down.</summary>
    Crashed,
}

/// <summary>What a task's folder says of it.</summary>
/// <param name="Task">The task.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="WallSeconds">Seconds of all attempts whose end was noted.</param>
/// <param name="Detail">What went wrong, or null.</param>
/// <param name="Manifest">The manifest of its run where it is finished or diverged, else null.</param>
public sealed record TaskRecord(SweepTask Task, TaskState State, int Attempts, double WallSeconds, string? Detail, Manifest? Manifest)
{
    /// <summary>Processes are told from later ones with the same number by their start, known to within this time.</summary>
    private static readonly TimeSpan StartSlack = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is a result, of whichever version of the program.</summary>
    public bool HasResult => State is TaskState.Finished or TaskState.Diverged;

    /// <summary>Whether there is a result of this very program, so that nothing is left to do.</summary>
    public bool IsDone => HasResult && Manifest!.Code == Task.Identity.Code;

    /// <summary>Whether it needs someone's attention.</summary>
    public bool IsTrouble => State is TaskState.Failed or TaskState.Crashed;

    /// <summary>Reads where a task stands.</summary>
    /// <param name="task">The task.</param>
    /// <param name="directory">Its run folder, which need not exist.</param>
    /// <param name="isQueued">Whether an element of a Slurm array, <c>JOB_INDEX</c>, is still running; null where nobody knows.</param>
    public static TaskRecord Read(SweepTask task, string directory, Func<string, bool>? isQueued = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var attempts = AttemptLog.Read(directory);
        double wall = attempts.Sum(attempt => attempt.WallSeconds);
        if (Result(task, directory) is { } manifest)
        {
            var state = manifest.Status == RunStatus.Finished ? TaskState.Finished : TaskState.Diverged;
            wall = Math.Max(wall, manifest.WallTime.TotalSeconds);
            return new TaskRecord(task, state, Math.Max(1, attempts.Count), wall, manifest.Detail, manifest);
        }
        if (attempts is not [.., var last])
            return new TaskRecord(task, TaskState.Waiting, 0, 0, null, null);
        var (stateNow, detail) = StateOf(last, isQueued);
        return new TaskRecord(task, stateNow, attempts.Count, wall, detail, null);
    }

    private static Manifest? Result(SweepTask task, string directory)
    {
        string path = Path.Combine(directory, RunFolder.ManifestName);
        if (!File.Exists(path) || !File.Exists(Path.Combine(directory, RunFolder.LogName)))
            return null;
        try
        {
            var manifest = Manifest.Read(path);
            return manifest.Status != RunStatus.Interrupted
                && manifest.Experiment == task.Identity.Experiment
                && manifest.Asked.ToJsonString() == task.Identity.Options.ToJsonString()
                    ? manifest
                    : null;
        }
        catch (BadInputException)
        {
            return null; // changed from outside: computed again
        }
    }

    private static (TaskState State, string? Detail) StateOf(Attempt last, Func<string, bool>? isQueued) => last.End switch
    {
        AttemptEnd.Failed => (TaskState.Failed, last.Detail),
        AttemptEnd.Crashed => (TaskState.Crashed, last.Detail),
        AttemptEnd.Interrupted => (TaskState.Interrupted, last.Detail),
        AttemptEnd.Finished or AttemptEnd.Diverged => (TaskState.Waiting, "Its result was changed or is gone."),
        _ when last.Job is { } job && isQueued is not null => isQueued(job)
            ? (TaskState.Running, null)
            : (TaskState.Crashed, $"Its process on {last.Host} (Slurm {job}) ended without a message."),
        _ => IsAlive(last) ? (TaskState.Running, null) : (TaskState.Crashed, $"Its process on {last.Host} ended without a message."),
    };

    private static bool IsAlive(Attempt attempt)
    {
        if (attempt.Host != Environment.MachineName)
            return false;
        try
        {
            using var process = Process.GetProcessById(attempt.ProcessId);
            return !process.HasExited && process.StartTime <= (attempt.Started + StartSlack).LocalDateTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
