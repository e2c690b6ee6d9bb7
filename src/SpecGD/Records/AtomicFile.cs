using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SpecGD.Numerics.Platform;

namespace SpecGD.Records;

/// <summary>
/// Writes files whole or not at all: into a temporary file of the same directory, flushed to disk, then renamed over the target, then the
/// directory flushed. A reader never sees half a file, and a crash leaves the previous one.
/// </summary>
public static class AtomicFile
{
    /// <summary>What the names of temporary files end in; <see cref="SweepStale"/> removes those that a crash left.</summary>
    public const string TemporarySuffix = ".specgd-tmp";

    /// <summary>Writes <paramref name="bytes"/> to <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the previous file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, static (stream, content) => stream.Write(content));

    /// <summary>Writes to <paramref name="path"/> what <paramref name="write"/> puts into the stream, for files too large to be held in memory.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the previous file is untouched.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, static (stream, body) => body(stream));

    private static void Write<TContent>(string path, TContent content, Action<Stream, TContent> write)
        where TContent : allows ref struct
    {
        using var file = new StagedFile(path);
        write(file.Stream, content);
        file.Publish();
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 to <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the previous file is untouched.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Gives a file that is whole, and flushed to disk, another name in the same directory, replacing a file of that name, so that the name
    /// survives a power cut.
    /// </summary>
    /// <exception cref="IOException">The place cannot be written; both files are as they were.</exception>
    public static void Rename(string from, string to)
    {
        FaultPoints.Pass(FaultPoint.Rename, to);
        File.Move(from, to, overwrite: true);
        FaultPoints.Pass(FaultPoint.Directory, to);
        DirectoryDurability.Flush(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    /// <summary>Deletes a file, where it is there, so that a power cut does not bring it back beside what is written after it.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        File.Delete(path);
        DirectoryDurability.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>A message of the system with the user's own names in the place of those of temporary files.</summary>
    public static string InUsersNames(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TemporaryName.Replace(message, "");
    }

    private static readonly Regex TemporaryName = new(@"\.\d+" + Regex.Escape(TemporarySuffix), RegexOptions.CultureInvariant);

    /// <summary>Deletes the temporary files that interrupted writes left in <paramref name="directory"/>; nothing where it is missing.</summary>
    public static void SweepStale(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (string file in Directory.EnumerateFiles(directory, "*" + TemporarySuffix))
            if (!IsOfRunningProcess(file))
                File.Delete(file);
    }

    /// <summary>Whether the process whose number the name carries is still there, and so may still be writing; our own leaves nothing behind.</summary>
    private static bool IsOfRunningProcess(string file)
    {
        string stem = Path.GetFileName(file)[..^TemporarySuffix.Length];
        if (!int.TryParse(stem[(stem.LastIndexOf('.') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == Environment.ProcessId)
            return false;
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
