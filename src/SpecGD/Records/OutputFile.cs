namespace SpecGD.Records;

/// <summary>A file that a command writes under the name that the user gave: new, empty, or one that the same command wrote before.</summary>
public static class OutputFile
{
    /// <summary>Bytes of the beginning by which a file is known again.</summary>
    private const int Examined = 4096;

    /// <summary>Throws where the file may not be written. Nothing is written.</summary>
    /// <param name="path">The file, which need not exist.</param>
    /// <param name="what">What the command writes, in words: "a table of 'sweep export'".</param>
    /// <param name="isOwn">Whether a file that begins so was written by the command.</param>
    /// <exception cref="BadInputException">It is a file of a run, a folder, or a file that the command did not write.</exception>
    public static void Require(string path, string what, Func<byte[], bool> isOwn)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(isOwn);
        if (Directory.Exists(path))
            throw new BadInputException($"{path} is a folder; the name of a file to write was expected.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new BadInputException($"{path} cannot be written: there is no folder {Path.GetDirectoryName(path)}; make it first, or name another --output.");
        RunHolding.RequireNoFileOfRun(path);
        if (!File.Exists(path) || new FileInfo(path).Length == 0) // of a device such as /dev/null too
            return;
        if (!isOwn(Beginning(path)))
            throw new BadInputException($"{path} is there already and is not {what}: name another --output, or delete it first.");
    }

    private static byte[] Beginning(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            byte[] bytes = new byte[Examined];
            return bytes[..file.ReadAtLeast(bytes, Examined, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} is there already and cannot be read: name another --output. The system says: {e.Message}", e);
        }
    }
}
