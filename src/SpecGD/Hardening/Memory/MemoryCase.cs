using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Hardening.Memory;

/// <summary>
/// A routine called on temporaries, which nothing refers to once the call has begun, so that only the call itself can keep them alive.
/// </summary>
/// <param name="Name">The routine.</param>
/// <param name="Run">Calls it with matrices of a size, from <see cref="Least"/> on, and gives some numbers of its result.</param>
internal sealed record MemoryCase(string Name, Func<int, double[]> Run)
{
    /// <summary>The smallest size.</summary>
    public const int Least = 16;

    /// <summary>A size at which a native call lasts for several collections, some milliseconds.</summary>
    public const int Usual = 640;

    /// <summary>Every routine, in both precisions.</summary>
    public static IReadOnlyList<MemoryCase> All { get; } = [.. Of<double>("double"), .. Of<float>("float"), new MemoryCase("random features (double)", SideBySide)];

    private static IEnumerable<MemoryCase> Of<T>(string precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return
        [
            Case("product", n => Digest(Linear.Product(Draw<T>(n, n, 1), Draw<T>(n, n, 2)))),
            Case("product, transposed", n => Digest(Linear.Product(Draw<T>(n, n, 1), Draw<T>(n, n, 2), transposeA: true, transposeB: true))),
            Case("product of few rows", n => Digest(Linear.Product(Draw<T>(n, n, 1).RowSlice(0, n / 4), Draw<T>(n, n, 2)))),
            Case("products one after the other", n => Digest(Projected<T>(n))),
            Case("matrix by vector", n => Vector<T>(3 * n, transpose: false)),
            Case("transpose by vector", n => Vector<T>(3 * n, transpose: true)),
            Case("Gram matrix", n => Gram<T>(n, transposeFirst: false)),
            Case("Gram matrix of columns", n => Gram<T>(n, transposeFirst: true)),
            Case("symmetric eigenvalues", n => Numbers(Linear.SymmetricEigenvalues(Definite<T>(n / 2)))),
            Case("symmetric eigenvectors", n => Eigen<T>(n / 3)),
            Case("lowest eigenvectors", n => Lowest<T>(n / 2)),
            Case("singular values", n => Numbers(Linear.SingularValues(Draw<T>(n / 2, n / 3, 3)))),
            Case("singular value decomposition", n => Svd<T>(n / 3, n / 4)),
            Case("Cholesky", n => Digest(Linear.Cholesky(Definite<T>(n)))),
            Case("QR", n => Digest(Linear.Qr(Draw<T>(n, n / 2, 4)).R)),
            Case("polar factor", n => Digest(Polar.Of(Draw<T>(n / 2, n / 3, 5)))),
            Case("Newton-Schulz", n => Digest(Orthogonalization.NewtonSchulz(Draw<T>(n / 2, n / 2, 6)))),
            Case("Polar Express", n => Digest(Orthogonalization.PolarExpress(Draw<T>(n / 2, n / 2, 6)))),
            Case("norms and ranks", n => Measured(Draw<T>(n / 2, n / 3, 7))),
        ];

        MemoryCase Case(string name, Func<int, double[]> run) => new($"{name} ({precision})", run);
    }

    /// <summary>Three products, the result of each of which is a factor of the next, as the layers of a network have them.</summary>
    private static Matrix<T> Projected<T>(int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T> Project(Matrix<T> input, ulong seed) => Linear.Product(Draw<T>(n, n, seed), input);
        var scores = new Matrix<T>(n, n);
        Matrix<T> queries = Project(Draw<T>(n, n, 14), 15), keys = Project(Draw<T>(n, n, 14), 16);
        Linear.Multiply(T.One / T.CreateChecked(n), queries, true, keys, false, T.Zero, scores);
        return Project(Linear.Product(Project(Draw<T>(n, n, 14), 17), scores, transposeB: true), 18);
    }

