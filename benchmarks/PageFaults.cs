using System.Globalization;

/// <summary>Page faults of this process that took no reading from a disk.</summary>
internal static class PageFaults
{
    /// <summary>How many there were so far; 0 where the system does not say.</summary>
    public static long SoFar()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        string text = File.ReadAllText("/proc/self/stat");
        return long.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
