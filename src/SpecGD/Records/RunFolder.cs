using System.Text;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// The folder of one run: <c>log.json</c>, <c>manifest.json</c>, <c>metrics.csv</c>,
/// and, drawn after them, <c>figures/</c>. The manifest is
/// the last of the files, so a folder that has one has a whole log.
/// </summary>
public sealed class RunFolder
{
    /// <summary>Names of the files within the folder.</summary>
    public const string LogName = "log.json", ManifestName = "manifest.json", MetricsName = "metrics.csv", FiguresName = "figures", ReportName = "report.html";

    /// <summary>What the name of a folder with the frames of an animation ends in; the frames in it are called frame-01.png and so on.</summary>
    public const string FramesEnding = "-frames";

    /// <summary>The folder of checkpoints within that of a run that keeps such.</summary>
    public const string CheckpointsName = "checkpoints";

    /// <summary>The files that say whose an unfinished run is: of one that keeps its finished parts, and of one that keeps checkpoints.</summary>
    internal static IReadOnlyList<string> IdentityNames { get; } =
        [Path.Combine(KeptWork.FolderName, KeptFiles.IdentityName), Path.Combine(CheckpointsName, KeptFiles.IdentityName)];

    /// <summary>There while figures are drawn, so that a run that was killed then is drawn again.</summary>
    internal const string DrawingMarkName = "figures-unfinished.txt";

    /// <summary>The file that a process holds open while it works in the folder; empty, and left where it is: deleting it would be a race.</summary>
    internal const string ClaimName = ".in-use";

    /// <summary>Room in bytes without which nothing is begun.</summary>
    private const long LeastFree = 1 << 20;

    private RunFolder(string path) => DirectoryPath = path;

    /// <summary>The folder's path.</summary>
    public string DirectoryPath { get; }

    /// <summary>Path of the log.</summary>
    public string LogPath => Path.Combine(DirectoryPath, LogName);

    /// <summary>Path of the manifest.</summary>
    public string ManifestPath => Path.Combine(DirectoryPath, ManifestName);

    /// <summary>Path of the folder for figures.</summary>
    public string FiguresPath => Path.Combine(DirectoryPath, FiguresName);

    /// <summary>Makes the folder where it is missing and proves, before any long work, that it can be written.</summary>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static RunFolder Prepare(string path)
    {
        _ = FaultPoints.WritesInPlace; // a fault that nobody knows is told now, and not when the work is done
        try
        {
            NewFolders.Create(path);
            foreach (string place in new[] { "", FiguresName, KeptWork.FolderName })
                AtomicFile.SweepStale(Path.Combine(path, place));
            string probe = Path.Combine(path, "writable" + AtomicFile.TemporarySuffix);
            File.WriteAllText(probe, "");
            File.Delete(probe);
            DiskSpace.Require(path, LeastFree, "The files of a run");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The output folder {path} cannot be written; --output names another. The system says: {e.Message}", e);
        }
        return new RunFolder(path);
    }

    /// <summary>Keeps other processes from working in the folder until it is disposed of; the system does so where the process ends otherwise.</summary>
    /// <exception cref="BadInputException">Another process works in it.</exception>
    public IDisposable Claim()
    {
        string path = Path.Combine(DirectoryPath, ClaimName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new BadInputException($"Another specgd works in {DirectoryPath}: wait for it to end, or name another --output.", e);
        }
    }

    /// <summary>
    /// Whether the figures in the folder are all of its log: false where there are none, and where the process that drew them was killed.
    /// </summary>
    public bool HasFigures => Directory.Exists(FiguresPath) && !File.Exists(DrawingMark) && Directory.EnumerateFiles(FiguresPath, "*.png").Any();

    private string DrawingMark => Path.Combine(DirectoryPath, DrawingMarkName);

    /// <summary>Draws the figures by <paramref name="draw"/>; until it returns that all are drawn, the folder says that they are not whole.</summary>
    /// <returns>Whether all are drawn.</returns>
    public bool Draw(Func<bool> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        AtomicFile.Write(DrawingMark, "figures/ was not drawn to its end; the same command draws it again.\n");
        if (!draw())
            return false;
        File.Delete(DrawingMark);
        return true;
    }

    /// <summary>The log of a finished run of this identity that the folder holds, or null where it holds none.</summary>
    public RunLog? FindFinished(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (!File.Exists(ManifestPath) || !File.Exists(LogPath))
            return null;
        try
        {
            var manifest = Manifest.Read(ManifestPath);
            return manifest.Status == RunStatus.Finished && identity.IsOf(manifest) ? RunLogFile.Read(LogPath) : null;
        }
        catch (BadInputException)
        {
            return null; // changed from outside: computed again
        }
    }

