namespace SpecGD.Records;

/// <summary>The folders that this process has made for results: a command that is refused, fails or is stopped takes those away again that hold nothing.</summary>
public static class NewFolders
{
    private static readonly Lock Gate = new();
    private static readonly List<string> Made = [];

    /// <summary>Makes a folder and those above it where they are missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    internal static void Create(string path)
    {
        var missing = new Stack<string>();
        for (string? at = Path.GetFullPath(path); at is not null && !Directory.Exists(at) && !File.Exists(at); at = Path.GetDirectoryName(at))
            missing.Push(at);
        Directory.CreateDirectory(path);
        lock (Gate)
            Made.AddRange(missing);
    }

    /// <summary>Deletes the folders that were made and hold nothing but the file by which a process claims them.</summary>
    public static void DropEmpty()
    {
        lock (Gate)
        {
            foreach (string folder in Made.OrderByDescending(folder => folder.Length)) // those within others first
                Drop(folder);
            Made.Clear();
        }
    }

    private static void Drop(string folder)
    {
        try
        {
            if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry) != RunFolder.ClaimName))
                return;
            File.Delete(Path.Combine(folder, RunFolder.ClaimName));
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it is left: the error that the user is told of is another
        }
    }
}
