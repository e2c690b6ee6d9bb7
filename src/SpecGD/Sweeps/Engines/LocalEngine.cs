using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using SpecGD.Numerics;

namespace SpecGD.Sweeps.Engines;

/// <summary>How a pool of processes works.</summary>
/// <param name="Workers">Processes at a time.</param>
/// <param name="Threads">Threads of all of them together; each has its share, at least one.</param>
/// <param name="MemoryLimit">Bytes that a process may use, or null for no limit.</param>
/// <param name="FailFast">Whether the first failure stops the rest.</param>
public sealed record LocalEngineOptions(int Workers, int Threads, long? MemoryLimit, bool FailFast);

/// <summary>
/// Runs tasks in a pool of processes of this machine, one process a task, so that a crash or a lack of memory ends that task alone. A process is
/// asked to stop by closing its standard input, which also happens when this program itself is killed: none is left behind.
/// </summary>
public sealed class LocalEngine(LocalEngineOptions options, TaskLaunch launch, TimeProvider clock)
{
    /// <summary>Name of the file in a task's folder with what its process said.</summary>
    public const string LogName = "task.log";

    /// <summary>How long a process may take to finish its step and to keep what it has, once asked to stop.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the last words of a process are waited for once it has ended: a program that it started may hold its streams open for ever.
    /// </summary>
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at the memory of a process.</summary>
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Runs the tasks, the next whenever a process is free, and returns when all have ended. Cancelled, it asks the running ones to stop, which
    /// then keep what they have, and begins no other.
    /// </summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="tasks">What to run; those of the same key once.</param>
    /// <param name="observer">Is told of each beginning and end.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="BadInputException">The program of the tasks cannot be started at all.</exception>
    public void Run(SweepFolder folder, IEnumerable<SweepTask> tasks, ISweepObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(observer);
        var waiting = new ConcurrentQueue<SweepTask>(tasks.DistinctBy(task => task.Key));
        int pool = Math.Min(options.Workers, Math.Max(1, waiting.Count)), threads = Math.Max(1, options.Threads / pool);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] workers = [.. Enumerable.Range(0, pool).Select(_ => Task.Run(() => Work(stop), CancellationToken.None))];
        Task.WhenAll(workers).GetAwaiter().GetResult();