    private static double[] Vector<T>(int n, bool transpose)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = new T[n];
        Linear.Multiply(Draw<T>(n, n, 8), transpose, Draw<T>(1, n, 9).AsSpan(), y);
        return Numbers(y);
    }

    private static double[] Gram<T>(int n, bool transposeFirst)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gram = new Matrix<T>(n, n);
        Linear.Gram(T.One, Draw<T>(n, n, 10), transposeFirst, gram);
        return Digest(gram);
    }

    private static double[] Eigen<T>(int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[n];
        Linear.SymmetricEigenInPlace(Definite<T>(n), values);
        return Numbers(values);
    }

    private static double[] Lowest<T>(int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[n];
        Linear.SymmetricEigenLowestInPlace(Definite<T>(n), values, static all => all.Length / 4);
        return Numbers(values);
    }

    private static double[] Svd<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[columns];
        Linear.SingularValueDecomposition(Draw<T>(rows, columns, 11), new Matrix<T>(rows, columns), values, new Matrix<T>(columns, columns));
        return Numbers(values);
    }

    private static double[] Measured<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [Measures.OperatorNorm(matrix), Measures.NuclearNorm(matrix), Measures.StableRank(matrix) ?? 0, Measures.NuclearRank(matrix) ?? 0];

    private static double[] SideBySide(int n)
    {
        double[] digests = new double[4];
        ThreadBudget.ForEach([0, 1, 2, 3], i => digests[i] = Depths(n, (ulong)i).Sum());
        return digests;
    }

    /// <summary>
    /// Random features of random features, side by side on all threads: products of temporaries that the compiler inlines down to the call of native code,
    /// so that no argument on the stack holds them.
    /// </summary>
    private static IEnumerable<double> Depths(int n, ulong seed)
    {
        var random = new TorchRandom(seed);
        var a = random.Normal(n, n);
        for (int depth = 0; depth < 3; depth++)
        {
            a = RandomFeatures.Of(RandomFeatures.Gaussian(random, n, n, n), a, Activation.Square);
            yield return Digest(a)[0];
        }
    }

    /// <summary>
    /// A copy of its own of a matrix that is drawn once. Inlined, so that the copy lives in registers of whoever calls it: a result that is returned
    /// through memory of the caller's frame would be held there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Matrix<T> Draw<T>(int rows, int columns, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var copy = new Matrix<T>(rows, columns);
        Drawn<T>.Copy(rows, columns, seed, copy);
        return copy;
    }

    /// <summary>A symmetric positive definite matrix, size × size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Matrix<T> Definite<T>(int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gram = new Matrix<T>(size, size);
        Linear.Gram(T.One / T.CreateChecked(size), Draw<T>(size, size, 13), transposeFirst: true, gram);
        for (int i = 0; i < size; i++)
            gram[i, i] += T.One;
        return gram;
    }

    /// <summary>Two sums that change wherever an element changes: of the magnitudes, and of the magnitudes weighted by place.</summary>
    private static double[] Digest<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0, weighted = 0;
        for (int i = 0; i < matrix.Rows; i++)
        {
            foreach (T value in matrix.Row(i))
            {
                double magnitude = Math.Abs(double.CreateChecked(value));
                sum += magnitude;
                weighted += (i + 1) * magnitude;
            }
        }
        return [sum, weighted];
    }

    private static double[] Numbers<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Array.ConvertAll(values, double.CreateChecked);

    private static class Drawn<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private static readonly ConcurrentDictionary<(int Rows, int Columns, ulong Seed), Matrix<T>> Matrices = new();

        public static void Copy(int rows, int columns, ulong seed, Matrix<T> into) =>
            Matrices.GetOrAdd((rows, columns, seed), static key => Of(key.Rows, key.Columns, key.Seed)).CopyTo(into);

        private static Matrix<T> Of(int rows, int columns, ulong seed)
        {
            var drawn = new TorchRandom(seed).Normal(rows, columns);
            var matrix = new Matrix<T>(rows, columns);
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    matrix[i, j] = T.CreateChecked(drawn[i, j]);
            return matrix;
        }
    }
}
