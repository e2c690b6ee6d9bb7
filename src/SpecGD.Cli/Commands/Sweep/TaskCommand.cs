using System.CommandLine;
using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary><c>specgd sweep task DIR</c>: what engines call; runs one task, or several one after the other, and notes each attempt.</summary>
internal static class TaskCommand
{
    private const string
        ArrayJobVariable = "SLURM_ARRAY_JOB_ID",
        ArrayIndexVariable = "SLURM_ARRAY_TASK_ID",
        RestartsVariable = "SLURM_RESTART_COUNT";

    /// <summary>Time between two looks at a lock.</summary>
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var first = new Option<int>(TaskArguments.FirstName) { Description = "place of the first task in the sweep", HelpName = "N" };
        var count = new Option<int>(TaskArguments.CountName) { Description = "how many", HelpName = "N", DefaultValueFactory = _ => 1 };
        var attached = new Option<bool>(TaskArguments.AttachedName) { Description = "stop when standard input ends" };
        var command = new Command(TaskArguments.CommandName, "Run tasks of a sweep; engines call this.") { folder, first, count, attached };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var interruption = Interruption.Heed();
            if (parsed.GetValue(attached))
                interruption.Attach();
            var sweep = SweepFolder.Open(parsed.GetValue(folder)!);
            SweepTask[] tasks = [.. sweep.Tasks.Skip(parsed.GetValue(first)).Take(parsed.GetValue(count)).DistinctBy(task => task.Key)];
            int code = tasks switch
            {
                [] => throw new BadInputException($"{sweep.DirectoryPath} has no task {parsed.GetValue(first)}; it has {sweep.Tasks.Count}."),
                [var only] => Run(sweep, only),
                _ => RunPack(sweep, tasks, interruption),
            };
            RequeueInTime(interruption);
            return code;
        });
        return command;
    }

    /// <summary>One task, in this process.</summary>
    private static int Run(SweepFolder sweep, SweepTask task)
    {
        string directory = sweep.PathOf(task);
        Directory.CreateDirectory(directory);
        using var alone = LockOf(directory);
        if (TaskRecord.Read(task, directory).IsDone)
            return ExitCode.Done;
        var clock = TimeProvider.System;
        long begin = clock.GetTimestamp();
        AttemptLog.Begin(directory, new Attempt(clock.GetLocalNow(), Environment.MachineName, Environment.ProcessId, Element()));
        try
        {
            var request = new RunSession.Request(directory, Drawing.Nothing, Fresh: false) 
            {
                IsOwnFolder = true,
                Companions = [AttemptLog.FileName, LocalEngine.LogName],
            };
            var outcome = RunSession.Run(task.Experiment, task.Options, request, clock);
            var end = outcome.Result.Status switch
            {
                RunStatus.Finished => AttemptEnd.Finished,
                RunStatus.Diverged => AttemptEnd.Diverged,
                _ => AttemptEnd.Interrupted,
            };
            AttemptLog.End(directory, end, clock.GetElapsedTime(begin).TotalSeconds, outcome.Result.Detail);
            return outcome.ExitCode;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            AttemptLog.End(directory, AttemptEnd.Failed, clock.GetElapsedTime(begin).TotalSeconds, e.Message);
            throw;
        }
        catch (OutOfMemoryException)
        {
            AttemptLog.End(directory, AttemptEnd.Failed, clock.GetElapsedTime(begin).TotalSeconds, "It needed more memory than it may use.");
            throw;
        }
    }

    /// <summary>
    /// The lock of a task. Where the program that drove the sweep was killed, its processes still finish their step; the new one waits for that.
    /// </summary>
    private static IDisposable LockOf(string directory)
    {
        var clock = TimeProvider.System;
        long begin = clock.GetTimestamp();
        using var never = new ManualResetEvent(false);
        while (clock.GetElapsedTime(begin) < LocalEngine.StopLimit)
        {
            if (SweepFolder.TryLockTask(directory) is { } alone)
                return alone;
            never.WaitOne(LockInterval);
        }
        throw new BadInputException($"Another process computes {directory} at this moment, and did so for {LocalEngine.StopLimit.TotalSeconds:0} s.");
    }

    /// <summary>Several tasks one after the other, each in a process of its own, so that one that crashes does not take the others along.</summary>
    private static int RunPack(SweepFolder sweep, SweepTask[] tasks, Interruption interruption)
    {
        var options = new LocalEngineOptions(Workers: 1, Numerics.ThreadBudget.Total, MemoryLimit: null, FailFast: false);
        var open = tasks.Where(task => !TaskRecord.Read(task, sweep.PathOf(task)).IsDone);
        using var progress = SweepProgress.Begin(sweep.Definition.Name, 0, tasks.Length, 1);
        new LocalEngine(options, EngineRequest.Launch(), TimeProvider.System).Run(sweep, open, progress, interruption.Token);
        return interruption.Token.IsCancellationRequested ? interruption.ExitCode
            : tasks.All(task => TaskRecord.Read(task, sweep.PathOf(task)).HasResult) ? ExitCode.Done
            : ExitCode.Failed;
    }

    /// <summary>The element of a Slurm array that this process is, or null.</summary>
    private static string? Element() =>
        Environment.GetEnvironmentVariable(ArrayJobVariable) is { Length: > 0 } job
        && Environment.GetEnvironmentVariable(ArrayIndexVariable) is { Length: > 0 } index
            ? $"{job}_{index}"
            : null;

    /// <summary>Puts the element back into the queue where its time was up before its work was done.</summary>
    private static void RequeueInTime(Interruption interruption)
    {
        if (!interruption.TimeIsUp || Element() is not { } element)
            return;
        int restarts = Number(RestartsVariable), allowed = Number(SlurmScript.RequeuesVariable);
        if (restarts >= allowed)
        {
            Terminal.Remark($"its time is up, and it was queued again {Counted.Of(restarts, "time")} already (--requeues {allowed})");
            return;
        }
        Terminal.Remark($"its time is up; Slurm is asked to queue {element} again"); // said first: Slurm ends this process as soon as it is asked
        if (!SlurmCluster.Requeue(element))
            Terminal.Remark($"Slurm refused to queue {element} again");

        static int Number(string variable) =>
            int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }
}
