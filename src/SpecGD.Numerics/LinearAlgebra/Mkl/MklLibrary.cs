using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SpecGD.Numerics.LinearAlgebra.Mkl;

/// <summary>
/// Intel's Math Kernel Library as it lies within libtorch (linux-x64): the BLAS and LAPACK routines that libtorch itself calls, by their Fortran symbols,
/// with 32-bit integers. It serves where there is no OpenBLAS.
/// </summary>
internal sealed unsafe partial class MklLibrary
{
    /// <summary>Every routine that is bound later, so that a library with a part of them is passed over here.</summary>
    private static readonly string[] RequiredSymbols =
    [
        .. from type in "ds"
           from routine in new[] { "gemm_", "gemv_", "syevd_", "gesdd_", "potrf_", "geqrf_", "orgqr_" }
           select type + routine,
        SetThreads,
    ];

    private const string SetThreads = "MKL_Set_Num_Threads_Local", VersionText = "MKL_Get_Version_String";

    private const int LongestVersion = 198;

    private readonly nint _handle;
    private readonly delegate* unmanaged<int, int> _setThreads;

    private MklLibrary(nint handle)
    {
        _handle = handle;
        _setThreads = (delegate* unmanaged<int, int>)Symbol(SetThreads);
        Version = TextOfVersion();
    }

    /// <summary>The version, such as 2024.2; what the library says of itself where that has another form.</summary>
    public string Version { get; }

    /// <summary>The library in a file; null where there is none, or one without the routines.</summary>
    /// <param name="file">Path of the shared library; null for none.</param>
    public static MklLibrary? Load(string? file)
    {
        if (file is null || !NativeLibrary.TryLoad(file, out nint handle))
            return null;
        if (RequiredSymbols.All(symbol => NativeLibrary.TryGetExport(handle, symbol, out _)))
            return new MklLibrary(handle);
        NativeLibrary.Free(handle);
        return null;
    }

    /// <summary>Address of a routine.</summary>
    /// <exception cref="EntryPointNotFoundException">The library has none of that name.</exception>
    public nint Symbol(string name) => NativeLibrary.GetExport(_handle, name);

    /// <summary>Lets the calls of this thread use as many threads as the budget leaves it.</summary>
    public void PrepareThreads() => _ = _setThreads(ThreadBudget.Shares);

    private string TextOfVersion()
    {
        if (!NativeLibrary.TryGetExport(_handle, VersionText, out nint address))
            return "";
        byte* text = stackalloc byte[LongestVersion + 1];
        ((delegate* unmanaged<byte*, int, void>)address)(text, LongestVersion);
        text[LongestVersion] = 0;
        string said = (Marshal.PtrToStringUTF8((nint)text) ?? "").Trim();
        return Number().Match(said) is { Success: true } version ? version.Groups[1].Value : said;
    }

    [GeneratedRegex(@"Version (\d+(?:\.\d+)*)")]
    private static partial Regex Number();
}
