using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SpecGD.Numerics.LinearAlgebra.OpenBlas;

/// <summary>
/// The processor family whose kernels OpenBLAS runs. A build older than the processor does not know it and falls back to kernels of 2004, several
/// times slower; what the processor can do is known here, so a better family is named before the library is loaded again.
/// </summary>
internal static partial class CoreType
{
    /// <summary>OpenBLAS's own variable; where the user has set it, the choice is the user's.</summary>
    public const string Variable = "OPENBLAS_CORETYPE";

    /// <summary>Families without AVX2 kernels, as openblas_get_corename spells them.</summary>
    private static readonly string[] WithoutAvx2 =
    [
        "Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge",
        "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Nano", "Generic",
    ];

    /// <summary>The family to ask for instead of <paramref name="chosen"/>, or null where the choice fits the processor or is the user's.</summary>
    public static string? BetterThan(string chosen, Func<string, string?> environment) =>
        BetterThan(
            chosen,
            environment(Variable),
            Avx2.IsSupported && Fma.IsSupported,
            Avx512F.IsSupported && Avx512DQ.IsSupported && Avx512BW.IsSupported);

    /// <summary>The same for a processor with the given instructions.</summary>
    internal static string? BetterThan(string chosen, string? askedFor, bool avx2, bool avx512)
    {
        if (!string.IsNullOrEmpty(askedFor) || !avx2 || !WithoutAvx2.Contains(chosen, StringComparer.OrdinalIgnoreCase))
            return null;
        return avx512 ? "SKYLAKEX" : "HASWELL";
    }

    /// <summary>Sets the variable where native code reads it; the runtime's own environment is a copy that native code never sees.</summary>
    public static bool TrySet(string family) =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && SetEnvironment(Variable, family, 1) == 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
