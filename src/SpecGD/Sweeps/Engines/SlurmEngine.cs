using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps.Engines;

/// <summary>A job array that was submitted for a sweep.</summary>
/// <param name="Job">Its number.</param>
/// <param name="TasksPerElement">Tasks of each element.</param>
public sealed record SlurmJob(string Job, int TasksPerElement)
{
    internal const string FileName = "job.json";

    /// <summary>The job that was submitted last for the sweep, or null.</summary>
    public static SlurmJob? Find(SweepFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return FindIn(folder.DirectoryPath);
    }

    /// <summary>As <see cref="Find"/>, of a folder whose sweep need not be readable.</summary>
    internal static SlurmJob? FindIn(string directory)
    {
        string path = Path.Combine(directory, SweepFolder.SlurmName, FileName);
        if (!File.Exists(path))
            return null;
        var json = LenientJson.ReadObject(path, "the record of a Slurm job");
        return json["job"] is JsonValue job && job.TryGetValue(out string? number) && JsonNumber.Of(json["tasks_per_element"]) is { } tasks and >= 1
            ? new SlurmJob(number, (int)tasks)
            : throw new BadInputException($"{path} is no record of a Slurm job; delete it if that job is over.");
    }

    /// <summary>Keeps it for later calls of the program.</summary>
    public void Keep(SweepFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.Write(
            Path.Combine(folder.SlurmPath, FileName),
            new JsonObject { ["job"] = Job, ["tasks_per_element"] = TasksPerElement }.ToJsonString() + "\n");
    }

    /// <summary>Name of the element that runs a task, as attempts note it.</summary>
    public string ElementOf(SweepTask task) => string.Create(CultureInfo.InvariantCulture, $"{Job}_{IndexOf(task)}");

    /// <summary>The index of the element that runs a task.</summary>
    public int IndexOf(SweepTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Index / TasksPerElement;
    }
}

/// <summary>Runs tasks as one job array of Slurm and follows it through its run folders and the queue.</summary>
public sealed class SlurmEngine(SlurmOptions options, int? workers, long? memoryLimit, TaskLaunch launch, TimeProvider clock)
{
    /// <summary>Name of the script in the sweep's <c>slurm/</c>.</summary>
    public const string ScriptName = "job.sh";

    /// <summary>
    /// Time between two looks, growing from the one to the other so that short jobs feel quick and long ones ask little of the controller.
    /// </summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1), LongestInterval = TimeSpan.FromSeconds(15);

    /// <summary>The script for these tasks, and how many of them an element runs.</summary>
    /// <exception cref="BadInputException">The options contradict the cluster's limits.</exception>
    public (string Script, int TasksPerElement) Compose(SweepFolder folder, IEnumerable<SweepTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(folder);
        int perElement = SlurmScript.TasksPerElement(
            folder.Tasks.Count, SlurmCluster.MaxArraySize() ?? SlurmScript.UsualMaxArraySize, options.TasksPerJob);
        int[] elements = [.. tasks.Select(task => task.Index / perElement).Distinct()];
        return (SlurmScript.Render(folder, elements, perElement, workers, memoryLimit, options, launch), perElement);
    }

    /// <summary>Writes the script and submits it.</summary>
    /// <exception cref="BadInputException">Slurm is not there or refuses.</exception>
    public SlurmJob Submit(SweepFolder folder, IReadOnlyList<SweepTask> tasks)
    {
        SlurmCluster.Require();
        var (script, perElement) = Compose(folder, tasks);
        NewFolders.Create(folder.SlurmPath);
        AtomicFile.SweepStale(folder.SlurmPath);
        string path = Path.Combine(folder.SlurmPath, ScriptName);
        AtomicFile.Write(path, script);
        var job = new SlurmJob(Submit(path), perElement);
        job.Keep(folder);
        return job;
    }

    /// <summary>Submits the script, which goes again where that is refused.</summary>
    private static string Submit(string path)
    {
        try
        {
            return SlurmCluster.Submit(path);
        }
        catch (BadInputException)
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>
    /// Follows the job until none of its elements waits or runs, telling of each task that came to an end. Cancelled, it returns at once; the job
    /// goes on.
    /// </summary>
    public async Task FollowAsync(
        SweepFolder folder, SlurmJob job, IReadOnlyList<SweepTask> tasks, ISweepObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(observer);
        var open = tasks.ToDictionary(task => task.Key);
        var begun = new HashSet<string>();
        var interval = ShortestInterval;
        while (!cancellation.IsCancellationRequested)
        {
            var queue = SlurmCluster.Queue(job.Job); // before the folders: what has left the queue has written all it will
            foreach (var task in open.Values.ToArray())
            {
                var record = TaskRecord.Read(task, folder.PathOf(task), _ => queue is null || queue.ContainsKey(job.IndexOf(task)));
                if (record.State == TaskState.Running && begun.Add(task.Key))
                    observer.Began(task);
                if (record.IsDone || queue?.ContainsKey(job.IndexOf(task)) == false)
                {
                    open.Remove(task.Key);
                    observer.Ended(record);
                }
            }
            if (open.Count == 0)
                return;
            await Task.Delay(interval, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            interval = TimeSpan.FromSeconds(Math.Min(LongestInterval.TotalSeconds, interval.TotalSeconds * 1.2));
        }
    }
}
