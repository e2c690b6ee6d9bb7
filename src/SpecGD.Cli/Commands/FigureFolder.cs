using SpecGD.Records;

namespace SpecGD.Cli.Commands;

/// <summary>The folder that a command draws into.</summary>
internal static class FigureFolder
{
    private const string Kind = "figures";

    /// <summary>Makes the folder ready; refuses one with figures of another run, with files that no command wrote, or in the folder of another run.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="own">The folder of figures that belongs to the run or sweep itself; null where there is none.</param>
    /// <param name="sources">What is drawn.</param>
    /// <exception cref="BadInputException">It is refused, or cannot be written.</exception>
    public static void Prepare(string directory, string? own, IReadOnlyList<OutputSource> sources)
    {
        string? owner = own is null ? null : Path.GetDirectoryName(Path.GetFullPath(own))!;
        bool isOwn = own is not null && Path.GetFullPath(own) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) && HasRun(owner!);
        if (isOwn)
            RunFolder.Prepare(directory);
        else
            OutputFolder.Require(directory, Kind, sources, ownRun: owner).Prepare();
    }

    /// <summary>Whether a folder is that of a run or a sweep, whose figures/ no one else writes into; that beside anyone's log may be anyone's.</summary>
    private static bool HasRun(string folder) =>
        File.Exists(Path.Combine(folder, RunFolder.ManifestName)) || Sweeps.SweepFolder.IsIn(folder)
        || Directory.Exists(Path.Combine(folder, Experiments.NanoGpt.NanoGptRun.CheckpointsName));
}
