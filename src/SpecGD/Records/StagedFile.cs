namespace SpecGD.Records;

/// <summary>
/// A file that is written over a long time and appears under its name only when it is whole: <see cref="Seal"/> flushes it to disk,
/// <see cref="Publish"/> renames it. Disposed before that, it is deleted; after a crash <see cref="AtomicFile.SweepStale"/> deletes it.
/// </summary>
public sealed class StagedFile : IDisposable
{
    private readonly string _temporary;
    private FileStream? _stream;
    private bool _published;

    /// <summary>Begins a file that will be at <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    /// <exception cref="BadInputException">It is a device, which a rename would replace.</exception>
    public StagedFile(string path)
    {
        if (IsDevice(path))
            throw new BadInputException($"{path} is a device, which a file must not replace; the name of a file to write was expected.");
        TargetPath = path;
        _temporary = FaultPoints.WritesInPlace ? path : $"{path}.{Environment.ProcessId}{AtomicFile.TemporarySuffix}";
        FaultPoints.Pass(FaultPoint.Create, path);
        _stream = new FileStream(_temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>The name under which it will appear.</summary>
    public string TargetPath { get; }

    /// <summary>Where to write, and to read what was written.</summary>
    /// <exception cref="InvalidOperationException">The file is sealed.</exception>
    public FileStream Stream => _stream ?? throw new InvalidOperationException($"{TargetPath} is sealed.");

    /// <summary>Flushes what was written to disk and closes it.</summary>
    public void Seal()
    {
        if (_stream is null)
            return;
        FaultPoints.Pass(FaultPoint.Write, TargetPath, LeaveHalf);
        _stream.Flush();
        FaultPoints.Pass(FaultPoint.Flush, TargetPath);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        _stream = null;
    }

    /// <summary>Seals the file and gives it its name; a file of that name is replaced.</summary>
    public void Publish()
    {
        Seal();
        if (!OperatingSystem.IsWindows() && File.Exists(TargetPath))
            File.SetUnixFileMode(_temporary, File.GetUnixFileMode(TargetPath));
        if (!FaultPoints.WritesInPlace)
            AtomicFile.Rename(_temporary, TargetPath);
        _published = true;
    }

    /// <summary>What stands in the system's folder of devices, but for memory that is used as a disk.</summary>
    private static bool IsDevice(string path)
    {
        string full = Path.GetFullPath(path);
        return !OperatingSystem.IsWindows() && full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    private void LeaveHalf()
    {
        _stream!.Flush();
        _stream.SetLength(_stream.Length / 2);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _stream?.Dispose(); // where the disk is full, closing writes once more and fails once more
        }
        finally
        {
            _stream = null;
            if (!_published)
                File.Delete(_temporary);
            _published = true;
        }
    }
}
