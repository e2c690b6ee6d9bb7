using System.Numerics;

namespace SpecGD.Numerics.LinearAlgebra.Lapack;

/// <summary>
/// A pooled vector for native code that begins at a cache line, as every matrix does. Some kernels of OpenBLAS (those for processors without AVX) add numbers
/// up in another order where a vector begins elsewhere. Managed arrays begin wherever the collector lays them, so results would change from call to call.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly ref struct AlignedVector<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly MatrixPool<T>.Lease _lease;

    /// <summary>A vector of a length from 0 on; its contents are undefined.</summary>
    public AlignedVector(int length) => _lease = MatrixPool<T>.Rent(1, length);

    /// <summary>A copy of <paramref name="values"/>.</summary>
    public AlignedVector(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(_lease.Matrix.AsSpan());

    /// <summary>The vector, as a single row.</summary>
    public Matrix<T> Matrix => _lease.Matrix;

    /// <summary>The least length from <paramref name="length"/> on that is whole cache lines: rows of it are aligned alike.</summary>
    public static unsafe int WholeLines(int length)
    {
        int line = Matrix<T>.Alignment / sizeof(T);
        return (length + line - 1) / line * line;
    }

    /// <inheritdoc/>
    public void Dispose() => _lease.Dispose();
}
