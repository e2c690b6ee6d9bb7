using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Spectral;

/// <summary>
/// The largest singular value by the Lanczos process on C = M Mᵀ (or MᵀM, whichever is smaller), k × k,
/// with full reorthogonalisation. The basis grows until the largest Ritz value is known to a small share of itself.
/// </summary>
internal static class TopSingularValue
{
    /// <summary>Below this size all eigenvalues of C cost less than the process.</summary>
    private const int SmallSize = 128;

    /// <summary>Ritz values are looked at every so many steps.</summary>
    private const int CheckEvery = 4;

    /// <summary>Longest basis; a spectrum so dense at its top that it needs more is handed to the dense eigensolver.</summary>
    private const int LongestBasis = 120;

    /// <summary>Bound on the error, as a share of the Ritz value, at which the process stops.</summary>
    private const double Tolerance = 1e-12, ToleranceSingle = 1e-6;

    /// <summary>Seed of the start vector: any would do, a fixed one makes every measurement repeatable.</summary>
    private const ulong StartSeed = 20251203;

    /// <summary>s₁ of a matrix that is not zero and whose squares neither overflow nor vanish.</summary>
    public static double Of<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        if (k == 1)
            return Math.Sqrt(double.CreateChecked(matrix.SumOfSquares()));
        double? top = k <= SmallSize ? null : Lanczos(matrix, k);
        return Math.Sqrt(top ?? LargestGramEigenvalue(matrix, k));
    }

    private static double LargestGramEigenvalue<T>(Matrix<T> matrix, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var gram = MatrixPool<T>.Rent(k, k);
        using var values = MatrixPool<T>.Rent(1, k);
        Linear.Gram(T.One, matrix, transposeFirst: matrix.Rows > matrix.Columns, gram.Matrix);
        Linear.SymmetricEigenvaluesInPlace(gram.Matrix, values.Matrix.Row(0));
        return double.CreateChecked(values.Matrix[0, k - 1]);
    }

    /// <summary>The largest eigenvalue of C, or null where the basis reached its longest without converging.</summary>
    private static double? Lanczos<T>(Matrix<T> matrix, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int longest = Math.Min(k, LongestBasis);
        using var basisLease = MatrixPool<T>.Rent(longest + 1, k);
        using var innerLease = MatrixPool<T>.Rent(1, Math.Max(matrix.Rows, matrix.Columns));
        var basis = basisLease.Matrix;
        Span<double> alpha = stackalloc double[LongestBasis], beta = stackalloc double[LongestBasis];
        double tolerance = typeof(T) == typeof(double) ? Tolerance : ToleranceSingle;

        Start(basis.Row(0));
        for (int j = 0; j < longest; j++)
        {
            var next = basis.Row(j + 1);
            ApplyGram(matrix, basis.Row(j), innerLease.Matrix.Row(0), next);
            alpha[j] = double.CreateChecked(TensorPrimitives.Dot<T>(basis.Row(j), next));
            Orthogonalise(next, basis, j + 1);
            T norm = TensorPrimitives.Norm<T>(next);
            beta[j] = double.CreateChecked(norm);
            bool exhausted = j + 1 == k;
            if (exhausted || (j + 1) % CheckEvery == 0 || j + 1 == longest || norm == T.Zero)
            {
                var (first, second) = LargestRitzPairs(alpha[..(j + 1)], beta[..j]);
                if (exhausted || ErrorBound(first, second, beta[j]) <= tolerance * first.Value)
                    return first.Value;
            }
            TensorPrimitives.Divide(next, norm, next);
        }
        return null;
    }

    private static void Start<T>(Span<T> vector)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new TorchRandom(StartSeed);
        foreach (ref T x in vector)
            x = T.CreateChecked(random.NextUniform() - 0.5);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<T>(vector), vector);
    }

    /// <summary>result ← C x, through the long side.</summary>
    private static void ApplyGram<T>(Matrix<T> matrix, ReadOnlySpan<T> x, Span<T> inner, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool wide = matrix.Rows <= matrix.Columns;
        Linear.Multiply(matrix, transposeA: wide, x, inner);
        Linear.Multiply(matrix, transposeA: !wide, inner, result);
    }

    /// <summary>
    /// Removes from the vector its parts along the first <paramref name="count"/> rows of the basis; twice, which is enough (Kahan).
    /// </summary>
    private static void Orthogonalise<T>(Span<T> vector, Matrix<T> basis, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < count; i++)
            {
                T overlap = TensorPrimitives.Dot<T>(basis.Row(i), vector);
                TensorPrimitives.MultiplyAdd(basis.Row(i), -overlap, vector, vector);
            }
        }
    }

    /// <summary>
    /// How far the largest Ritz value is at most from the eigenvalue: its residual, or, where the second Ritz value has settled so far that it
    /// leaves a gap, the residual's square over the gap (Kato and Temple), which gets there in half the steps.
    /// </summary>
    private static double ErrorBound(RitzPair first, RitzPair second, double beta)
    {
        double residual = beta * first.LastComponent, uncertainty = beta * second.LastComponent;
        double gap = first.Value - second.Value - uncertainty;
        return gap > uncertainty && gap > residual ? residual * residual / gap : residual;
    }

    /// <summary>The two largest eigenvalues of the tridiagonal matrix (the second 0 where there is only one).</summary>
    private static (RitzPair First, RitzPair Second) LargestRitzPairs(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        int n = diagonal.Length;
        using var tridiagonal = MatrixPool<double>.Rent(n, n);
        using var values = MatrixPool<double>.Rent(1, n);
        var t = tridiagonal.Matrix;
        t.Fill(0);
        for (int i = 0; i < n; i++)
        {
            t[i, i] = diagonal[i];
            if (i + 1 < n)
                t[i, i + 1] = t[i + 1, i] = offDiagonal[i];
        }
        Linear.SymmetricEigenInPlace(t, values.Matrix.Row(0));
        RitzPair Pair(int i) => i < 0 ? new RitzPair(0, 1) : new RitzPair(values.Matrix[0, i], Math.Abs(t[i, n - 1]));
        return (Pair(n - 1), Pair(n - 2));
    }

    /// <summary>An eigenvalue of the tridiagonal matrix, and the size of its eigenvector's last component.</summary>
    private readonly record struct RitzPair(double Value, double LastComponent);
}
