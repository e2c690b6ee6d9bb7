using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// A matrix as it is, or, where squares of its entries would overflow or vanish, a pooled copy divided by a power of two (exactly) so that its
/// largest entry is between 1 and 2. Norms of <see cref="Matrix"/> become those of the original by <see cref="Restore"/>.
/// </summary>
internal readonly ref struct Scaled<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly MatrixPool<T>.Lease _lease;
    private readonly int _exponent;

    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public Scaled(Matrix<T> matrix)
    {
        matrix.RequireFinite();
        Matrix = matrix;
        T largest = matrix.LargestMagnitude();
        IsZero = largest == T.Zero;
        if (IsZero)
            return;
        int exponent = T.ILogB(largest);
        if (Math.Abs(exponent) <= SafeExponent)
            return;
        _exponent = exponent;
        _lease = MatrixPool<T>.Rent(matrix.Rows, matrix.Columns);
        Matrix = _lease.Matrix;
        for (int i = 0; i < matrix.Rows; i++)
        {
            var source = matrix.Row(i);
            var destination = Matrix.Row(i);
            for (int j = 0; j < source.Length; j++)
                destination[j] = T.ScaleB(source[j], -exponent);
        }
    }

    /// <summary>The matrix to measure.</summary>
    public Matrix<T> Matrix { get; }

    /// <summary>True where every entry is zero (or there is none).</summary>
    public bool IsZero { get; }

    /// <summary>
    /// Entries up to 2 to this power, either way, keep sums of squares of squares in range: 2^±150 of 2^±1022, 2^±20 of 2^±126.
    /// </summary>
    private static int SafeExponent => typeof(T) == typeof(double) ? 150 : 20;

    /// <summary>A norm of <see cref="Matrix"/> as a norm of the original.</summary>
    public double Restore(double norm) => Math.ScaleB(norm, _exponent);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_exponent != 0)
            _lease.Dispose();
    }
}
