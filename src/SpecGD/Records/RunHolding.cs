using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>What a folder holds in view of the run that is to be written there.</summary>
public enum HeldRun
{
    /// <summary>Nothing: it is new, empty, or has nothing in it but hidden files.</summary>
    Nothing,

    /// <summary>This run: finished, ended early, or unfinished.</summary>
    Same,

    /// <summary>The same experiment with the same options, computed by another version of the program.</summary>
    OtherVersion,

    /// <summary>A run of another experiment or with other options, or one whose manifest cannot be read.</summary>
    Another,

    /// <summary>Files that no run wrote.</summary>
    Foreign,
}

/// <summary>
/// Tells, before anything is written, whether a run would replace what is not its own: a finished run is lost only where the user says so.
/// </summary>
/// <param name="Directory">The folder.</param>
/// <param name="Run">What is in it.</param>
/// <param name="Status">How the run in it ended; null where it has none, or one that has not ended.</param>
/// <param name="Words">What is in it, in words that follow "holds".</param>
public sealed record RunHolding(string Directory, HeldRun Run, RunStatus? Status, string Words)
{
    /// <summary>The experiment whose run it holds; null where that is not known.</summary>
    public string? Experiment { get; private init; }

    private static readonly string[] OfRuns =
        [RunFolder.ManifestName, RunFolder.FiguresName, RunFolder.DrawingMarkName, RunFolder.ReportName, KeptWork.FolderName];

    /// <summary>Whether the run that is asked for would be written over something else.</summary>
    public bool IsAnothers => Run is HeldRun.Another or HeldRun.Foreign;

    /// <summary>What <paramref name="directory"/> holds. Nothing is written.</summary>
    /// <param name="directory">The folder, which need not exist.</param>
    /// <param name="identity">The run that is to be written there.</param>
    /// <param name="companions">Names of files that others keep beside the run; one that ends in * stands for all that begin so.</param>
    public static RunHolding Of(string directory, RunIdentity identity, params IReadOnlyList<string> companions)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(identity);
        string manifest = Path.Combine(directory, RunFolder.ManifestName);
        return File.Exists(manifest) ? OfManifest(directory, manifest, identity)
            : RunFolder.IdentityNames.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists) is { } kept ? OfUnfinished(directory, kept, identity)
            : OfFiles(directory, [.. OfRuns, .. companions.Select(name => name.Split('/')[0])]);
    }

    /// <summary>Throws where the folder belongs to something else.</summary>
    /// <param name="isFresh">Whether the user said that a run in it may be deleted; foreign files never are.</param>
    /// <exception cref="BadInputException">It does; the sentence says what is in it, and what to do.</exception>
    public void Require(bool isFresh)
    {
        if (Run == HeldRun.Foreign)
            throw new BadInputException($"{Directory} holds {Words}, which is no run of this program: name another --output, a new or empty folder.");
        if (Run == HeldRun.Nothing)
            RequireNoRun(Directory);
        if (Run == HeldRun.Another && !isFresh)
            throw new BadInputException($"{Directory} holds {Words}: name another --output, or begin again with --fresh, which deletes that run.");
    }

    /// <summary>Throws where a folder that is to hold something else than a run is that of a run, or lies within one: its report and figures would be replaced.</summary>
    /// <exception cref="BadInputException">It is, or does.</exception>
    public static void RequireNoRun(string directory) => OutputFolder.RequireOutsideRuns(directory);

    /// <summary>Throws where a file that is to be written is one of a run's own: its log, manifest or table would be lost.</summary>
    /// <exception cref="BadInputException">It is.</exception>
    public static void RequireNoFileOfRun(string file)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (File.Exists(file) && File.Exists(Path.Combine(directory, RunFolder.ManifestName)))
            throw new BadInputException($"{file} is a file in the folder of a run, and would be written over: name another --output.");
    }

    /// <summary>
    /// Throws where a folder that is to hold a report above folders of runs is that of a run, or holds files and none of these runs: they would be written
    /// over, or lie among what is not theirs.
    /// </summary>
    /// <param name="directory">The folder, which need not exist.</param>
    /// <param name="folders">Names of the folders of runs that may be in it.</param>
    /// <exception cref="BadInputException">It is, or does.</exception>
    public static void RequireFolderOfRuns(string directory, IEnumerable<string> folders)
    {
        RequireNoRun(directory);
        string[] known = [.. folders];
        if (known.Any(name => File.Exists(Path.Combine(directory, name, RunFolder.ManifestName))))
            return;
        OfFiles(directory, known).Require(isFresh: false);
    }

    private static RunHolding OfManifest(string directory, string path, RunIdentity identity)
    {
        try
        {
            var manifest = Manifest.Read(path);
            return Of(directory, identity, manifest.Experiment, manifest.Asked, manifest.Code, manifest.Status);
        }
        catch (BadInputException e)
        {
            return new RunHolding(directory, HeldRun.Another, null, $"a run whose manifest cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    private static RunHolding OfUnfinished(string directory, string path, RunIdentity identity)
    {
        try
        {
            var written = LenientJson.ReadObject(path, "the identity of a run");
            return Of(directory, identity, $"{written["experiment"]}", written["options"] as JsonObject ?? [], $"{written["code"]}", null);
        }
        catch (BadInputException)
        {
            return new RunHolding(directory, HeldRun.Same, null, "an unfinished run"); // what was kept is damaged and begins again
        }
    }

    private static RunHolding Of(string directory, RunIdentity identity, string experiment, JsonObject options, string code, RunStatus? status)
    {
        string state = status switch
        {
            RunStatus.Finished => "a finished",
            RunStatus.Diverged => "a diverged",
            RunStatus.Interrupted => "an interrupted",
            _ => "an unfinished",
        };
        string words = $"{state} run of {experiment}";
        if (experiment != identity.Experiment)
            return new RunHolding(directory, HeldRun.Another, status, words) { Experiment = experiment };
        if (identity.DifferenceFrom(options) is { } difference)
            return new RunHolding(directory, HeldRun.Another, status, $"{words} with other settings ({difference})") { Experiment = experiment };
        var run = code == identity.Code ? HeldRun.Same : HeldRun.OtherVersion;
        return new RunHolding(directory, run, status, words) { Experiment = experiment };
    }

    private static RunHolding OfFiles(string directory, IReadOnlyList<string> ours)
    {
        string[] foreign = [.. OutputFolder.ForeignFiles(directory, ours)];
        return foreign.Length == 0
            ? new RunHolding(directory, HeldRun.Nothing, null, "nothing")
            : new RunHolding(directory, HeldRun.Foreign, null, OutputFolder.Listed(foreign));
    }
}
