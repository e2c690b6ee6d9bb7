using System.Text.RegularExpressions;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Sweeps;

/// <summary>Takes the sweep away that a folder holds, and tells before what goes. What a user has put into the folder stays.</summary>
public static partial class SweepRemoval
{
    /// <summary>What the names of the file of results, and of those that SQLite keeps beside it, end in.</summary>
    private static readonly string[] StoreEndings = ["", "-journal", "-wal", "-shm"];

    /// <summary>What goes, in words that follow "holds": "the sweep 'dims' of random-feature, 6 runs in tasks/, sweep.db, figures/"; null where there is none.</summary>
    /// <param name="path">The folder, which need not exist.</param>
    public static string? Words(string path)
    {
        if (!SweepFolder.IsIn(path))
            return null;
        int runs = TasksIn(path).Count();
        string[] parts =
        [
            Named(path),
            .. runs > 0 ? new[] { $"{Counted.Of(runs, "run")} in {SweepFolder.TasksName}/" } : [],
            .. File.Exists(Path.Combine(path, SweepFolder.StoreName)) ? new[] { SweepFolder.StoreName } : [],
            .. FigureFiles.AreIn(Path.Combine(path, RunFolder.FiguresName)) ? new[] { RunFolder.FiguresName + "/" } : [],
            .. SlurmFiles(path).Any() ? new[] { SweepFolder.SlurmName + "/" } : [],
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Deletes it but for its definition, by which the folder is known until that of another sweep takes its place.</summary>
    /// <param name="path">The folder of a sweep.</param>
    /// <exception cref="BadInputException">A process or a Slurm job works on it.</exception>
    internal static void Remove(string path)
    {
        using var driver = SweepFolder.LockOf(path);
        RequireNobodyComputes(path);
        foreach (string directory in TasksIn(path).ToArray())
            RemoveTask(directory);
        foreach (string file in SlurmFiles(path).Concat(StoreEndings.Select(ending => Path.Combine(path, SweepFolder.StoreName + ending))).ToArray())
            File.Delete(file);
        FigureFiles.Drop(Path.Combine(path, RunFolder.FiguresName));
        foreach (string name in new[] { SweepFolder.TasksName, SweepFolder.SlurmName })
            EmptyFolder.Delete(Path.Combine(path, name));
    }

    private static string Named(string path)
    {
        try
        {
            var held = SweepFile.Read(Path.Combine(path, SweepFolder.DefinitionName));
            return $"the sweep '{held.Name}' of {Sentence.List([.. held.Parts.Select(part => part.Experiment).Distinct()])}";
        }
        catch (BadInputException)
        {
            return $"a sweep whose {SweepFolder.DefinitionName} cannot be read";
        }
    }

    private static void RequireNobodyComputes(string path)
    {
        if (SlurmJob.FindIn(path) is { } job && SlurmCluster.Queue(job.Job) is { Count: > 0 })
            throw new BadInputException($"Slurm job {job.Job} of {path} is under way: wait for its end, or end it with 'scancel {job.Job}'.");
        foreach (string directory in TasksIn(path))
        {
            using var alone = SweepFolder.TryLockTask(directory)
                ?? throw new BadInputException($"Another process computes {directory} at this moment: wait for its end.");
        }
    }

    /// <summary>The run of a task with what the sweep keeps beside it; the folder goes where nothing else is in it.</summary>
    private static void RemoveTask(string directory)
    {
        string name = Path.GetFileName(directory);
        var companions = ExperimentCatalog.All.Where(experiment => name.StartsWith(experiment.Name + "-", StringComparison.Ordinal)).SelectMany(experiment => experiment.Companions);
        RunFolder.Prepare(directory).DropRun([.. companions, AttemptLog.FileName, LocalEngine.LogName, SweepFolder.LockName, RunFolder.ClaimName]);
        EmptyFolder.Delete(directory);
    }

    /// <summary>The folders of tasks, by their names: an experiment's with a mark of its options.</summary>
    internal static IEnumerable<string> TasksIn(string path)
    {
        string tasks = Path.Combine(path, SweepFolder.TasksName);
        return Directory.Exists(tasks) ? Directory.EnumerateDirectories(tasks).Where(directory => TaskName().IsMatch(Path.GetFileName(directory))) : [];
    }

    /// <summary>The job script, its record, and the logs of its elements.</summary>
    private static IEnumerable<string> SlurmFiles(string path)
    {
        string slurm = Path.Combine(path, SweepFolder.SlurmName);
        return Directory.Exists(slurm)
            ? Directory.EnumerateFiles(slurm).Where(file => Path.GetFileName(file) is SlurmEngine.ScriptName or SlurmJob.FileName || ElementLog().IsMatch(Path.GetFileName(file)))
            : [];
    }

    [GeneratedRegex("^[a-z0-9-]+-[0-9a-f]{16}$")]
    private static partial Regex TaskName();

    [GeneratedRegex(@"^\d+_\d+\.log$")]
    private static partial Regex ElementLog();
}
