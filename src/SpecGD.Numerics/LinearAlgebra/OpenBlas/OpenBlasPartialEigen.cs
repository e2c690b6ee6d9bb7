using System.Buffers;
using System.Numerics;
using SpecGD.Numerics.LinearAlgebra.Lapack;

namespace SpecGD.Numerics.LinearAlgebra.OpenBlas;

/// <summary>
/// All eigenvalues of a symmetric matrix and the vectors of the smallest: one reduction to tridiagonal form (sytrd), the values from that by
/// square-root-free QR (sterf), as many vectors as are wanted by relatively robust representations (stemr), turned back (ormtr). Where few
/// vectors are wanted this costs little more than the values alone.
/// </summary>
/// <typeparam name="T"><see cref="float"/> (routines s…) or <see cref="double"/> (routines d…).</typeparam>
internal sealed unsafe class OpenBlasPartialEigen<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>LAPACK sees the transpose of a row-major matrix: our lower triangle is its upper one.</summary>
    private const byte LowerInRows = (byte)'U';

    private readonly delegate* unmanaged<byte*, int*, T*, int*, T*, T*, T*, T*, int*, int*, void> _sytrd;
    private readonly delegate* unmanaged<int*, T*, T*, int*, void> _sterf;
    private readonly delegate* unmanaged<byte*, byte*, int*, T*, T*, T*, T*, int*, int*, int*, T*, T*, int*, int*, int*, int*, T*, int*, int*, int*, int*, void> _stemr;
    private readonly delegate* unmanaged<byte*, byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, int*, void> _ormtr;

    public OpenBlasPartialEigen(OpenBlasLibrary library)
    {
        char p = sizeof(T) == sizeof(double) ? 'd' : 's';
        _sytrd = (delegate* unmanaged<byte*, int*, T*, int*, T*, T*, T*, T*, int*, int*, void>)library.Symbol($"{p}sytrd_");
        _sterf = (delegate* unmanaged<int*, T*, T*, int*, void>)library.Symbol($"{p}sterf_");
        _stemr = (delegate* unmanaged<byte*, byte*, int*, T*, T*, T*, T*, int*, int*, int*, T*, T*, int*, int*, int*, int*, T*, int*, int*, int*, int*, void>)
            library.Symbol($"{p}stemr_");
        _ormtr = (delegate* unmanaged<byte*, byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, int*, void>)library.Symbol($"{p}ormtr_");
    }

    /// <summary>As <see cref="ILinearAlgebra{T}.SymmetricEigenLowest"/>; −1, with the matrix destroyed, where an iteration did not converge.</summary>
    public int Decompose(Matrix<T> symmetric, int stride, Span<T> values, LowestVectorsWanted<T> wanted)
    {
        int n = symmetric.Rows;
        int width = AlignedVector<T>.WholeLines(n);
        using var lease = MatrixPool<T>.Rent(6, width);
        var work = lease.Matrix.ColumnSlice(0, n);
        Span<T> diagonal = work.Row(0), offDiagonal = work.Row(1), reflectors = work.Row(2), spare = work.Row(3), found = work.Row(5);
        if (!Reduce(symmetric, stride, diagonal, offDiagonal, reflectors))
            return -1;
        diagonal.CopyTo(found);
        offDiagonal.CopyTo(spare);
        if (!Values(found, spare))
            return -1;
        found.CopyTo(values);
        int count = wanted(values);
        if (count == 0)
            return 0;
        using var vectors = MatrixPool<T>.Rent(n, n);
        var lowest = vectors.Matrix.RowSlice(0, count);
        if (!Vectors(lowest, diagonal, offDiagonal, work.Row(4)))
            return -1;
        TurnBack(symmetric, stride, reflectors, lowest);
        lowest.CopyTo(symmetric.RowSlice(0, count));
        return count;
    }

    private bool Reduce(Matrix<T> symmetric, int stride, Span<T> diagonal, Span<T> offDiagonal, Span<T> reflectors)
    {
        int n = symmetric.Rows, info, query = -1;
        byte uplo = LowerInRows;
        T size;
        fixed (T* pMatrix = symmetric, d = diagonal, e = offDiagonal, tau = reflectors)
        {
            _sytrd(&uplo, &n, pMatrix, &stride, d, e, tau, &size, &query, &info);
            int length = int.CreateChecked(T.Ceiling(T.BitIncrement(size)));
            using var work = new AlignedVector<T>(length);
            fixed (T* w = work.Matrix)
                _sytrd(&uplo, &n, pMatrix, &stride, d, e, tau, w, &length, &info);
        }
        return info == 0;
    }

    private bool Values(Span<T> diagonalToValues, Span<T> offDiagonal)
    {
        int n = diagonalToValues.Length, info;
        fixed (T* d = diagonalToValues, e = offDiagonal)
            _sterf(&n, d, e, &info);
        return info == 0;
    }

    /// <summary>Vectors of the tridiagonal matrix, which is destroyed, one a row.</summary>
    private bool Vectors(Matrix<T> lowest, Span<T> diagonal, Span<T> offDiagonal, Span<T> values)
    {
        int n = lowest.Columns, first = 1, last = lowest.Rows, leading = lowest.Stride, found, info, relatively = 1;
        int length = 18 * n, integers = 10 * n; // as LAPACK asks for
        byte job = (byte)'V', range = (byte)'I';
        T unused = T.Zero;
        using var work = new AlignedVector<T>(length);
        var integerWork = ArrayPool<int>.Shared.Rent(integers + (2 * n));
        fixed (T* pVectors = lowest, d = diagonal, e = offDiagonal, w = values, pWork = work.Matrix)
        fixed (int* pIntegers = integerWork)
        {
            int* support = pIntegers + integers;
            _stemr(&job, &range, &n, d, e, &unused, &unused, &first, &last, &found, w, pVectors, &leading, &last, support, &relatively,
                pWork, &length, pIntegers, &integers, &info);
        }
        ArrayPool<int>.Shared.Return(integerWork);
        return info == 0 && found == lowest.Rows;
    }

    private void TurnBack(Matrix<T> reduced, int stride, Span<T> reflectors, Matrix<T> vectors)
    {
        int n = vectors.Columns, count = vectors.Rows, leading = vectors.Stride, info, query = -1;
        byte side = (byte)'L', uplo = LowerInRows, transpose = (byte)'N';
        T size;
        fixed (T* pReduced = reduced, pVectors = vectors, tau = reflectors)
        {
            _ormtr(&side, &uplo, &transpose, &n, &count, pReduced, &stride, tau, pVectors, &leading, &size, &query, &info);
            int length = int.CreateChecked(T.Ceiling(T.BitIncrement(size)));
            using var work = new AlignedVector<T>(length);
            fixed (T* w = work.Matrix)
                _ormtr(&side, &uplo, &transpose, &n, &count, pReduced, &stride, tau, pVectors, &leading, w, &length, &info);
        }
        if (info != 0)
            throw new InvalidOperationException($"LAPACK ormtr refused its argument {-info}.");
    }
}
