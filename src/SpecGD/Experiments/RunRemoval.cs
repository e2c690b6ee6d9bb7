using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>
/// Takes the run away that a folder holds, whichever experiment's it is, with all that the experiment keeps beside log and figures, and tells before
/// what goes. What a user has put into the folder stays.
/// </summary>
public static class RunRemoval
{
    /// <summary>What goes, in words that follow "holds": "a finished run of nanogpt, checkpoints/, tracker.json".</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="held">What it holds.</param>
    public static string Words(RunFolder folder, RunHolding held)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(held);
        return string.Join(", ", [held.Words, .. folder.FurtherFigures.Select(name => name + "/"), .. folder.Present(CompanionsOf(held)).Select(name => name.Split('/')[0]).Distinct().Select(Named)]);

        string Named(string name) => Directory.Exists(Path.Combine(folder.DirectoryPath, name)) ? name + "/" : name;
    }

    /// <summary>Deletes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="held">What it holds.</param>
    public static void Remove(RunFolder folder, RunHolding held)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(held);
        folder.DropRun(CompanionsOf(held));
    }

    /// <summary>Of a run that does not tell whose it is, what any experiment keeps.</summary>
    private static IReadOnlyList<string> CompanionsOf(RunHolding held) =>
        ExperimentCatalog.All.FirstOrDefault(experiment => experiment.Name == held.Experiment) is { } own
            ? own.Companions
            : [.. ExperimentCatalog.All.SelectMany(experiment => experiment.Companions).Distinct()];
}
