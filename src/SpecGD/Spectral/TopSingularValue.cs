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
    /// <summary>Up to this size all eigenvalues of C cost less than the process from a random start, and up to the lesser one than from a good start.</summary>
    public const int SmallSize = 128, SmallestSize = 48;

    /// <summary>Rounding of a dense decomposition's eigenvalues, as a share of the largest, amply.</summary>
    private const double DenseRounding = 1e-12;

    /// <summary>A start close to the end is looked at after each of the first steps.</summary>
    private const int EagerSteps = 8;

    /// <summary>Ritz values are looked at every so many steps.</summary>
    private const int CheckEvery = 4;

    /// <summary>Longest basis; a spectrum so dense at its top that it needs more is handed to the dense eigensolver.</summary>
    private const int LongestBasis = 120;

    /// <summary>Bound on the error, as a share of the Ritz value, at which the process stops.</summary>
    private const double Tolerance = 1e-12, ToleranceSingle = 1e-6;

    /// <summary>Seed of the start vector: any would do, a fixed one makes every measurement repeatable.</summary>
    private const ulong StartSeed = 20251203;

    private static readonly Lock StartGate = new();
    private static double[] _startEntries = [];

    /// <summary>s₁ of a matrix that is not zero and whose squares neither overflow nor vanish.</summary>
    public static double Of<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Math.Sqrt(Find(matrix, Beginning<T>.Anywhere, direction: default).Largest);

    /// <summary>s₁² from a chosen beginning, and what else the process learns.</summary>
    /// <param name="matrix">M, as for <see cref="Of"/>.</param>
    /// <param name="beginning">Where to start.</param>
    /// <param name="direction">Becomes the unit vector that belongs to s₁ on the smaller side, k numbers; empty where it is not wanted.</param>
    public static Top Find<T>(Matrix<T> matrix, Beginning<T> beginning, Span<T> direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        if (k == 1)
            return new Top(double.CreateChecked(matrix.SumOfSquares()), null);
        bool isDense = k <= (beginning.Vector.IsEmpty ? SmallSize : SmallestSize);
        return (isDense ? null : Lanczos(matrix, k, beginning, direction)) ?? Dense(matrix, k, direction);
    }

    private static Top Dense<T>(Matrix<T> matrix, int k, Span<T> direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var gram = MatrixPool<T>.Rent(k, k);
        using var values = MatrixPool<T>.Rent(1, k);
        Linear.Gram(T.One, matrix, transposeFirst: matrix.Rows > matrix.Columns, gram.Matrix);
        var lambda = values.Matrix.Row(0);
        if (direction.IsEmpty)
        {
            Linear.SymmetricEigenvaluesInPlace(gram.Matrix, lambda);
        }
        else
        {
            Linear.SymmetricEigenInPlace(gram.Matrix, lambda);
            gram.Matrix.Row(k - 1).CopyTo(direction);
        }
        double first = double.CreateChecked(lambda[k - 1]);
        return new Top(first, double.CreateChecked(lambda[k - 2]) + (DenseRounding * first));
    }

    /// <summary>The largest eigenvalue of C, or null where the basis reached its longest without converging.</summary>
    private static Top? Lanczos<T>(Matrix<T> matrix, int k, Beginning<T> beginning, Span<T> direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int longest = Math.Min(k, LongestBasis);
        using var basisLease = MatrixPool<T>.Rent(longest + 1, k);
        using var innerLease = MatrixPool<T>.Rent(1, Math.Max(matrix.Rows, matrix.Columns));
        var basis = basisLease.Matrix;
        Span<double> alpha = stackalloc double[LongestBasis], beta = stackalloc double[LongestBasis], ritzVector = stackalloc double[LongestBasis];
        double tolerance = typeof(T) == typeof(double) ? Tolerance : ToleranceSingle;

        Start(basis.Row(0), beginning.Vector);
        for (int j = 0; j < longest; j++)
        {
            var next = basis.Row(j + 1);
            ApplyGram(matrix, basis.Row(j), innerLease.Matrix.Row(0), next);
            alpha[j] = double.CreateChecked(TensorPrimitives.Dot<T>(basis.Row(j), next));
            Orthogonalise(next, basis, j + 1);
            T norm = TensorPrimitives.Norm<T>(next);
            beta[j] = double.CreateChecked(norm);
            bool exhausted = j + 1 == k, eager = j < EagerSteps && !beginning.Vector.IsEmpty;
            if (exhausted || eager || (j + 1) % CheckEvery == 0 || j + 1 == longest || norm == T.Zero)
            {
                var (first, second) = LargestRitzPairs(alpha[..(j + 1)], beta[..j], ritzVector[..(j + 1)]);
                double? others = beginning.OthersAtMost ?? Settled(first, second, beta[j]);
                if (exhausted || ErrorBound(first, others, beta[j]) <= tolerance * first.Value)
                {
                    Combine(basis, ritzVector[..(j + 1)], direction);
                    return new Top(first.Value, others);
                }
            }
            TensorPrimitives.Divide(next, norm, next);
        }
        return null;
    }

    /// <summary>vector ← the given one, or random entries where there is none; of length 1.</summary>
    private static void Start<T>(Span<T> vector, ReadOnlySpan<T> given)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (given.IsEmpty)
        {
            var entries = StartEntries(vector.Length);
            for (int i = 0; i < vector.Length; i++)
                vector[i] = T.CreateChecked(entries[i]);
        }
        else
        {
            given.CopyTo(vector);
        }
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<T>(vector), vector);
    }

    /// <summary>The first <paramref name="count"/> numbers of one random stream, drawn once for the process.</summary>
    private static ReadOnlySpan<double> StartEntries(int count)
    {
        double[] entries = Volatile.Read(ref _startEntries);
        if (entries.Length >= count)
            return entries.AsSpan(0, count);
        lock (StartGate)
        {
            var random = new TorchRandom(StartSeed);
            entries = new double[Math.Max(count, _startEntries.Length)];
            foreach (ref double x in entries.AsSpan())
                x = random.NextUniform() - 0.5;
            Volatile.Write(ref _startEntries, entries);
        }
        return entries.AsSpan(0, count);
    }

    /// <summary>direction ← Σ coefficient · row of the basis, unless it is empty.</summary>
    private static void Combine<T>(Matrix<T> basis, ReadOnlySpan<double> coefficients, Span<T> direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (direction.IsEmpty)
            return;
        direction.Clear();
        for (int i = 0; i < coefficients.Length; i++)
            TensorPrimitives.MultiplyAdd(basis.Row(i), T.CreateChecked(coefficients[i]), direction, direction);
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
    /// How far the largest Ritz value is at most from the largest eigenvalue: its residual, or, where a bound on all the other eigenvalues leaves a
    /// gap, the residual's square over the gap (Kato and Temple), which gets there in half the steps.
    /// </summary>
    private static double ErrorBound(RitzPair first, double? othersAtMost, double beta)
    {
        double residual = beta * first.LastComponent, gap = first.Value - (othersAtMost ?? first.Value);
        return gap > residual ? residual * residual / gap : residual;
    }

    /// <summary>A bound on all eigenvalues but the largest: the second Ritz value with its residual, once it has settled so far that it leaves a gap.</summary>
    private static double? Settled(RitzPair first, RitzPair second, double beta)
    {
        double uncertainty = beta * second.LastComponent;
        return first.Value - second.Value - uncertainty > uncertainty ? second.Value + uncertainty : null;
    }

    /// <summary>The two largest eigenvalues of the tridiagonal matrix (the second 0 where there is only one); the vector of the first.</summary>
    private static (RitzPair First, RitzPair Second) LargestRitzPairs(
        ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, Span<double> firstVector)
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
        t.Row(n - 1).CopyTo(firstVector);
        RitzPair Pair(int i) => i < 0 ? new RitzPair(0, 1) : new RitzPair(values.Matrix[0, i], Math.Abs(t[i, n - 1]));
        return (Pair(n - 1), Pair(n - 2));
    }

    /// <summary>An eigenvalue of the tridiagonal matrix, and the size of its eigenvector's last component.</summary>
    private readonly record struct RitzPair(double Value, double LastComponent);

    /// <summary>What the process found: the largest eigenvalue of C, and a bound on all the others where there is one.</summary>
    public readonly record struct Top(double Largest, double? OthersAtMost);

    /// <summary>
    /// Where the process begins: at a vector that has a part along the top direction, with a bound on the other eigenvalues of C where one is known;
    /// or anywhere.
    /// </summary>
    public readonly ref struct Beginning<T>(ReadOnlySpan<T> vector, double? othersAtMost)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>At a random vector, nothing known.</summary>
        public static Beginning<T> Anywhere => default;

        public ReadOnlySpan<T> Vector { get; } = vector;

        public double? OthersAtMost { get; } = othersAtMost;
    }
}
