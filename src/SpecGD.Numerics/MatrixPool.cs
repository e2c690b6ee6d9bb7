using System.Collections.Concurrent;
using System.Numerics;

namespace SpecGD.Numerics;

/// <summary>
/// Work matrices that are used and handed back, so that a training loop allocates nothing after its first steps. A lease is taken with
/// <c>using</c>; its matrix must not be kept beyond it.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public static class MatrixPool<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly ConcurrentDictionary<(int Rows, int Columns), ConcurrentBag<Matrix<T>>> Free = new();

    /// <summary>A rows × columns matrix, contents undefined, until the lease is disposed of.</summary>
    public static Lease Rent(int rows, int columns)
    {
        var shelf = Free.GetOrAdd((rows, columns), static _ => []);
        return new Lease(shelf, shelf.TryTake(out var matrix) ? matrix : new Matrix<T>(rows, columns));
    }

    /// <summary>Forgets every matrix that is not on lease, so that the garbage collector may take the memory back.</summary>
    public static void Trim() => Free.Clear();

    /// <summary>The right to use one pooled matrix; disposing of it, once, hands the matrix back.</summary>
    public readonly struct Lease : IDisposable
    {
        private readonly ConcurrentBag<Matrix<T>> _shelf;

        internal Lease(ConcurrentBag<Matrix<T>> shelf, Matrix<T> matrix)
        {
            _shelf = shelf;
            Matrix = matrix;
        }

        /// <summary>The matrix on lease.</summary>
        public Matrix<T> Matrix { get; }

        /// <summary>Hands the matrix back to the pool.</summary>
        public void Dispose() => _shelf.Add(Matrix);
    }
}
