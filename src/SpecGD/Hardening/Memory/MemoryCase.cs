using System.Collections.Concurrent;
using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Hardening.Memory;

/// <summary>
/// A routine called on temporaries, which nothing refers to once the call has begun, so that only the call itself can keep them alive.
/// </summary>
/// <param name="Name">The routine.</param>
/// <param name="Run">Calls it and gives some numbers of its result.</param>
internal sealed record MemoryCase(string Name, Func<double[]> Run)
{
    /// <summary>Rows and columns of the matrices: large enough that a call lasts as long as a collection, small enough for thousands of calls.</summary>
    private const int Rows = 144, Columns = 112;

    /// <summary>Every routine, in both precisions.</summary>
    public static IReadOnlyList<MemoryCase> All { get; } = [.. Of<double>("double"), .. Of<float>("float")];

    private static IEnumerable<MemoryCase> Of<T>(string precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return
        [
            Case("product", () => Digest(Linear.Product(Draw<T>(Rows, Columns, 1), Draw<T>(Columns, Rows, 2)))),
            Case("product, transposed", () => Digest(Linear.Product(Draw<T>(Columns, Rows, 1), Draw<T>(Rows, Columns, 2), transposeA: true, transposeB: true))),
            Case("product, divided", () => Digest(Linear.Product(Draw<T>(2 * Rows, Columns, 1), Draw<T>(Columns, 2 * Rows, 2)))),
            Case("matrix by vector", () => Vector<T>(transpose: false)),
            Case("transpose by vector", () => Vector<T>(transpose: true)),
            Case("Gram matrix", () => Gram<T>(transposeFirst: false)),
            Case("Gram matrix of columns", () => Gram<T>(transposeFirst: true)),
            Case("symmetric eigenvalues", () => Numbers(Linear.SymmetricEigenvalues(Definite<T>()))),
            Case("symmetric eigenvectors", () => Eigen<T>()),
            Case("lowest eigenvectors", () => Lowest<T>()),
            Case("singular values", () => Numbers(Linear.SingularValues(Draw<T>(Rows, Columns, 3)))),
            Case("singular value decomposition", () => Svd<T>()),
            Case("Cholesky", () => Digest(Linear.Cholesky(Definite<T>()))),
            Case("QR", () => Digest(Linear.Qr(Draw<T>(Rows, Columns, 4)).R)),
            Case("polar factor", () => Digest(Polar.Of(Draw<T>(Rows, Columns, 5)))),
            Case("Newton-Schulz", () => Digest(Orthogonalization.NewtonSchulz(Draw<T>(Rows, Columns, 6)))),
            Case("Polar Express", () => Digest(Orthogonalization.PolarExpress(Draw<T>(Rows, Columns, 6)))),
            Case("norms and ranks", () => Measured(Draw<T>(Rows, Columns, 7))),
            Case("products side by side", () => SideBySide<T>()),
        ];

        MemoryCase Case(string name, Func<double[]> run) => new($"{name} ({precision})", run);
    }

    private static double[] Vector<T>(bool transpose)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = new T[transpose ? 4 * Columns : 4 * Rows];
        Linear.Multiply(Draw<T>(4 * Rows, 4 * Columns, 8), transpose, Draw<T>(1, transpose ? 4 * Rows : 4 * Columns, 9).AsSpan(), y);
        return Numbers(y);
    }

    private static double[] Gram<T>(bool transposeFirst)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gram = new Matrix<T>(transposeFirst ? Columns : Rows, transposeFirst ? Columns : Rows);
        Linear.Gram(T.One, Draw<T>(Rows, Columns, 10), transposeFirst, gram);
        return Digest(gram);
    }

    private static double[] Eigen<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Columns];
        Linear.SymmetricEigenInPlace(Definite<T>(), values);
        return Numbers(values);
    }

    private static double[] Lowest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Columns];
        Linear.SymmetricEigenLowestInPlace(Definite<T>(), values, static all => all.Length / 4);
        return Numbers(values);
    }

    private static double[] Svd<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Columns];
        Linear.SingularValueDecomposition(Draw<T>(Rows, Columns, 11), new Matrix<T>(Rows, Columns), values, new Matrix<T>(Columns, Columns));
        return Numbers(values);
    }

    private static double[] Measured<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [Measures.OperatorNorm(matrix), Measures.NuclearNorm(matrix), Measures.StableRank(matrix) ?? 0, Measures.NuclearRank(matrix) ?? 0];

    private static double[] SideBySide<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] digests = new double[4];
        ThreadBudget.ForEach(
            [0, 1, 2, 3],
            i => digests[i] = Digest(Linear.Product(Draw<T>(Rows, Columns, 12 + (ulong)i), Draw<T>(Columns, Rows, 2)))[0]);
        return digests;
    }

    /// <summary>A copy of its own of a matrix that is drawn once.</summary>
    private static Matrix<T> Draw<T>(int rows, int columns, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Drawn<T>.Matrices.GetOrAdd((rows, columns, seed), static key => Drawn<T>.Of(key)).Clone();

    /// <summary>A symmetric positive definite matrix, Columns × Columns.</summary>
    private static Matrix<T> Definite<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gram = new Matrix<T>(Columns, Columns);
        Linear.Gram(T.One / T.CreateChecked(Rows), Draw<T>(Rows, Columns, 13), transposeFirst: true, gram);
        for (int i = 0; i < Columns; i++)
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
        public static readonly ConcurrentDictionary<(int Rows, int Columns, ulong Seed), Matrix<T>> Matrices = new();

        public static Matrix<T> Of((int Rows, int Columns, ulong Seed) key)
        {
            var drawn = new TorchRandom(key.Seed).Normal(key.Rows, key.Columns);
            var matrix = new Matrix<T>(key.Rows, key.Columns);
            for (int i = 0; i < key.Rows; i++)
                for (int j = 0; j < key.Columns; j++)
                    matrix[i, j] = T.CreateChecked(drawn[i, j]);
            return matrix;
        }
    }
}
