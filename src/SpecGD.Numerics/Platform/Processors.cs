using System.Runtime.InteropServices;

namespace SpecGD.Numerics.Platform;

/// <summary>The processors of this machine, also those that this process may not run on: .NET tells the others only.</summary>
public static partial class Processors
{
    /// <summary>_SC_NPROCESSORS_ONLN, as Linux numbers it.</summary>
    private const int Online = 84;

    /// <summary>How many are there; those that may be used, where the system does not tell.</summary>
    public static int OfMachine => OperatingSystem.IsLinux() && Configuration(Online) is > 0 and var count ? (int)count : Environment.ProcessorCount;

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint Configuration(int name);
}
