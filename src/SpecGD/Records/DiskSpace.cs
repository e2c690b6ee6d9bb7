namespace SpecGD.Records;

/// <summary>What is free on a disk, asked before work that would fill it.</summary>
public static class DiskSpace
{
    /// <summary>The errors by which Unix refuses to write for want of room: no space, a file too large, and over a quota (Linux, macOS).</summary>
    private static readonly int[] Refusals = [FaultPoints.NoSpaceLeft, 27, 122, 69];

    /// <summary>The same on Windows: ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.</summary>
    private static readonly int[] WindowsRefusals = [unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Bytes that may still be written where <paramref name="directory"/> is or would be; null where the system does not tell.</summary>
    public static long? FreeAt(string directory)
    {
        string? place = Path.GetFullPath(directory);
        while (place is not null && !Directory.Exists(place))
            place = Path.GetDirectoryName(place);
        try
        {
            return place is null ? null : new DriveInfo(place).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Refuses, before any work, what does not fit.</summary>
    /// <param name="directory">Where it will be written; need not exist.</param>
    /// <param name="bytes">How much, at the most at one time.</param>
    /// <param name="what">What it is, for the sentence: "three checkpoints of this run".</param>
    /// <exception cref="BadInputException">Less is free.</exception>
    public static void Require(string directory, long bytes, string what)
    {
        if (FreeAt(directory) is { } free && free < bytes)
            throw new BadInputException($"{what} take {MachineMemory.Text(bytes)}, and the disk of {directory} has {MachineMemory.Text(free)} free; "
                + "make room, or name a folder elsewhere.");
    }

    /// <summary>The error of a write for which there is no room.</summary>
    internal static IOException Full(string message) =>
        new(message, OperatingSystem.IsWindows() ? WindowsRefusals[0] : FaultPoints.NoSpaceLeft);

    /// <summary>Whether a write failed for want of room.</summary>
    public static bool IsFull(IOException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return (OperatingSystem.IsWindows() ? WindowsRefusals : Refusals).Contains(error.HResult);
    }
}
