using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// ‖M‖_* = Σ √λ over the eigenvalues of the smaller Gram matrix C, as far as those stand clear of C's rounding. For the rest, the
/// eigenvectors V₂ of C's smallest eigenvalues: ‖M V₂ᵀ‖_* by SVD of a matrix with few columns.
/// </summary>
internal static class NuclearNorms
{
    /// <summary>
    /// Relative error up to which roots of eigenvalues are trusted. In single precision the Gram matrix loses all small singular values, and
    /// single-precision gradients themselves carry no more digits than this.
    /// </summary>
    private const double Tolerance = 1e-8, ToleranceSingle = 1e-5;

    /// <summary>Share of the nuclear norm of a matrix in single precision that is left out rather than computed: a tenth of its tolerance.</summary>
    private const double NegligibleSingle = 1e-6;

    /// <summary>
    /// Rounding of a Gram matrix's small eigenvalues, those that decide, as a multiple of ε·λ₁: the largest seen over sizes 2 to 512 is below 6.
    /// </summary>
    internal const double GramRounding = 8;

    /// <summary>Rows or columns of a matrix in single precision that are widened at a time.</summary>
    private const int SliceLength = 4096;

    /// <summary>Where more than this share of the eigenvalues is not to be trusted, the SVD of the whole matrix is cheaper.</summary>
    private const double LargestRest = 0.6;

