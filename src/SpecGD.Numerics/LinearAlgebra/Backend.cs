using System.Numerics;
using SpecGD.Numerics.LinearAlgebra.Managed;
using SpecGD.Numerics.LinearAlgebra.Mkl;
using SpecGD.Numerics.LinearAlgebra.OpenBlas;

namespace SpecGD.Numerics.LinearAlgebra;

/// <summary>
/// One implementation of <see cref="ILinearAlgebra{T}"/> for both element types. OpenBLAS where it is found, else the MKL within libtorch where that is
/// at hand, else the managed one, which is many times slower. All give the same results up to rounding. <c>SPECGD_BLAS</c> asks for one of them;
/// <c>SPECGD_OPENBLAS</c> names a library file.
/// </summary>
public sealed class Backend
{
    /// <summary>Environment variable that chooses the backend: <c>openblas</c> (default), <c>mkl</c> or <c>managed</c>.</summary>
    public const string ChoiceVariable = "SPECGD_BLAS";

    private static readonly AsyncLocal<Backend?> Override = new();
    private static readonly Lazy<Backend> LazyManaged = new(() =>
        new Backend("managed (MathNet.Numerics)", new ManagedLinearAlgebra<double>(), new ManagedLinearAlgebra<float>()));
    private static readonly Lazy<OpenBlasLibrary> LazyLibrary = new(() => OpenBlasLibrary.Load(Environment.GetEnvironmentVariable));
    private static readonly Lazy<Backend?> LazyOpenBlas = new(OpenOpenBlas);
    private static readonly Lazy<Backend?> LazyMkl = new(OpenMkl);
    private static readonly Lazy<Backend> LazyDefault = new(() => Choose(Environment.GetEnvironmentVariable(ChoiceVariable)));

    private readonly ILinearAlgebra<double> _double;
    private readonly ILinearAlgebra<float> _single;

    private Backend(string name, ILinearAlgebra<double> @double, ILinearAlgebra<float> single)
    {
        Name = name;
        _double = @double;
        _single = single;
    }

    /// <summary>Name for people, with the processor core the library is tuned to.</summary>
    public string Name { get; }

    /// <summary>The backend in force: the one of the enclosing <see cref="Use"/>, else the default of the process.</summary>
    public static Backend Current => Override.Value ?? LazyDefault.Value;

    /// <summary>Whether this flow of control has a backend of its own, by <see cref="Use"/>.</summary>
    internal static bool IsOverridden => Override.Value is not null;

    /// <summary>The managed backend, always there.</summary>
    public static Backend Managed => LazyManaged.Value;

    /// <summary>OpenBLAS, or null where it was not found; <see cref="Library"/> says where it was looked for.</summary>
    public static Backend? OpenBlas => LazyOpenBlas.Value;

    /// <summary>
    /// Where the MKL within libtorch is: the path of libtorch's library for processors, or null. It is asked when MKL is first wanted. A program with
    /// libtorch sets it at its start.
    /// </summary>
    public static Func<string?>? MklFile { get; set; }

    /// <summary>The MKL within libtorch, or null where there is none.</summary>
    public static Backend? Mkl => LazyMkl.Value;

    /// <summary>What is known of the OpenBLAS library: its file, version, core type, and every path tried.</summary>
    public static OpenBlasLibrary Library => LazyLibrary.Value;

    /// <summary>One sentence for the user where the default is not what a fast run wants, else null.</summary>
    public static string? Notice => !ReferenceEquals(LazyDefault.Value, Managed)
        ? null
        : string.Equals(Environment.GetEnvironmentVariable(ChoiceVariable), "managed", StringComparison.OrdinalIgnoreCase)
            ? $"{ChoiceVariable}=managed: linear algebra runs on MathNet's managed code, many times slower than OpenBLAS."
            : "Neither OpenBLAS nor libtorch's MKL was found: linear algebra runs on MathNet's managed code, many times slower. "
                + $"To install it: {OpenBlasLibrary.InstallHint}. 'specgd doctor' lists the paths tried.";

    /// <summary>Makes <paramref name="backend"/> the one in force for this flow of control until the result is disposed of.</summary>
    public static IDisposable Use(Backend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        var previous = Override.Value;
        Override.Value = backend;
        return new Restore(previous);
    }

    /// <summary>The operations for element type <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public ILinearAlgebra<T> For<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        _double as ILinearAlgebra<T> ?? _single as ILinearAlgebra<T>
        ?? throw new NotSupportedException($"Matrices of {typeof(T).Name} have no linear algebra; use float or double.");

    private static Backend? OpenOpenBlas()
    {
        var library = LazyLibrary.Value;
        if (!library.IsLoaded)
            return null;
        ThreadBudget.Apply();
        return new Backend($"OpenBLAS ({library.CoreName})", new OpenBlasLinearAlgebra<double>(library), new OpenBlasLinearAlgebra<float>(library));
    }

    private static Backend? OpenMkl() => MklLibrary.Load(MklFile?.Invoke()) is { } library
        ? new Backend($"MKL {library.Version} of libtorch", new MklLinearAlgebra<double>(library), new MklLinearAlgebra<float>(library))
        : null;

    private static Backend Choose(string? choice) => choice?.ToUpperInvariant() switch
    {
        null or "" or "OPENBLAS" => OpenBlas ?? Mkl ?? Managed,
        "MKL" => Mkl ?? throw new InvalidOperationException($"{ChoiceVariable}={choice}, but there is no libtorch with MKL here; 'specgd doctor' says what there is."),
        "MANAGED" => Managed,
        _ => throw new InvalidOperationException($"{ChoiceVariable}={choice} is unknown; use 'openblas', 'mkl' or 'managed'."),
    };

    private sealed class Restore(Backend? previous) : IDisposable
    {
        public void Dispose() => Override.Value = previous;
    }
}
