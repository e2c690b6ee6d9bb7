using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// Norms and ranks of a matrix with singular values s₁ ≥ s₂ ≥ …, each by the cheapest way that
/// keeps its digits; <see cref="ExactMeasures"/> computes the same from a full SVD and the tests hold the
/// two together. A rank of a zero matrix does not exist and is null. Entries may be of any finite size,
/// 1e±300 included; a NaN or an infinity is a <see cref="NonFiniteMatrixException"/> that names its place.
/// </summary>
public static class Measures
{
    /// <summary>
    /// Up to this size of the smaller side, and this ratio of the sides, the singular values by SVD cost hardly more than the Gram matrix's eigenvalues.
    /// </summary>
    private const int SmallSize = 128, FarFromSquare = 2;

    /// <summary>Frobenius norm ‖M‖_F = √Σ s².</summary>
    public static double FrobeniusNorm<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        return scaled.Restore(Math.Sqrt(double.CreateChecked(scaled.Matrix.SumOfSquares())));
    }

    /// <summary>
    /// Operator norm ‖M‖_op = s₁, by Lanczos steps on M Mᵀ that stop at a relative residual of 1e-12 (1e-6 in single precision).
    /// </summary>
    public static double OperatorNorm<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        return scaled.IsZero ? 0 : scaled.Restore(TopSingularValue.Of(scaled.Matrix));
    }

    /// <summary>
    /// Nuclear norm ‖M‖_* = Σ s, from the eigenvalues of the smaller Gram matrix and, where those have lost their digits, from the SVD of
    /// what is left; to a relative 1e-8 (1e-5 in single precision).
    /// </summary>
    public static double NuclearNorm<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        return scaled.IsZero ? 0 : scaled.Restore(NuclearNorms.Of(scaled.Matrix));
    }

    /// <summary>
    /// All min(m, n) singular values, descending: for a matrix far from square as roots of the smaller Gram matrix's eigenvalues (each then off
    /// by up to about ε·s₁²/s), else by SVD.
    /// </summary>
    public static double[] SingularValues<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        using var scaled = new Scaled<T>(matrix);
        if (k <= SmallSize || !IsFarFromSquare(matrix))
            return ExactMeasures.SingularValues(matrix);
        using var gram = MatrixPool<T>.Rent(k, k);
        Linear.Gram(T.One, scaled.Matrix, transposeFirst: matrix.Rows > matrix.Columns, gram.Matrix);
        var lambda = new T[k];
        Linear.SymmetricEigenvaluesInPlace(gram.Matrix, lambda);
        var values = new double[k];
        for (int i = 0; i < k; i++)
            values[i] = scaled.Restore(Math.Sqrt(Math.Max(0, double.CreateChecked(lambda[k - 1 - i]))));
        return values;
    }

    /// <summary>Stable rank st(M) = ‖M‖_F² / ‖M‖_op², between 1 and the rank; null for a zero matrix.</summary>
    public static double? StableRank<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        if (scaled.IsZero)
            return null;
        double top = TopSingularValue.Of(scaled.Matrix);
        return double.CreateChecked(scaled.Matrix.SumOfSquares()) / (top * top);
    }

    /// <summary>Nuclear rank nr(M) = ‖M‖_*² / ‖M‖_F², between st(M) and the rank; null for a zero matrix.</summary>
    public static double? NuclearRank<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        if (scaled.IsZero)
            return null;
        double nuclear = NuclearNorms.Of(scaled.Matrix);
        return nuclear * nuclear / double.CreateChecked(scaled.Matrix.SumOfSquares());
    }

    /// <summary>
    /// Empirical noise-to-signal ratio of the columns z₁ … z_n: mean ‖z‖² / ‖mean z‖², an upper estimate of the stable rank that
    /// needs no decomposition; infinite where the mean is zero, null where every column is.
    /// </summary>
    public static double? NoiseToSignalRatio<T>(Matrix<T> columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(columns);
        if (scaled.IsZero)
            return null;
        double signal = 0;
        for (int i = 0; i < columns.Rows; i++)
        {
            double mean = double.CreateChecked(TensorPrimitives.Sum<T>(scaled.Matrix.Row(i))) / columns.Columns;
            signal += mean * mean;
        }
        return double.CreateChecked(scaled.Matrix.SumOfSquares()) / columns.Columns / signal;
    }

    /// <summary>Effective rank er(B) = tr B / ‖B‖_op of a positive semidefinite B; st(A) = er(A Aᵀ/n). Null for a zero matrix.</summary>
    /// <exception cref="ArgumentException">B is not square.</exception>
    public static double? EffectiveRank<T>(Matrix<T> positiveSemidefinite)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (positiveSemidefinite.Rows != positiveSemidefinite.Columns)
            throw new ArgumentException(
                $"An effective rank needs a square matrix; this one is {positiveSemidefinite}.", nameof(positiveSemidefinite));
        using var scaled = new Scaled<T>(positiveSemidefinite);
        if (scaled.IsZero)
            return null;
        double trace = 0;
        for (int i = 0; i < positiveSemidefinite.Rows; i++)
            trace += double.CreateChecked(scaled.Matrix[i, i]);
        return trace / TopSingularValue.Of(scaled.Matrix);
    }

    /// <summary>Whether the SVD of the matrix costs no more than the ways through its Gram matrix.</summary>
    internal static bool IsSmall<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Math.Min(matrix.Rows, matrix.Columns) <= SmallSize && !IsFarFromSquare(matrix);

    private static bool IsFarFromSquare<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Max(matrix.Rows, matrix.Columns) >= FarFromSquare * Math.Min(matrix.Rows, matrix.Columns);
}
