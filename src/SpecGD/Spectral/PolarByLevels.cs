using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// The polar factor from eigenvectors of Gram matrices, level by level. An eigenvalue of MᵀM is off by some ε·s₁², so its eigenvectors give
/// the factor along the directions whose s is not far below s₁, and nothing of the others. What M does on those others is a
/// matrix with fewer columns and a smaller s₁ whose own Gram matrix resolves the next decades; so on until the SVD of the few that are left is
/// cheap. A gradient close to singular costs little more this way than a well-conditioned one.
/// </summary>
internal static class PolarByLevels
{
    /// <summary>
    /// Smallest λ/λ₁ of a Gram matrix whose eigenvector is used on its level: along that direction the factor is off by about ε·λ₁/λ, some
    /// 1e-7 in double.
    /// </summary>
    private const double GramFloor = 1e-8, GramFloorSingle = 1e-2;

    /// <summary>Up to so many columns the SVD costs no more than another level.</summary>
    private const int SmallSize = 48;

    /// <summary>Where more than this share of the directions is left to the next level, the SVD of all of them is cheaper.</summary>
    private const double LargestRest = 0.62;

    /// <summary>polar(M) over the numerical range of M, for a matrix that is not zero and whose squares neither overflow nor vanish.</summary>
    public static PolarSummary Write<T>(Matrix<T> matrix, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (matrix.Rows >= matrix.Columns)
            return WriteTall(matrix, factor, floor: null);
        using var turned = MatrixPool<T>.Rent(matrix.Columns, matrix.Rows);
        using var turnedFactor = MatrixPool<T>.Rent(matrix.Columns, matrix.Rows);
        matrix.TransposeTo(turned.Matrix);
        var summary = WriteTall(turned.Matrix, turnedFactor.Matrix, floor: null);
        turnedFactor.Matrix.TransposeTo(factor);
        return summary;
    }

    /// <param name="matrix">M, at least as many rows as columns.</param>
    /// <param name="factor">Becomes its polar factor.</param>
    /// <param name="floor">Directions with s up to this are left out; null: up to ε·max(m, n)·s₁.</param>
    private static PolarSummary WriteTall<T>(Matrix<T> matrix, Matrix<T> factor, T? floor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = matrix.Columns;
        if (k <= SmallSize)
            return PolarBySvd.Write(matrix, factor, floor);
        using var vectorsLease = MatrixPool<T>.Rent(k, k);
        using var valuesLease = MatrixPool<T>.Rent(1, k);
        var v = vectorsLease.Matrix;
        var lambda = valuesLease.Matrix.Row(0);
        Linear.Gram(T.One, matrix, transposeFirst: true, v);
        Linear.SymmetricEigenInPlace(v, lambda);
        T top = T.Sqrt(T.Max(lambda[^1], T.Zero));
        T lowest = floor ?? top * T.CreateChecked(ExactMeasures.NumericalRange<T>(matrix.Rows, k));
        T resolved = lambda[^1] * T.CreateChecked(typeof(T) == typeof(double) ? GramFloor : GramFloorSingle);
        bool ends = lowest * lowest >= resolved; // nothing below this level is within the range
        int rest = CountUpTo(lambda, ends ? lowest * lowest : resolved);
        if (rest > LargestRest * k)
            return PolarBySvd.Write(matrix, factor, floor);

        bool deeper = rest > 0 && !ends;
        var below = deeper ? NextLevel(matrix, v, lambda, rest, lowest, factor) : default;
        double nuclear = AddResolved(matrix, v.RowSlice(rest, k - rest), lambda[rest..], factor, accumulate: deeper);
        return new PolarSummary(nuclear + below.NuclearNorm, double.CreateChecked(top), k - rest + below.NumericalRank);
    }

    private static int CountUpTo<T>(ReadOnlySpan<T> ascending, T bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = 0;
        while (count < ascending.Length && !(ascending[count] > bound))
            count++;
        return count;
    }

    /// <summary>factor (+)= M V₁ᵀ diag(1/s) V₁ for the resolved eigenvectors, the rows of V₁, which it scales; returns Σ s.</summary>
    private static double AddResolved<T>(Matrix<T> matrix, Matrix<T> v1, ReadOnlySpan<T> lambda, Matrix<T> factor, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var rootLease = MatrixPool<T>.Rent(matrix.Columns, matrix.Columns);
        double nuclear = 0;
        for (int i = 0; i < lambda.Length; i++)
        {
            T s = T.Sqrt(lambda[i]);
            nuclear += double.CreateChecked(s);
            TensorPrimitives.Divide(v1.Row(i), T.Sqrt(s), v1.Row(i)); // Σ vᵢvᵢᵀ/sᵢ as the Gram matrix of rows vᵢ/√sᵢ
        }
        Linear.Gram(T.One, v1, transposeFirst: true, rootLease.Matrix);
        Linear.Multiply(T.One, matrix, false, rootLease.Matrix, false, accumulate ? T.One : T.Zero, factor);
        return nuclear;
    }

    /// <summary>
    /// factor = polar(B) V₂ with B = M V₂ᵀ for the first <paramref name="rest"/> eigenvectors V₂. Rounding leaves in V₂ a trace, some
    /// ε·λ₁/λ, of the resolved vectors V₁, which B would magnify to ε·s₁²/s: the Rayleigh quotients V₁ MᵀB, which would be zero, tell how much to
    /// take away.
    /// </summary>
    private static PolarSummary NextLevel<T>(Matrix<T> matrix, Matrix<T> v, ReadOnlySpan<T> lambda, int rest, T floor, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int m = matrix.Rows, k = matrix.Columns;
        Matrix<T> v2 = v.RowSlice(0, rest), v1 = v.RowSlice(rest, k - rest);
        using var bLease = MatrixPool<T>.Rent(m, rest);
        using var factorLease = MatrixPool<T>.Rent(m, rest);
        using var gradientLease = MatrixPool<T>.Rent(k, rest);
        using var traceLease = MatrixPool<T>.Rent(k - rest, rest);
        var (b, trace) = (bLease.Matrix, traceLease.Matrix);
        Linear.Multiply(T.One, matrix, false, v2, true, T.Zero, b);
        Linear.Multiply(T.One, matrix, true, b, false, T.Zero, gradientLease.Matrix);
        Linear.Multiply(T.One, v1, false, gradientLease.Matrix, false, T.Zero, trace);
        for (int i = 0; i < trace.Rows; i++)
            TensorPrimitives.Divide(trace.Row(i), lambda[rest + i], trace.Row(i));
        Linear.Multiply(T.One, v1, true, trace, false, T.Zero, gradientLease.Matrix);
        Linear.Multiply(-T.One, matrix, false, gradientLease.Matrix, false, T.One, b);
        var summary = WriteTall(b, factorLease.Matrix, floor);
        Linear.Multiply(T.One, factorLease.Matrix, false, v2, false, T.Zero, factor);
        return summary;
    }
}