        async Task Work(CancellationTokenSource stop)
        {
            while (!stop.IsCancellationRequested && waiting.TryDequeue(out var task))
            {
                observer.Began(task);
                var record = await RunOneAsync(folder, task, threads, stop.Token).ConfigureAwait(false);
                observer.Ended(record);
                if (record.IsTrouble && options.FailFast)
                    await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<TaskRecord> RunOneAsync(SweepFolder folder, SweepTask task, int threads, CancellationToken stop)
    {
        string directory = folder.PathOf(task);
        Directory.CreateDirectory(directory);
        int attemptsBefore = AttemptLog.Read(directory).Count;
        long begin = clock.GetTimestamp();
        var started = clock.GetLocalNow();
        using var process = Start(folder, task, threads);
        using var enough = new CancellationTokenSource();
        var said = CopyAsync(process.StandardError.BaseStream, Path.Combine(directory, LogName), enough.Token);
        var unread = DrainAsync(process.StandardOutput.BaseStream, enough.Token);
        string? killedFor = await WatchAsync(process, stop).ConfigureAwait(false);
        enough.CancelAfter(LastWordsLimit);
        await Task.WhenAll(said, unread).ConfigureAwait(false);
        var attempts = AttemptLog.Read(directory);
        if (attempts.Count == attemptsBefore) // it ended before it could note anything
            AttemptLog.Begin(directory, new Attempt(started, Environment.MachineName, process.Id, null));
        var record = TaskRecord.Read(task, directory);
        if (record.HasResult || (attempts.Count > attemptsBefore && attempts[^1].End is not null))
            return record;
        // Asked to stop, a signal to all may end it before it listens.
        var end = stop.IsCancellationRequested && killedFor is null ? AttemptEnd.Interrupted : AttemptEnd.Crashed;
        AttemptLog.End(directory, end, clock.GetElapsedTime(begin).TotalSeconds, killedFor ?? ProcessEnd.Words(process.ExitCode, LogName));
        return TaskRecord.Read(task, directory);
    }

    private Process Start(SweepFolder folder, SweepTask task, int threads)
    {
        var start = new ProcessStartInfo(launch.Program[0])
        {
            WorkingDirectory = launch.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in launch.Program.Skip(1).Concat(TaskArguments.For(folder.DirectoryPath, task.Index, 1, attached: true)))
            start.ArgumentList.Add(argument);
        start.Environment[ThreadBudget.Variable] = threads.ToString(CultureInfo.InvariantCulture);
        if (options.MemoryLimit is { } limit)
            start.Environment["DOTNET_GCHeapHardLimit"] = limit.ToString("X", CultureInfo.InvariantCulture); // a hexadecimal number of bytes
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new BadInputException($"{launch.Program[0]} cannot be started for the tasks: {e.Message}", e);
        }
    }

    /// <summary>Waits for the end; passes a request to stop on, and ends what uses too much memory. Says why it was killed, or null.</summary>
    private async Task<string?> WatchAsync(Process process, CancellationToken stop)
    {
        var ended = process.WaitForExitAsync(CancellationToken.None);
        using var asked = stop.Register(() => CloseInput(process));
        string? killedFor = null;
        long? stopBegan = null;
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(MemoryInterval, clock, CancellationToken.None)).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
                stopBegan ??= clock.GetTimestamp();
            if (killedFor is not null || ended.IsCompleted)
                continue;
            if (options.MemoryLimit is { } limit && MemoryOf(process) is var used && used > limit)
                killedFor = $"It was stopped, since it used {MemorySize.Text(used)} where --memory-limit allows {MemorySize.Text(limit)}.";
            else if (stopBegan is { } since && clock.GetElapsedTime(since) > StopLimit)
                killedFor = $"It was asked to stop and had not done so after {StopLimit.TotalSeconds:0} s.";
            if (killedFor is not null)
                process.Kill(entireProcessTree: true);
        }
        return killedFor;
    }

    private static void CloseInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // it has ended by itself
        }
    }

    private static long MemoryOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0; // it has just ended
        }
    }

    /// <summary>Writes what the process says to its log, and where the log cannot be written reads on: a full pipe would halt the process.</summary>
    private static async Task CopyAsync(Stream said, string path, CancellationToken enough)
    {
        try
        {
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            await using (file.ConfigureAwait(false))
                await said.CopyToAsync(file, enough).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            await DrainAsync(said, enough).ConfigureAwait(false);
        }
    }

    private static async Task DrainAsync(Stream said, CancellationToken enough)
    {
        try
        {
            await said.CopyToAsync(Stream.Null, enough).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // another program holds the stream, or it broke: nothing of the task is in it
        }
    }
}

/// <summary>The command line by which engines have the program run tasks of a sweep.</summary>
public static class TaskArguments
{
    /// <summary>Names of the command and of its options.</summary>
    public const string CommandName = "task", FirstName = "--first", CountName = "--count", AttachedName = "--attached";

    /// <summary>The arguments for <paramref name="count"/> tasks from <paramref name="first"/> on.</summary>
    /// <param name="directory">The folder of the sweep.</param>
    /// <param name="first">The place of the first in the sweep.</param>
    /// <param name="count">How many.</param>
    /// <param name="attached">Whether the process stops when its standard input ends.</param>
    public static IReadOnlyList<string> For(string directory, int first, int count, bool attached) =>
    [
        "sweep", CommandName, directory,
        FirstName, first.ToString(CultureInfo.InvariantCulture),
        CountName, count.ToString(CultureInfo.InvariantCulture),
        .. attached ? [AttachedName] : Array.Empty<string>(),
    ];
}
