using System.Globalization;

namespace SpecGD.Records;

/// <summary>The memory of this machine, in bytes.</summary>
/// <param name="Total">What the process may use at the most: the machine's, or the limit that its container sets.</param>
/// <param name="Available">What is free or can be freed at once; null where the system does not tell.</param>
public sealed record MachineMemory(long Total, long? Available)
{
    /// <summary>This machine, now.</summary>
    public static MachineMemory Here() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, AvailableOf("/proc/meminfo"));

    /// <summary>The most that this process has had in physical memory so far.</summary>
    public static long PeakOfProcess()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>Bytes as people read them: "3.2 GiB", "870 MiB", "12 KiB".</summary>
    public static string Text(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : bytes >= 1L << 20 || bytes <= 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / (double)(1L << 10)):0} KiB");

    private static long? AvailableOf(string path)
    {
        const string key = "MemAvailable:", unit = "kB";
        if (!File.Exists(path))
            return null;
        string? line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        string? number = line?[key.Length..].Replace(unit, "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes << 10 : null;
    }
}
