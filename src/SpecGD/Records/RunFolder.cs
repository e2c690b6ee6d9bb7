namespace SpecGD.Records;

/// <summary>
/// The folder of one run: <c>log.json</c>, <c>manifest.json</c>, <c>metrics.csv</c>,
/// <c>figures/</c>. The manifest is written last, so a folder that has one is whole.
/// </summary>
public sealed class RunFolder
{
    /// <summary>Names of the files within the folder.</summary>
    public const string LogName = "log.json", ManifestName = "manifest.json", MetricsName = "metrics.csv", FiguresName = "figures";

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
        try
        {
            Directory.CreateDirectory(path);
            AtomicFile.SweepStale(path);
            string probe = Path.Combine(path, "writable" + AtomicFile.TemporarySuffix);
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The output folder {path} cannot be written: {e.Message}", e);
        }
        return new RunFolder(path);
    }

    /// <summary>Writes log, table and, last, the manifest.</summary>
    /// <exception cref="IOException">The disk is full or the folder has become unwritable; files already there stay whole.</exception>
    public void Write(RunLog log, Manifest manifest)
    {
        File.Delete(ManifestPath);
        AtomicFile.Write(LogPath, RunLogFile.Serialize(log));
        AtomicFile.Write(Path.Combine(DirectoryPath, MetricsName), MetricsCsv.Render(log));
        AtomicFile.Write(ManifestPath, manifest.ToJson());
    }
}
