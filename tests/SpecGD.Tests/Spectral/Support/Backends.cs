using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Tests.Spectral;

/// <summary>The backends by the names that stand in the list of tests.</summary>
public static class Backends
{
    public const string OpenBlas = "OpenBLAS", Mkl = "MKL", Managed = "managed";

    /// <summary>One row a backend.</summary>
    public static TheoryData<string> All => [OpenBlas, Mkl, Managed];

    /// <summary>Each backend with small matrices and with matrices large enough for the fast ways.</summary>
    public static TheoryData<string, bool> AllAtBothSizes => new() { { OpenBlas, false }, { OpenBlas, true }, { Managed, false }, { Managed, true } };

    /// <summary>The same without large matrices on the managed backend, which takes a second over each.</summary>
    public static TheoryData<string, bool> LargeOnOpenBlasAlone => new() { { OpenBlas, false }, { OpenBlas, true }, { Managed, false } };

    /// <summary>Puts the backend in force; skips the test where this machine lacks it.</summary>
    internal static IDisposable Use(string name)
    {
        var backend = name switch { OpenBlas => Backend.OpenBlas, Mkl => Backend.Mkl, _ => Backend.Managed };
        Skip.If(backend is null, $"There is no {name} on this machine.");
        return Backend.Use(backend);
    }
}
