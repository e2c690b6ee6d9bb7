using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Benchmarks;

/// <summary>
/// Muon's quintic steps with whole products, as they are usually programmed: what the symmetric products of <see
/// cref="Spectral.Orthogonalization"/> are held against, in time and in value.
/// </summary>
internal static class PlainQuintic
{
    private const double A = 3.4445, B = -4.7750, C = 2.0315;

    /// <summary>into ← X after the steps, from X = G/‖G‖_F, with X ← aX + (bS + cS²)X, S = X Xᵀ; G has no more rows than columns.</summary>
    public static void Iterate<T>(Matrix<T> gradient, Matrix<T> into, int steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var xLease = MatrixPool<T>.Rent(gradient.Rows, gradient.Columns);
        using var squareLease = MatrixPool<T>.Rent(gradient.Rows, gradient.Rows);
        using var polynomialLease = MatrixPool<T>.Rent(gradient.Rows, gradient.Rows);
        var (x, square, polynomial) = (xLease.Matrix, squareLease.Matrix, polynomialLease.Matrix);
        gradient.CopyTo(into);
        into.Scale(T.One / T.Sqrt(gradient.SumOfSquares()));
        for (int step = 0; step < steps; step++)
        {
            into.CopyTo(x);
            Linear.Multiply(T.One, x, false, x, true, T.Zero, square);
            square.CopyTo(polynomial);
            Linear.Multiply(T.CreateChecked(C), square, false, square, false, T.CreateChecked(B), polynomial);
            Linear.Multiply(T.One, polynomial, false, x, false, T.CreateChecked(A), into);
        }
    }
}
