using SpecGD.Records;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Sweeps;

/// <summary>
/// Tells, before anything is written, whether a sweep may have a folder: one that holds a sweep goes on with a file that has all its finished and begun
/// runs among its tasks, such as one with more values or other metrics. Others would lose sight of those runs.
/// </summary>
internal static class SweepHolding
{
    private const string WhatToDo = "name another --output, or begin again with --fresh, which deletes that sweep.";

    /// <summary>Throws where the folder is not for this sweep.</summary>
    /// <param name="path">The folder as the user names it; it need not exist.</param>
    /// <param name="wanted">The sweep that is asked for.</param>
    /// <exception cref="BadInputException">
    /// It holds a sweep of another name, runs that the sweep has no task for, or files of nobody's; or a job of the sweep as it was is under way.
    /// </exception>
    public static void Require(string path, SweepFolder wanted)
    {
        if (File.Exists(path) || !Directory.Exists(path))
            return;
        if (!SweepFolder.IsIn(path))
        {
            if (OutputFolder.ForeignFiles(path, []).FirstOrDefault() is { } foreign)
                throw new BadInputException($"{path} holds {foreign}, and is no folder of a sweep: name another --output, a new or empty folder.");
            return;
        }
        var held = SweepFile.Read(Path.Combine(path, SweepFolder.DefinitionName));
        if (held.Name != wanted.Definition.Name)
            throw new BadInputException($"{path} is the folder of the sweep '{held.Name}', and this is '{wanted.Definition.Name}': {WhatToDo}");
        if (held.Source.ToJsonString() == wanted.Definition.Source.ToJsonString())
            return;
        RequireEveryRun(path, held, wanted);
        if (SlurmJob.Find(wanted) is { } job && SlurmCluster.Queue(job.Job) is { Count: > 0 })
            throw new BadInputException($"Slurm job {job.Job} of {path} is under way, and its elements find their tasks by their places in the sweep file: "
                + $"wait for its end before the file is changed, or end it with 'scancel {job.Job}'.");
    }

    /// <summary>Throws where a run of the sweep that is there is of no task of the one that is asked for.</summary>
    private static void RequireEveryRun(string path, SweepDefinition held, SweepFolder wanted)
    {
        var keys = wanted.Tasks.Select(task => task.Key).ToHashSet();
        SweepTask[] tasks;
        try
        {
            tasks = [.. SweepExpansion.Expand(held, held.Name)];
        }
        catch (BadInputException e)
        {
            if (SweepRemoval.TasksIn(path).Any(directory => !keys.Contains(Path.GetFileName(directory)) && HoldsRun(directory)))
                throw new BadInputException($"{path} holds runs of the sweep '{held.Name}', which this version of the program does not understand ({e.Message.TrimEnd('.')}): {WhatToDo}", e);
            return;
        }
        SweepTask[] left = [.. tasks.DistinctBy(task => task.Key).Where(task => !keys.Contains(task.Key) && HoldsRun(wanted.PathOf(task)))];
        if (left.Length > 0)
            throw new BadInputException($"{path} holds {Counted.Of(left.Length, "run")} of the sweep '{held.Name}' that this file does not ask for "
                + $"({Difference(left[0], wanted)}). A file that adds to a sweep continues in its folder; for this one {WhatToDo}");
    }

    /// <summary>Whether there is a run in the folder of a task, whole or begun: what failed at once has left none.</summary>
    private static bool HoldsRun(string directory) => RunFolder.IdentityNames.Append(RunFolder.ManifestName).Any(name => File.Exists(Path.Combine(directory, name)));

    /// <summary>What tells a run from the task that is nearest to it: the experiment, or an option with both values.</summary>
    private static string Difference(SweepTask left, SweepFolder wanted)
    {
        var own = left.Identity;
        var nearest = wanted.Tasks.Where(task => task.Identity.Experiment == own.Experiment)
            .MinBy(task => own.Options.Count(option => option.Value?.ToJsonString() != task.Identity.Options[option.Key]?.ToJsonString()));
        return nearest?.Identity.DifferenceFrom(own.Options) is { } difference
            ? $"{own.Experiment}, {difference}"
            : $"of {own.Experiment}, and this is of {Sentence.List([.. wanted.Definition.Parts.Select(part => part.Experiment).Distinct()])}";
    }
}
