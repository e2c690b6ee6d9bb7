namespace SpecGD.Records;

/// <summary>
/// The folder of one run: <c>log.json</c>, <c>manifest.json</c>, <c>metrics.csv</c>,
/// and, drawn after them, <c>figures/</c>. The manifest is
/// the last of the files, so a folder that has one has a whole log.
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

    /// <summary>Deletes the figures of an earlier run: every script in the folder of figures, with its data, caption and pictures.</summary>
    public void DropFigures()
    {
        if (!Directory.Exists(FiguresPath))
            return;
        foreach (string script in Directory.EnumerateFiles(FiguresPath, "*.gp").ToArray())
            foreach (string ending in new[] { ".dat", ".caption.txt", ".pdf", ".png", ".svg", ".gp" })
                File.Delete(Path.ChangeExtension(script, null) + ending);
    }

    /// <summary>Takes the manifest of an earlier run away, then writes log, table and, last, the new manifest.</summary>
    /// <exception cref="IOException">The disk is full or the folder has become unwritable; no file is left half-written.</exception>
    public void Write(RunLog log, Manifest manifest)
    {
        File.Delete(ManifestPath);
        AtomicFile.Write(LogPath, RunLogFile.Serialize(log));
        AtomicFile.Write(Path.Combine(DirectoryPath, MetricsName), MetricsCsv.Render(log));
        AtomicFile.Write(ManifestPath, manifest.ToJson());
    }
}