    /// <summary>The nuclear norm of a matrix whose squares neither overflow nor vanish.</summary>
    public static double Of<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        if (Measures.IsSmall(matrix))
            return ExactMeasures.NuclearNorm(matrix);
        if (matrix is Matrix<float> single)
            return OfSingle(single);
        bool tall = matrix.Rows > matrix.Columns;
        using var gramLease = MatrixPool<T>.Rent(k, k);
        using var valuesLease = MatrixPool<T>.Rent(1, k);
        var lambda = valuesLease.Matrix.Row(0);
        Linear.Gram(T.One, matrix, transposeFirst: tall, gramLease.Matrix);
        int untrusted = 0;
        int rest = Linear.SymmetricEigenLowestInPlace(gramLease.Matrix, lambda, values =>
        {
            untrusted = Untrusted(values);
            return untrusted > LargestRest * values.Length ? 0 : untrusted;
        });
        if (rest < untrusted)
            return ExactMeasures.NuclearNorm(matrix);
        double sum = SumOfRoots<T>(lambda[rest..]);
        return rest == 0 ? sum : sum + OfRest(matrix, tall, gramLease.Matrix.RowSlice(0, rest));
    }

    /// <summary>
    /// In single precision with the Gram matrix C and its eigenvalues in double. Training makes gradients singular, and of a root below √(ε λ₁) = 1.5e-8 s₁
    /// C in double knows nothing either: where such roots could matter, C of what the vectors V₂ of the smallest eigenvalues leave, M V₂ᵀ, has them, since
    /// its own largest eigenvalue is as small as they are. An SVD would take longer than all the rest of a look at a language model.
    /// </summary>
    private static double OfSingle(Matrix<float> matrix)
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        using var gramLease = MatrixPool<double>.Rent(k, k);
        using var valuesLease = MatrixPool<double>.Rent(1, k);
        var lambda = valuesLease.Matrix.Row(0);
        DoubleGram(matrix, gramLease.Matrix);
        int untrusted = 0;
        int rest = Linear.SymmetricEigenLowestInPlace(gramLease.Matrix, lambda, values =>
        {
            untrusted = Untrusted<double>(values, ToleranceSingle);
            return IsNegligible(values, untrusted) ? 0 : untrusted;
        });
        return SumOfRoots<double>(lambda[untrusted..]) + (rest == 0 ? 0 : OfRest(matrix, gramLease.Matrix.RowSlice(0, rest)));
    }

    /// <summary>Whether the roots of the smallest eigenvalues, at most √(λ + δ) each, make no difference in single precision.</summary>
    private static bool IsNegligible(ReadOnlySpan<double> ascending, int count)
    {
        double delta = Rounding(ascending), most = 0;
        foreach (double value in ascending[..count])
            most += Math.Sqrt(Math.Max(0, value) + delta);
        return most <= NegligibleSingle * SumOfRoots(ascending[count..]);
    }

    /// <summary>δ = 8 ε·λ₁, by which a Gram matrix's eigenvalues may be off.</summary>
    private static double Rounding<T>(ReadOnlySpan<T> ascending)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        GramRounding * double.CreateChecked(T.BitIncrement(T.One) - T.One) * double.CreateChecked(ascending[^1]);

    private static double SumOfRoots<T>(ReadOnlySpan<T> eigenvalues)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        foreach (T value in eigenvalues)
            sum += Math.Sqrt(Math.Max(0, double.CreateChecked(value)));
        return sum;
    }

    /// <summary>‖M V₂ᵀ‖_* of a tall M (V₂ M of a wide one) by its Gram matrix in double.</summary>
    private static double OfRest(Matrix<float> matrix, Matrix<double> v2)
    {
        bool tall = matrix.Rows > matrix.Columns;
        using var gramLease = MatrixPool<double>.Rent(v2.Rows, v2.Rows);
        using var valuesLease = MatrixPool<double>.Rent(1, v2.Rows);
        AddGrams(matrix, gramLease.Matrix, (slice, part) =>
        {
            using var lease = MatrixPool<double>.Rent(tall ? slice.Rows : v2.Rows, tall ? v2.Rows : slice.Columns);
            Project(slice, tall, v2, lease.Matrix);
            Linear.Gram(1.0, lease.Matrix, transposeFirst: tall, part);
        });
        var lambda = valuesLease.Matrix.Row(0);
        Linear.SymmetricEigenvaluesInPlace(gramLease.Matrix, lambda);
        return SumOfRoots<double>(lambda);
    }

    /// <summary>The smaller of MᵀM and M Mᵀ, in double.</summary>
    private static void DoubleGram(Matrix<float> matrix, Matrix<double> gram) =>
        AddGrams(matrix, gram, (slice, part) => Linear.Gram(1.0, slice, transposeFirst: matrix.Rows > matrix.Columns, part));

    /// <summary>A sum of what is computed of M's slices along its long side, in double, so that no copy of M is made.</summary>
    private static void AddGrams(Matrix<float> matrix, Matrix<double> sum, Action<Matrix<double>, Matrix<double>> ofSlice)
    {
        bool tall = matrix.Rows > matrix.Columns;
        int length = Math.Max(matrix.Rows, matrix.Columns);
        using var partLease = MatrixPool<double>.Rent(sum.Rows, sum.Columns);
        sum.Fill(0);
        for (int start = 0; start < length; start += SliceLength)
        {
            int count = Math.Min(SliceLength, length - start);
            var slice = tall ? matrix.RowSlice(start, count) : matrix.ColumnSlice(start, count);
            using var widened = MatrixPool<double>.Rent(slice.Rows, slice.Columns);
            for (int i = 0; i < slice.Rows; i++)
                TensorPrimitives.ConvertTruncating<float, double>(slice.Row(i), widened.Matrix.Row(i));
            ofSlice(widened.Matrix, partLease.Matrix);
            sum.AddScaled(1, partLease.Matrix);
        }
    }

    private static double OfRest<T>(Matrix<T> matrix, bool tall, Matrix<T> v2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var lease = MatrixPool<T>.Rent(tall ? matrix.Rows : v2.Rows, tall ? v2.Rows : matrix.Columns);
        Project(matrix, tall, v2, lease.Matrix);
        return ExactMeasures.NuclearNorm(lease.Matrix);
    }

    /// <summary>M V₂ᵀ of a tall M, V₂ M of a wide one.</summary>
    private static void Project<T>(Matrix<T> matrix, bool tall, Matrix<T> v2, Matrix<T> projected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tall)
            Linear.Multiply(T.One, matrix, false, v2, true, T.Zero, projected);
        else
            Linear.Multiply(T.One, v2, false, matrix, false, T.Zero, projected);
    }

    /// <summary>
    /// How many of the smallest eigenvalues (ascending, of a Gram matrix C off by δ = 8 ε·λ₁) need more than their roots, so that the sum is
    /// right to the tolerance. A root taken is off by δ/√λ. A root left to V₂ is the singular value of a vector that C's rounding has turned
    /// towards vectors of larger λ, which adds at most e = δ/√λ_cut in quadrature: e²/(2√λ), and e where it is all noise.
    /// </summary>
    internal static int Untrusted<T>(ReadOnlySpan<T> ascending)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Untrusted(ascending, typeof(T) == typeof(double) ? Tolerance : ToleranceSingle);

    private static int Untrusted<T>(ReadOnlySpan<T> ascending, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = ascending.Length;
        double delta = Rounding(ascending);
        using var rootLease = MatrixPool<double>.Rent(1, k);
        var roots = rootLease.Matrix.Row(0);
        double sum = 0;
        for (int i = 0; i < k; i++)
            sum += roots[i] = Math.Sqrt(Math.Max(0, double.CreateChecked(ascending[i])));
        double allowed = sum * tolerance, taken = 0;
        int rest = k;
        for (int i = k - 1; i >= 0 && roots[i] * roots[i] > delta; i--)
        {
            double e = delta / roots[i];
            taken += e;
            if (taken > allowed)
                break;
            if (taken + LeftError(roots[..i], e) <= allowed)
                rest = i;
        }
        return rest;
    }

    private static double LeftError(ReadOnlySpan<double> roots, double e)
    {
        double error = 0;
        foreach (double root in roots)
            error += e / Math.Max(1, 2 * root / e);
        return error;
    }
}