    /// <summary>
    /// The names of further folders of figures within the run's, such as plot --methods makes, that hold nothing else: they are of this run and go with it.
    /// </summary>
    public IReadOnlyList<string> FurtherFigures => !Directory.Exists(DirectoryPath) ? [] :
    [
        .. Directory.EnumerateDirectories(DirectoryPath).Where(IsOfFigures).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
    ];

    private static bool IsOfFigures(string folder) =>
        (Path.GetFileName(folder).StartsWith(FiguresName + "-", StringComparison.Ordinal) || File.Exists(Path.Combine(folder, OutputFolder.MarkName)))
        && FigureFiles.AreAllOf(folder);

    /// <summary>
    /// Deletes the report and the figures of an earlier run: every script in the folder of figures, with its data, caption and pictures, and the further
    /// folders of figures.
    /// </summary>
    public void DropFigures()
    {
        File.Delete(Path.Combine(DirectoryPath, ReportName));
        File.Delete(DrawingMark);
        foreach (string folder in FurtherFigures.Append(FiguresName))
            FigureFiles.Drop(Path.Combine(DirectoryPath, folder));
    }

    /// <summary>Which of these names are those of something in the folder; of a pattern that several fit, the pattern once.</summary>
    /// <param name="names">Names of files and folders; a * stands for any number of characters.</param>
    internal IReadOnlyList<string> Present(IEnumerable<string> names) => [.. names.Where(name => EntriesOf(name).Length > 0)];

    /// <summary>What a name stands for: "tracker.json", "events.*", "checkpoints/step-*/state.json".</summary>
    private string[] EntriesOf(string name)
    {
        string[] parts = name.Split('/');
        IEnumerable<string> folders = [DirectoryPath];
        foreach (string part in parts[..^1])
            folders = [.. folders.SelectMany(folder => Directory.EnumerateDirectories(folder, part))];
        return [.. folders.SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, parts[^1]))];
    }

    /// <summary>
    /// Deletes the run in the folder: manifest, log, table, figures, report, what was kept of an unfinished one, and what lies beside it. Folders that are
    /// empty then go too; what anyone else has put into them stays.
    /// </summary>
    /// <param name="companions">Names of what its experiment keeps beside it, files within folders by their path; a * stands for any number of characters.</param>
    internal void DropRun(IReadOnlyList<string> companions)
    {
        AtomicFile.Delete(ManifestPath); // first: what is left of a run without it is no run
        DropFigures();
        File.Delete(LogPath);
        File.Delete(Path.Combine(DirectoryPath, MetricsName));
        foreach (string entry in companions.Append(KeptWork.FolderName).SelectMany(EntriesOf))
        {
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
            else
                File.Delete(entry);
            string above = Path.GetDirectoryName(entry)!;
            while (above.Length > DirectoryPath.Length && EmptyFolder.Delete(above))
                above = Path.GetDirectoryName(above)!;
        }
    }

    /// <summary>Deletes the frames of an animation, and their folder with them where it holds nothing else.</summary>
    /// <param name="folder">The folder, which need not exist: name of the animation and <see cref="FramesEnding"/>.</param>
    public static void DropFrames(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        AtomicFile.SweepStale(folder);
        foreach (string frame in Directory.EnumerateFiles(folder, "frame-*.png").ToArray())
            File.Delete(frame);
        EmptyFolder.Delete(folder);
    }

    /// <summary>
    /// Writes log, table and manifest under other names, takes the manifest of an earlier run away, and gives them theirs, the manifest last.
    /// </summary>
    /// <param name="log">What was recorded.</param>
    /// <param name="manifest">What it was recorded with.</param>
    /// <param name="rows">The rows of <c>metrics.csv</c> where the log has no methods.</param>
    /// <exception cref="IOException">The disk is full or the folder has become unwritable; an earlier run in it is as it was.</exception>
    public void Write(RunLog log, Manifest manifest, IReadOnlyList<JsonObject>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        using var newLog = Sealed(LogPath, RunLogFile.Serialize(log));
        using var table = Sealed(Path.Combine(DirectoryPath, MetricsName), Encoding.UTF8.GetBytes(MetricsCsv.Render(log, rows)));
        using var last = Sealed(ManifestPath, Encoding.UTF8.GetBytes(manifest.ToJson()));
        AtomicFile.Delete(ManifestPath);
        newLog.Publish();
        table.Publish();
        last.Publish();
    }

    /// <summary>A file that is on disk and has not its name yet.</summary>
    private static StagedFile Sealed(string path, ReadOnlySpan<byte> content)
    {
        var file = new StagedFile(path);
        try
        {
            file.Stream.Write(content);
            file.Seal();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
