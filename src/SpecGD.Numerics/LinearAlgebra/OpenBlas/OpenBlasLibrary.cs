using System.Runtime.InteropServices;

namespace SpecGD.Numerics.LinearAlgebra.OpenBlas;

/// <summary>
/// The OpenBLAS shared library as found on this machine: CBLAS and, through their Fortran symbols, LAPACK routines with 32-bit integers.
/// </summary>
public sealed unsafe class OpenBlasLibrary
{
    /// <summary>Environment variable that names the library file and replaces the search.</summary>
    public const string PathVariable = "SPECGD_OPENBLAS";

    /// <summary>Every routine that is bound later, so that a library with a part of them is passed over here.</summary>
    private static readonly string[] RequiredSymbols =
    [
        .. from type in "ds"
           from routine in new[]
           {
               "cblas_{0}gemm", "cblas_{0}gemv", "cblas_{0}syrk",
               "{0}syevd_", "{0}gesdd_", "{0}gesvd_", "{0}potrf_", "{0}gelqf_", "{0}orglq_",
           }
           select routine.Replace("{0}", type.ToString(), StringComparison.Ordinal),
        "openblas_set_num_threads",
        "openblas_get_num_threads",
    ];

    private readonly nint _handle;
    private readonly delegate* unmanaged<int, void> _setThreads;
    private readonly delegate* unmanaged<int> _getThreads;

    private OpenBlasLibrary(nint handle, string? path, IReadOnlyList<string> tried)
    {
        _handle = handle;
        Path = path;
        Attempts = tried;
        if (!IsLoaded)
            return;
        _setThreads = (delegate* unmanaged<int, void>)Symbol("openblas_set_num_threads");
        _getThreads = (delegate* unmanaged<int>)Symbol("openblas_get_num_threads");
        Configuration = Text("openblas_get_config");
        CoreName = Text("openblas_get_corename");
    }

    /// <summary>True where a library with every needed routine was found.</summary>
    public bool IsLoaded => _handle != 0;

    /// <summary>The file or name that loaded, or null.</summary>
    public string? Path { get; }

    /// <summary>Every path tried, in order, with what came of it.</summary>
    public IReadOnlyList<string> Attempts { get; }

    /// <summary>Version and build options, as the library tells them.</summary>
    public string Configuration { get; } = "";

    /// <summary>The processor family whose kernels run, such as SkylakeX or Zen.</summary>
    public string CoreName { get; } = "";

    /// <summary>The command that installs OpenBLAS on this kind of system.</summary>
    public static string InstallHint =>
        OperatingSystem.IsMacOS() ? "brew install openblas"
        : OperatingSystem.IsWindows() ? $"unpack an OpenBLAS release and set {PathVariable} to its libopenblas.dll"
        : "apt-get install libopenblas0-pthread";

    /// <summary>Threads that a single call may use. Set through <see cref="ThreadBudget"/> alone.</summary>
    internal int Threads
    {
        get => _getThreads();
        set => _setThreads(value);
    }

    /// <summary>Looks for the library: only at <see cref="PathVariable"/> where that is set, else at the usual places of the system.</summary>
    /// <param name="environment">Gives the value of an environment variable, or null.</param>
    public static OpenBlasLibrary Load(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string? named = environment(PathVariable);
        var tried = new List<string>();
        foreach (string candidate in string.IsNullOrEmpty(named) ? UsualPlaces() : [named])
        {
            if (!NativeLibrary.TryLoad(candidate, out nint handle))
            {
                tried.Add($"{candidate}: not found");
                continue;
            }
            if (Array.Find(RequiredSymbols, symbol => !NativeLibrary.TryGetExport(handle, symbol, out _)) is { } missing)
            {
                tried.Add($"{candidate}: loads, but has no {missing}");
                NativeLibrary.Free(handle);
                continue;
            }
            tried.Add($"{candidate}: loaded");
            var library = new OpenBlasLibrary(handle, candidate, tried);
            if (CoreType.BetterThan(library.CoreName, environment) is not { } better || !CoreType.TrySet(better))
                return library;
            // OpenBLAS chooses its kernels once, while it loads: let go of it and load it anew.
            NativeLibrary.Free(handle);
            var reloaded = new OpenBlasLibrary(NativeLibrary.Load(candidate), candidate, tried);
            tried.Add($"{candidate}: chose kernels for {library.CoreName} on a processor it does not know; "
                + $"loaded again with {CoreType.Variable}={better}, now {reloaded.CoreName}");
            return reloaded;
        }
        return new OpenBlasLibrary(0, null, tried);
    }

    /// <summary>Address of a routine.</summary>
    /// <exception cref="EntryPointNotFoundException">The library has none of that name.</exception>
    internal nint Symbol(string name) => NativeLibrary.GetExport(_handle, name);

    private string Text(string symbol) =>
        NativeLibrary.TryGetExport(_handle, symbol, out nint address)
            ? Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)address)()) ?? ""
            : "";

    private static IEnumerable<string> UsualPlaces()
    {
        if (OperatingSystem.IsWindows())
            return ["libopenblas.dll", "openblas.dll"];
        if (OperatingSystem.IsMacOS())
            return ["/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "/usr/local/opt/openblas/lib/libopenblas.dylib", "libopenblas.dylib"];
        string triplet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            var other => $"{other}".ToLowerInvariant() + "-linux-gnu",
        };
        return [
            "libopenblas.so.0",
            "libopenblas.so",
            $"/usr/lib/{triplet}/openblas-pthread/libopenblas.so.0",
            $"/usr/lib/{triplet}/libopenblas.so.0",
            "/usr/lib64/libopenblas.so.0",
            "/usr/lib64/libopenblasp.so.0",
            "/usr/local/lib/libopenblas.so.0",
            "/opt/OpenBLAS/lib/libopenblas.so.0",
        ];
    }
}
