using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// What a polar decomposition knows besides the factor: the norms of the matrix and the number of directions in its numerical range.
/// </summary>
/// <param name="NuclearNorm">‖M‖_* = ⟨polar(M), M⟩, over the numerical range.</param>
/// <param name="OperatorNorm">‖M‖_op.</param>
/// <param name="NumericalRank">Number of singular values above ε·max(m, n)·s₁.</param>
public readonly record struct PolarSummary(double NuclearNorm, double OperatorNorm, int NumericalRank);

/// <summary>
/// The polar factor U Vᵀ of M = U S Vᵀ over the numerical range of M, the directions with s &gt; ε·max(m, n)·s₁: the steepest direction
/// of unit operator norm. Directions below are rounding noise; leaving them out makes a trajectory of spectral steps reproducible.
/// </summary>
public static class Polar
{
    /// <summary>polar(M) as a new matrix; zero for a zero matrix.</summary>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static Matrix<T> Of<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = new Matrix<T>(matrix.Rows, matrix.Columns);
        Decompose(matrix, factor);
        return factor;
    }

    /// <summary>
    /// Writes polar(M) into <paramref name="factor"/> (same shape, memory of its own): from the eigenvectors of the smaller Gram matrix where
    /// those keep their digits, else, and for small matrices, from the SVD.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static PolarSummary Decompose<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return ScaledAndDecomposed(matrix, factor, exact: Measures.IsSmall(matrix));
    }

    /// <summary>As <see cref="Decompose"/>, always from the SVD: slow, and the judge of the fast way.</summary>
    public static PolarSummary DecomposeExact<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ScaledAndDecomposed(matrix, factor, exact: true);

    private static PolarSummary ScaledAndDecomposed<T>(Matrix<T> matrix, Matrix<T> factor, bool exact)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(matrix, factor);
        using var scaled = new Scaled<T>(matrix);
        if (scaled.IsZero)
        {
            factor.Fill(T.Zero);
            return default;
        }
        var summary = exact ? PolarBySvd.Write(scaled.Matrix, factor) : PolarByLevels.Write(scaled.Matrix, factor);
        return summary with { NuclearNorm = scaled.Restore(summary.NuclearNorm), OperatorNorm = scaled.Restore(summary.OperatorNorm) };
    }

    private static void RequireSameShape<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (factor.Rows != matrix.Rows || factor.Columns != matrix.Columns)
            throw new ArgumentException($"'{nameof(factor)}' is {factor}; it must be {matrix}.", nameof(factor));
    }
}
