using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace SpecGD.Numerics;

/// <summary>
/// Work matrices that are used and handed back, so that a training loop allocates nothing after its first steps. A lease is taken with
/// <c>using</c>; its matrix must not be kept beyond it. Memory is kept by size, not by shape: sizes are rounded up by at most an eighth, so that work
/// whose shape changes from step to step (the directions that a decomposition leaves to its next level) finds what another shape left.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public static class MatrixPool<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Smallest piece of memory, in elements.</summary>
    private const int Smallest = 64;

    /// <summary>Sizes in each doubling.</summary>
    private const int SizesPerDoubling = 8;

    /// <summary>Beyond this an eighth more might not fit an array; such a matrix has memory of its very size.</summary>
    private const long LargestRounded = 1L << 30;

    private static readonly ConcurrentDictionary<long, ConcurrentBag<Piece>> Free = new();

    /// <summary>Whether memory is overwritten with NaN when it is handed back, so that whoever reads it later shows in a test.</summary>
    internal static bool OverwritesReturned { get; set; }

    /// <summary>A rows × columns matrix, contents undefined, until the lease is disposed of.</summary>
    /// <exception cref="MatrixTooLargeException">More elements than one array can hold.</exception>
    public static Lease Rent(int rows, int columns)
    {
        long count = (long)rows * columns, size = SizeFor(count);
        var shelf = Free.GetOrAdd(size, static _ => []);
        if (!shelf.TryTake(out var piece))
            piece = new Piece(size <= LargestRounded ? new Matrix<T>(1, (int)size) : new Matrix<T>(rows, columns).Reshape(1, (int)count));
        return new Lease(shelf, piece, count == 0 ? new Matrix<T>(rows, columns) : piece.Memory.ColumnSlice(0, (int)count).Reshape(rows, columns));
    }

    /// <summary>Forgets every matrix that is not on lease, so that the garbage collector may take the memory back.</summary>
    public static void Trim() => Free.Clear();

    /// <summary>Elements of the memory that a matrix of <paramref name="count"/> elements gets.</summary>
    internal static long SizeFor(long count)
    {
        if (count <= Smallest)
            return Smallest;
        if (count > LargestRounded)
            return count;
        long step = (1L << BitOperations.Log2((ulong)(count - 1))) / SizesPerDoubling;
        return (count + step - 1) / step * step;
    }

    /// <summary>Memory of the pool. <see cref="Returns"/> counts how often it was handed back: a lease holds for one value of it.</summary>
    internal sealed class Piece(Matrix<T> memory)
    {
        public Matrix<T> Memory { get; } = memory;

        public int Returns;
    }

    /// <summary>The right to use one pooled matrix; disposing of it hands the matrix back. Copies of a lease are the same right.</summary>
    public readonly struct Lease : IDisposable
    {
        private readonly ConcurrentBag<Piece> _shelf;
        private readonly Piece _piece;
        private readonly int _returns;
        private readonly Matrix<T> _matrix;

        internal Lease(ConcurrentBag<Piece> shelf, Piece piece, Matrix<T> matrix)
        {
            _shelf = shelf;
            _piece = piece;
            _returns = piece.Returns;
            _matrix = matrix;
        }

        /// <summary>The matrix on lease.</summary>
        /// <exception cref="ObjectDisposedException">It was handed back: somebody else may be writing it.</exception>
        public Matrix<T> Matrix
        {
            get
            {
                if (Volatile.Read(ref _piece.Returns) != _returns)
                    ThrowReturned();
                return _matrix;
            }
        }

        /// <summary>Hands the matrix back to the pool.</summary>
        /// <exception cref="ObjectDisposedException">It was handed back before; two owners of one matrix would overwrite each other's work.</exception>
        public void Dispose()
        {
            if (Interlocked.CompareExchange(ref _piece.Returns, _returns + 1, _returns) != _returns)
                ThrowReturned();
            if (OverwritesReturned)
                _piece.Memory.Fill(T.NaN);
            _shelf.Add(_piece);
        }

        [DoesNotReturn]
        private static void ThrowReturned() => throw new ObjectDisposedException(nameof(Lease), "The pooled matrix was handed back already.");
    }
}
