using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Numerics;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary>One sweep from its tasks to its results, as <c>sweep</c> and <c>sweep retry</c> both do it.</summary>
internal static class SweepSession
{
    /// <summary>Prints what would be run.</summary>
    public static int Print(SweepFolder folder, EngineRequest request)
    {
        if (request.IsSlurm)
        {
            var open = folder.Tasks.Where(task => !TaskRecord.Read(task, folder.PathOf(task)).IsDone);
            string script = request.CreateSlurm().Compose(folder, open).Script;
            if (request.AsJson)
                SummaryView.PrintJson(Planned(folder, script));
            else
                Console.Out.Write(script);
            return ExitCode.Done;
        }
        if (request.AsJson)
        {
            SummaryView.PrintJson(Planned(folder, script: null));
            return ExitCode.Done;
        }
        SummaryView.PrintTable($"{Counted.Of(folder.Tasks.Count, "task")} of {folder.Definition.Name}", [.. folder.Tasks.Select(task => new JsonObject
        {
            ["task"] = task.Index,
            ["folder"] = task.Key,
            ["options"] = task.Label,
        })]);
        return ExitCode.Done;
    }

    /// <summary>What would be run, for programs; with the batch script where Slurm would get it.</summary>
    private static JsonObject Planned(SweepFolder folder, string? script)
    {
        var json = new JsonObject
        {
            ["name"] = folder.Definition.Name,
            ["directory"] = folder.DirectoryPath,
            ["tasks"] = new JsonArray(
            [
                .. folder.Tasks.Select(task => new JsonObject
                {
                    ["task"] = task.Index,
                    ["part"] = task.Part.Name,
                    ["folder"] = task.Key,
                    ["experiment"] = task.Identity.Experiment,
                    ["options"] = task.Identity.Options.DeepClone(),
                }),
            ]),
        };
        if (script is not null)
            json["script"] = script;
        return json;
    }

    /// <summary>Runs the tasks that <paramref name="wanted"/> chooses, collects all results, prints them, and gives the exit code.</summary>
    public static int Run(SweepFolder folder, EngineRequest request, Func<TaskRecord, bool> wanted)
    {
        using var driver = folder.Lock();
        TaskRecord[] records = [.. SweepCollector.Read(folder, SlurmQueue.Of(folder)).DistinctBy(record => record.Task.Key)]; // parts may share tasks
        int done = records.Count(record => record.IsDone);
        SweepTask[] tasks = [.. records.Where(wanted).Select(record => record.Task).DistinctBy(task => task.Key)];
        Announce(folder, records, tasks.Length, request);
        var interruption = Interruption.Heed();
        if (tasks.Length > 0)
        {
            if (request.IsSlurm)
            {
                if (!OnSlurm(folder, tasks, done, request, interruption))
                    return interruption.Token.IsCancellationRequested ? interruption.ExitCode : ExitCode.Done;
            }
            else
            {
                using var progress = SweepProgress.Begin(folder.Definition.Name, done, tasks.Length, request.Settings.Workers ?? ThreadBudget.Total);
                request.CreateLocal().Run(folder, tasks, progress, interruption.Token);
            }
        }
        return Conclude(folder, request, interruption);
    }

    private static void Announce(SweepFolder folder, IReadOnlyList<TaskRecord> records, int open, EngineRequest request)
    {
        int outdated = records.Count(record => record.HasResult && !record.IsDone);
        Terminal.Remark(
            $"{folder.Definition.Name}: {Counted.Of(records.Count, "task")}, {records.Count(record => record.IsDone)} done before, {open} to run "
            + (request.IsSlurm ? "on Slurm" : "on this machine")
            + (outdated > 0 ? $"; {outdated} were computed by another version of the program and count as not done" : ""));
    }

    /// <summary>Submits and follows; false where the program is to leave before the job is over.</summary>
    private static bool OnSlurm(SweepFolder folder, SweepTask[] tasks, int done, EngineRequest request, Interruption interruption)
    {
        var engine = request.CreateSlurm();
        var running = SlurmJob.Find(folder) is { } earlier && SlurmCluster.Queue(earlier.Job) is { Count: > 0 } ? earlier : null;
        var job = running ?? engine.Submit(folder, tasks);
        Terminal.Remark(running is null ? $"submitted as Slurm job {job.Job}" : $"Slurm job {job.Job} of this sweep is under way; following it");
        string later = $"'specgd sweep status {folder.DirectoryPath}' tells how far it is, and the same command follows it";
        if (request.Detach)
        {
            Terminal.Remark(later);
            return false;
        }
        using (var progress = SweepProgress.Begin(folder.Definition.Name, done, tasks.Length, null))
            engine.FollowAsync(folder, job, tasks, progress, interruption.Token).GetAwaiter().GetResult();
        if (!interruption.Token.IsCancellationRequested)
            return true;
        Terminal.Remark($"no longer following; job {job.Job} continues. {later}; 'scancel {job.Job}' ends it");
        return false;
    }

    private static void Draw(SweepFolder folder, IReadOnlyList<TaskResult> results, CancellationToken stop)
    {
        try
        {
            foreach (string hint in SweepView.Draw(folder, results, stop))
                Terminal.Remark(hint);
        }
        catch (OperationCanceledException)
        {
            Terminal.Remark($"asked to stop: not all figures are in {folder.FiguresPath}; the same command draws them");
        }
    }

    private static int Conclude(SweepFolder folder, EngineRequest request, Interruption interruption)
    {
        var results = SweepCollector.Collect(folder);
        bool isCut = interruption.Token.IsCancellationRequested;
        if (!isCut || request.AsJson)
            SweepView.Print(folder, results, request.AsJson, brief: true);
        if (!isCut)
            Draw(folder, results, interruption.Token);
        foreach (var record in results.Select(result => result.Record).Where(record => record.IsTrouble).DistinctBy(record => record.Task.Key))
            Terminal.Remark($"{record.State.ToString().ToLowerInvariant()}: {record.Task.Label} ({record.Task.Key}): {record.Detail}");
        TaskRecord[] records = [.. results.Select(result => result.Record).DistinctBy(record => record.Task.Key)];
        int finished = records.Count(record => record.HasResult), trouble = records.Count(record => record.IsTrouble);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{finished} of {Counted.Of(records.Length, "task")} {Counted.Verb(finished, records.Length, "has")} a result; everything is in {Path.Combine(folder.DirectoryPath, SweepFolder.StoreName)}"));
        if (interruption.Token.IsCancellationRequested)
        {
            Terminal.Remark(isCut ? "stopped; the same command resumes it" : "stopped while figures were drawn");
            return interruption.ExitCode;
        }
        if (trouble > 0)
            Terminal.Remark($"{trouble} failed or crashed; 'specgd sweep retry {folder.DirectoryPath}' tries them again");
        bool namesNothing = SweepView.SayMissing(folder, results, folder.Definition.Parts);
        return finished < records.Length ? ExitCode.Failed : namesNothing ? ExitCode.BadInput : ExitCode.Done;
    }
}

/// <summary>What the queue of Slurm knows of a sweep.</summary>
internal static class SlurmQueue
{
    /// <summary>Whether an element is in the queue; null where the sweep was never given to Slurm or its controller does not answer.</summary>
    public static Func<string, bool>? Of(SweepFolder folder)
    {
        if (SlurmJob.Find(folder) is not { } job || SlurmCluster.Queue(job.Job) is not { } queue)
            return null;
        return element => element.StartsWith(job.Job + "_", StringComparison.Ordinal)
            && int.TryParse(element.AsSpan(job.Job.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && queue.ContainsKey(index);
    }
}
