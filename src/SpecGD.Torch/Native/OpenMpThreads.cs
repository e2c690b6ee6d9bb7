using System.Globalization;
using System.Runtime.InteropServices;

namespace SpecGD.Torch.Native;

/// <summary>
/// Lets libtorch's threads sleep soon where they wait for one another. By the defaults of GNU OpenMP, which it is built with, they turn in a loop for
/// milliseconds instead; on a processor that others use, too, that takes the time of the very thread that is waited for.
/// </summary>
internal static partial class OpenMpThreads
{
    /// <summary>Turns of the loop before a thread sleeps: some ten microseconds, about what it takes to wake it.</summary>
    private const int Turns = 1000;

    /// <summary>GNU OpenMP's own settings of it. It reads them when it is loaded.</summary>
    internal const string TurnsVariable = "GOMP_SPINCOUNT", PolicyVariable = "OMP_WAIT_POLICY";

    /// <summary>Sets it before libtorch is loaded, where the environment does not.</summary>
    /// <returns>Whether it was set here.</returns>
    public static bool SleepSoon(Func<string, string?> environment)
    {
        if (!OperatingSystem.IsLinux() || environment(TurnsVariable) is not null || environment(PolicyVariable) is not null)
            return false;
        try
        {
            return setenv(TurnsVariable, Turns.ToString(CultureInfo.InvariantCulture), 0) == 0; // .NET's own copy of the environment is not what C reads
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>What C reads in the environment.</summary>
    internal static string? InForce(string name) => Marshal.PtrToStringUTF8(getenv(name));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getenv(string name);
}
