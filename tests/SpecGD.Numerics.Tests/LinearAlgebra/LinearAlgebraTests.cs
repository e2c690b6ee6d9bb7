using System.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

/// <summary>
/// What every backend owes its callers, for either element type. One file for each operation; the classes at the end run all of them for one
/// backend and one element type. Every test is judged by residuals in double, never by another backend.
/// </summary>
public abstract partial class LinearAlgebraTests<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Backward errors of LAPACK and of MathNet's loops are a small multiple of ε·size·‖M‖_F; with Frobenius norms on both sides ten has room to spare.
    /// </summary>
    private const double BackwardError = 10;

    private readonly Backend? _backend;
    private readonly IDisposable _inForce;

    private protected LinearAlgebraTests(Backend? backend)
    {
        Skip.If(backend is null, "This backend is not on this machine.");
        _backend = backend;
        _inForce = Backend.Use(backend);
    }

    /// <summary>Machine epsilon of the element type.</summary>
    private static double Epsilon => double.CreateChecked(T.BitIncrement(T.One) - T.One);

    public void Dispose()
    {
        _inForce.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void The_backend_under_test_is_the_one_in_force() => Backend.Current.ShouldBeSameAs(_backend);

    /// <summary>Error that rounding may leave in a decomposition of a matrix of that size and norm.</summary>
    private static double Allowed(int size, double norm) => BackwardError * Epsilon * size * norm;

    private static double FrobeniusNorm(Matrix<T> matrix) =>
        TestMatrices.FrobeniusNorm(matrix.Rows, matrix.Columns, (i, j) => double.CreateChecked(matrix[i, j]));
}
