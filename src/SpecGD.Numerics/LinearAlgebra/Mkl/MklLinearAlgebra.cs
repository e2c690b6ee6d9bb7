using System.Numerics;
using SpecGD.Numerics.LinearAlgebra.Lapack;
using SpecGD.Numerics.LinearAlgebra.Managed;

namespace SpecGD.Numerics.LinearAlgebra.Mkl;

/// <summary>
/// <see cref="ILinearAlgebra{T}"/> on the routines of MKL that libtorch carries. Products, too, are column-major here: Cᵀ = op(B)ᵀ op(A)ᵀ, and the arrays
/// hold Aᵀ and Bᵀ, so that the factors change places and their flags stay.
/// </summary>
/// <typeparam name="T"><see cref="float"/> (routines s…) or <see cref="double"/> (routines d…).</typeparam>
internal sealed unsafe class MklLinearAlgebra<T> : LapackLinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of a block of a Gram matrix: libtorch carries no syrk, and so much is computed above the diagonal for nothing.</summary>
    private const int BlockRows = 96;

    private const byte Transpose = (byte)'T', NoTranspose = (byte)'N';

    private readonly MklLibrary _library;
    private readonly delegate* unmanaged<byte*, byte*, int*, int*, int*, T*, T*, int*, T*, int*, T*, T*, int*, void> _gemm;
    private readonly delegate* unmanaged<byte*, int*, int*, T*, T*, int*, T*, int*, T*, T*, int*, void> _gemv;
    private readonly delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void> _geqrf;
    private readonly delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void> _orgqr;

    public MklLinearAlgebra(MklLibrary library)
        : base(library.Symbol)
    {
        _library = library;
        char p = Prefix;
        _gemm = (delegate* unmanaged<byte*, byte*, int*, int*, int*, T*, T*, int*, T*, int*, T*, T*, int*, void>)library.Symbol($"{p}gemm_");
        _gemv = (delegate* unmanaged<byte*, int*, int*, T*, T*, int*, T*, int*, T*, T*, int*, void>)library.Symbol($"{p}gemv_");
        _geqrf = (delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}geqrf_");
        _orgqr = (delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}orgqr_");
    }

    protected override void PrepareThreads() => _library.PrepareThreads();

    protected override void Product(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        PrepareThreads();
        byte flagA = transposeA ? Transpose : NoTranspose, flagB = transposeB ? Transpose : NoTranspose;
        int m = c.Rows, n = c.Columns, inner = transposeA ? a.Rows : a.Columns, leadingA = Leading(a), leadingB = Leading(b), leadingC = Leading(c);
        fixed (T* pA = a, pB = b, pC = c)
            _gemm(&flagB, &flagA, &n, &m, &inner, &alpha, pB, &leadingB, pA, &leadingA, &beta, pC, &leadingC);
    }

    public override void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y)
    {
        PrepareThreads();
        byte flag = transposeA ? NoTranspose : Transpose;
        int rows = a.Columns, columns = a.Rows, leading = Leading(a), one = 1;
        T alpha = T.One, beta = T.Zero;
        using var from = new AlignedVector<T>(x);
        using var to = new AlignedVector<T>(y.Length);
        fixed (T* pA = a, px = from.Matrix, py = to.Matrix)
            _gemv(&flag, &rows, &columns, &alpha, pA, &leading, px, &one, &beta, py, &one);
        to.Matrix.AsSpan().CopyTo(y);
    }

    protected override void LowerTriangle(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> block)
    {
        for (int from = 0; from < block.Rows; from += BlockRows)
        {
            int rows = Math.Min(BlockRows, block.Rows - from), until = from + rows;
            var left = transposeFirst ? a.ColumnSlice(from, rows) : a.RowSlice(from, rows);
            var right = transposeFirst ? a.ColumnSlice(0, until) : a.RowSlice(0, until);
            Product(alpha, left, transposeFirst, right, !transposeFirst, beta, block.Slice(from, 0, rows, until));
        }
    }

    public override int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted)
    {
        SymmetricEigen(symmetric, values); // libtorch carries nothing that computes some vectors alone
        return wanted(values);
    }

    /// <summary>R = (column-major) upper triangle of what geqrf leaves of M, which is transposed for it and back.</summary>
    public override void Qr(Matrix<T> matrix, Matrix<T> r)
    {
        PrepareThreads();
        int m = matrix.Rows, n = matrix.Columns, info, query = -1;
        using var lease = MatrixPool<T>.Rent(n, m);
        var columns = lease.Matrix;
        matrix.TransposeTo(columns);
        int stride = Leading(columns);
        using var tau = new AlignedVector<T>(n);
        T wanted;
        fixed (T* pColumns = columns, pTau = tau.Matrix)
            _geqrf(&m, &n, pColumns, &stride, pTau, &wanted, &query, &info);
        int size = WorkSize(wanted);
        using var work = new AlignedVector<T>(size);
        fixed (T* pColumns = columns, pTau = tau.Matrix, pWork = work.Matrix)
        {
            _geqrf(&m, &n, pColumns, &stride, pTau, pWork, &size, &info);
            RequireLegal(info, "geqrf");
            r.Fill(T.Zero);
            for (int j = 0; j < n; j++)
                for (int i = 0; i <= j; i++)
                    r[i, j] = columns[j, i];
            _orgqr(&m, &n, &n, pColumns, &stride, pTau, pWork, &size, &info);
            RequireLegal(info, "orgqr");
        }
        columns.TransposeTo(matrix);
    }

    /// <summary>The managed code: libtorch carries no gesvd.</summary>
    protected override void SlowSvd(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        var managed = new ManagedLinearAlgebra<T>();
        if (job == (byte)'N')
            managed.SingularValues(matrix, values);
        else
            managed.SingularValueDecomposition(matrix, u, values, vt);
    }
}
