using System.Runtime.InteropServices;

namespace SpecGD.Torch.Native;

/// <summary>
/// Tells glibc to keep the memory of large tensors. By its defaults it maps each large block from the system and gives it back when the tensor is freed,
/// so that every step of training faults in every page anew.
/// </summary>
internal static partial class GlibcMemory
{
    /// <summary>Environment variable that leaves glibc as it is where it is "system".</summary>
    public const string Variable = "SPECGD_MALLOC";

    private const int TrimThreshold = -1, TopPad = -2, MostMaps = -4; // M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX of malloc.h

    private const int NoTrimming = -1, NoMaps = 0;

    /// <summary>Bytes by which the heap grows at a time: address space, no memory, until it is touched.</summary>
    private const int Growth = 256 << 20;

    /// <summary>Sets it, once, before libtorch allocates.</summary>
    public static MemorySettings KeepLargeBlocks(Func<string, string?> environment)
    {
        if (!OperatingSystem.IsLinux())
            return MemorySettings.OtherSystem;
        bool said = environment(Variable) == "system" || environment("GLIBC_TUNABLES")?.Contains("glibc.malloc.", StringComparison.Ordinal) == true
            || Array.Exists(["MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"], name => environment(name) is not null);
        if (said)
            return MemorySettings.AsTheUserSaid;
        try
        {
            return mallopt(MostMaps, NoMaps) == 1 && mallopt(TrimThreshold, NoTrimming) == 1 && mallopt(TopPad, Growth) == 1
                ? MemorySettings.Kept
                : MemorySettings.OtherSystem;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException) // musl has none
        {
            return MemorySettings.OtherSystem;
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);
}
