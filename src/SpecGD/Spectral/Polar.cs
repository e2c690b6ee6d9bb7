using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// What a polar decomposition knows besides the factor: the norms of the matrix and the number of directions in its numerical range.
/// </summary>
/// <param name="NuclearNorm">‖M‖_* = ⟨polar(M), M⟩.</param>
/// <param name="OperatorNorm">‖M‖_op.</param>
/// <param name="NumericalRank">Number of singular values above ε·max(m, n)·s₁.</param>
public readonly record struct PolarSummary(double NuclearNorm, double OperatorNorm, int NumericalRank);

/// <summary>
/// The polar factor U Vᵀ of M = U S Vᵀ over the numerical range of M, the directions with s &gt; ε·max(m, n)·s₁: the steepest direction
/// of unit operator norm. Directions below are rounding noise; leaving them out makes a trajectory of spectral steps reproducible.
/// </summary>
public static class Polar
{
    /// <summary>
    /// Smallest λ_min/λ_max of the Gram matrix for which its eigenvectors give the factor. An eigenvalue is off by some ε·λ_max, so the
    /// factor is off by about ε·λ_max/λ_min along that direction: 1e-7 here. Anything closer to singular goes through the SVD.
    /// </summary>
    private const double GramFloor = 1e-8, GramFloorSingle = 1e-2;

    /// <summary>
    /// Up to this size of the smaller side the SVD comes first: it costs at most half as much again as the Gram matrix's eigenvectors, and
    /// gradients that training has made singular to rounding, where those are of no use, are the rule.
    /// </summary>
    private const int SmallSize = 128;

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
        bool small = Math.Min(matrix.Rows, matrix.Columns) <= SmallSize;
        return ScaledAndDecomposed(matrix, factor, exact: small);
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
        var summary = (exact ? null : FromGram(scaled.Matrix, factor)) ?? FromSvd(scaled.Matrix, factor);
        return summary with { NuclearNorm = scaled.Restore(summary.NuclearNorm), OperatorNorm = scaled.Restore(summary.OperatorNorm) };
    }

    private static void RequireSameShape<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (factor.Rows != matrix.Rows || factor.Columns != matrix.Columns)
            throw new ArgumentException($"'{nameof(factor)}' is {factor}; it must be {matrix}.", nameof(factor));
    }

    /// <summary>polar(M) = (M Mᵀ)^(−½) M = M (MᵀM)^(−½), or null where the Gram matrix is too close to singular.</summary>
    private static PolarSummary? FromGram<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool wide = matrix.Rows <= matrix.Columns;
        int k = Math.Min(matrix.Rows, matrix.Columns);
        using var vectorsLease = MatrixPool<T>.Rent(k, k);
        using var valuesLease = MatrixPool<T>.Rent(1, k);
        using var rootLease = MatrixPool<T>.Rent(k, k);
        Matrix<T> v = vectorsLease.Matrix, inverseRoot = rootLease.Matrix;
        var lambda = valuesLease.Matrix.Row(0);
        Linear.Gram(T.One, matrix, transposeFirst: !wide, v);
        T floor = T.CreateChecked(typeof(T) == typeof(double) ? GramFloor : GramFloorSingle);
        if (GramConditioning.IsCertainlyBelow(v, floor))
            return null;
        Linear.SymmetricEigenInPlace(v, lambda);
        if (!(lambda[0] > floor * lambda[^1]))
            return null;

        double nuclear = 0;
        for (int i = 0; i < k; i++)
        {
            T s = T.Sqrt(lambda[i]);
            nuclear += double.CreateChecked(s);
            TensorPrimitives.Divide(v.Row(i), T.Sqrt(s), v.Row(i)); // Σ vᵢvᵢᵀ/sᵢ as the Gram matrix of rows vᵢ/√sᵢ
        }
        Linear.Gram(T.One, v, transposeFirst: true, inverseRoot);
        if (wide)
            Linear.Multiply(T.One, inverseRoot, false, matrix, false, T.Zero, factor);
        else
            Linear.Multiply(T.One, matrix, false, inverseRoot, false, T.Zero, factor);
        return new PolarSummary(nuclear, double.CreateChecked(T.Sqrt(lambda[^1])), k);
    }

    private static PolarSummary FromSvd<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        using var uLease = MatrixPool<T>.Rent(matrix.Rows, k);
        using var vtLease = MatrixPool<T>.Rent(k, matrix.Columns);
        using var valuesLease = MatrixPool<T>.Rent(1, k);
        var s = valuesLease.Matrix.Row(0);
        Linear.SingularValueDecomposition(matrix, uLease.Matrix, s, vtLease.Matrix);
        T floor = s[0] * T.CreateChecked(ExactMeasures.NumericalRange<T>(matrix.Rows, matrix.Columns));
        int rank = 0;
        double nuclear = 0;
        foreach (T value in s)
        {
            nuclear += double.CreateChecked(value);
            if (value > floor)
                rank++;
        }
        Linear.Multiply(T.One, uLease.Matrix.ColumnSlice(0, rank), false, vtLease.Matrix.RowSlice(0, rank), false, T.Zero, factor);
        return new PolarSummary(nuclear, double.CreateChecked(s[0]), rank);
    }
}
