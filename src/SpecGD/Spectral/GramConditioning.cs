using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// A cheap look at a Gram matrix before its eigenvalues: a pivot p² of its Cholesky factorisation bounds the smallest eigenvalue from above, and
/// a diagonal entry the largest from below.
/// </summary>
internal static class GramConditioning
{
    /// <summary>
    /// True where λ_min/λ_max is certainly at most <paramref name="floor"/>, so that eigenvalues and eigenvectors at the lower end would be mostly
    /// rounding; false proves nothing.
    /// </summary>
    public static bool IsCertainlyBelow<T>(Matrix<T> gram, T floor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var lease = MatrixPool<T>.Rent(gram.Rows, gram.Columns);
        var factor = lease.Matrix;
        gram.CopyTo(factor);
        if (!Linear.TryCholeskyInPlace(factor))
            return true;
        T smallest = T.PositiveInfinity, largest = T.Zero;
        for (int i = 0; i < gram.Rows; i++)
        {
            smallest = T.Min(smallest, factor[i, i] * factor[i, i]);
            largest = T.Max(largest, gram[i, i]);
        }
        return smallest <= floor * largest;
    }
}
