using System.Runtime.InteropServices;

namespace SpecGD.Numerics.Platform;

/// <summary>Makes a rename survive a power cut: on Unix a directory must itself be flushed to disk, which .NET has no call for.</summary>
public static partial class DirectoryDurability
{
    private const int ReadOnly = 0;

    /// <summary>
    /// Flushes the entries of <paramref name="directory"/> to disk; does nothing on Windows, and nothing where a file system refuses.
    /// </summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Synchronise(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
