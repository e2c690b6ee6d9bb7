using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SpecGD.Records;

namespace SpecGD.Torch.Native;

/// <summary>
/// TorchSharp's native library in a form that this system loads. It is linked against libstdc++ of GCC 13 and asks for GLIBCXX_3.4.32, for one symbol to
/// which nothing refers; Debian 12, Ubuntu 22.04 and RHEL 9 have older ones. There a copy is used in which that demand is weak. The file of the package
/// is never changed.
/// </summary>
internal static class BridgeFile
{
    /// <summary>Environment variable with the folder for the copy, in place of the user's cache.</summary>
    public const string CacheVariable = "SPECGD_CACHE";

    private const string Library = "libstdc++.so.6", Version = "GLIBCXX_3.4.32", FirstSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>The file to load: the package's own, or a changed copy.</summary>
    /// <exception cref="BadInputException">The file is damaged, or the copy would not work.</exception>
    public static (string Path, bool IsChanged) ThatLoads(string original, Func<string, string?> environment) =>
        !OperatingSystem.IsLinux() || SystemHasVersion() ? (original, false) : Changed(original, CacheFolder(environment));

    /// <summary>The changed copy of <paramref name="original"/> in <paramref name="folder"/>, named by its content; the file itself where it needs no change.</summary>
    /// <exception cref="BadInputException">The file is no ELF file, is damaged, or the folder cannot be written.</exception>
    public static (string Path, bool IsChanged) Changed(string original, string folder)
    {
        byte[] image = File.ReadAllBytes(original);
        string content = Convert.ToHexStringLower(SHA256.HashData(image))[..32];
        if (WeakVersion.Set(image, original, Library, Version) != WeakeningResult.Changed)
            return (original, false);
        string path = Path.Combine(folder, content, Path.GetFileName(original));
        if (!Holds(path, image))
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, image);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BadInputException($"A copy of {Path.GetFileName(original)} for this system cannot be written to {folder} ({e.Message}); set {CacheVariable} to a folder that can.", e);
            }
        }
        return (path, true);
    }

    /// <summary>Whether the system's libstdc++ is new enough: the symbol came with that version.</summary>
    public static bool SystemHasVersion() =>
        NativeLibrary.TryLoad(Library, out nint handle) && NativeLibrary.TryGetExport(handle, FirstSymbol, out _);

    private static bool Holds(string path, byte[] content)
    {
        try
        {
            return new FileInfo(path) is { Exists: true } file && file.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The folder of this program in the user's cache, or the one that <see cref="CacheVariable"/> names.</summary>
    public static string CacheFolder(Func<string, string?> environment) =>
        environment(CacheVariable) is { Length: > 0 } named ? Path.GetFullPath(named)
        : Path.Combine(
            environment("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "specgd");
}
