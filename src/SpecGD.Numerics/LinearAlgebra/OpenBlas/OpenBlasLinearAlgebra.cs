using System.Numerics;
using SpecGD.Numerics.LinearAlgebra.Lapack;

namespace SpecGD.Numerics.LinearAlgebra.OpenBlas;

/// <summary><see cref="ILinearAlgebra{T}"/> on OpenBLAS: products through CBLAS in row-major order, decompositions by its LAPACK.</summary>
/// <typeparam name="T"><see cref="float"/> (routines s…) or <see cref="double"/> (routines d…).</typeparam>
internal sealed unsafe class OpenBlasLinearAlgebra<T> : LapackLinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowMajor = 101, NoTranspose = 111, Transpose = 112, Lower = 122;

    private readonly delegate* unmanaged<int, int, int, int, int, int, T, T*, int, T*, int, T, T*, int, void> _gemm;
    private readonly delegate* unmanaged<int, int, int, int, T, T*, int, T*, int, T, T*, int, void> _gemv;
    private readonly delegate* unmanaged<int, int, int, int, int, T, T*, int, T, T*, int, void> _syrk;
    private readonly delegate* unmanaged<byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, void> _gesvd;
    private readonly delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void> _gelqf;
    private readonly delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void> _orglq;
    private readonly OpenBlasPartialEigen<T> _partialEigen;

    public OpenBlasLinearAlgebra(OpenBlasLibrary library)
        : base(library.Symbol)
    {
        char p = Prefix;
        _gemm = (delegate* unmanaged<int, int, int, int, int, int, T, T*, int, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}gemm");
        _gemv = (delegate* unmanaged<int, int, int, int, T, T*, int, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}gemv");
        _syrk = (delegate* unmanaged<int, int, int, int, int, T, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}syrk");
        _gesvd = (delegate* unmanaged<byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, void>)library.Symbol($"{p}gesvd_");
        _gelqf = (delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}gelqf_");
        _orglq = (delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}orglq_");
        _partialEigen = new OpenBlasPartialEigen<T>(library);
    }

    protected override void Product(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        int inner = transposeA ? a.Rows : a.Columns;
        fixed (T* pA = a, pB = b, pC = c)
            _gemm(RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose, c.Rows, c.Columns, inner,
                alpha, pA, Leading(a), pB, Leading(b), beta, pC, Leading(c));
    }

    protected override void LowerTriangle(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> block)
    {
        fixed (T* pA = a, pBlock = block)
            _syrk(RowMajor, Lower, transposeFirst ? Transpose : NoTranspose, block.Rows, transposeFirst ? a.Rows : a.Columns, alpha, pA, Leading(a),
                beta, pBlock, Leading(block));
    }

    public override void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y)
    {
        using var from = new AlignedVector<T>(x);
        using var to = new AlignedVector<T>(y.Length);
        fixed (T* pA = a, px = from.Matrix, py = to.Matrix)
            _gemv(RowMajor, transposeA ? Transpose : NoTranspose, a.Rows, a.Columns, T.One, pA, Leading(a), px, 1, T.Zero, py, 1);
        to.Matrix.AsSpan().CopyTo(y);
    }

    public override int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted)
    {
        using var original = MatrixPool<T>.Rent(symmetric.Rows, symmetric.Columns);
        symmetric.CopyTo(original.Matrix);
        int count = _partialEigen.Decompose(symmetric, Leading(symmetric), values, wanted);
        if (count >= 0)
            return count;
        original.Matrix.CopyTo(symmetric);
        SymmetricEigen(symmetric, values);
        return wanted(values);
    }

    /// <summary>
    /// LAPACK sees Mᵀ (n × m); its LQ decomposition Mᵀ = L·P is M = Pᵀ·Lᵀ, so Q = Pᵀ and R = Lᵀ already stand row-major.
    /// </summary>
    public override void Qr(Matrix<T> matrix, Matrix<T> r)
    {
        int m = matrix.Columns, n = matrix.Rows, stride = Leading(matrix), info, query = -1;
        using var tau = new AlignedVector<T>(m);
        T wanted;
        fixed (T* pMatrix = matrix, pTau = tau.Matrix)
            _gelqf(&m, &n, pMatrix, &stride, pTau, &wanted, &query, &info);
        int size = WorkSize(wanted);
        using var work = new AlignedVector<T>(size);
        fixed (T* pMatrix = matrix, pTau = tau.Matrix, pWork = work.Matrix)
        {
            _gelqf(&m, &n, pMatrix, &stride, pTau, pWork, &size, &info);
            RequireLegal(info, "gelqf");
            r.Fill(T.Zero);
            for (int i = 0; i < m; i++)
                matrix.Row(i)[i..].CopyTo(r.Row(i)[i..]);
            _orglq(&m, &n, &m, pMatrix, &stride, pTau, pWork, &size, &info);
            RequireLegal(info, "orglq");
        }
    }

    protected override void SlowSvd(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        int m = matrix.Columns, n = matrix.Rows, stride = Leading(matrix), info, query = -1;
        int leadingU = Leading(vt), leadingVt = Leading(u);
        using var found = new AlignedVector<T>(values.Length);
        T wanted;
        fixed (T* pMatrix = matrix, pU = u, pVt = vt, pValues = found.Matrix)
        {
            _gesvd(&job, &job, &m, &n, pMatrix, &stride, pValues, pVt, &leadingU, pU, &leadingVt, &wanted, &query, &info);
            int size = WorkSize(wanted);
            using var work = new AlignedVector<T>(size);
            fixed (T* pWork = work.Matrix)
                _gesvd(&job, &job, &m, &n, pMatrix, &stride, pValues, pVt, &leadingU, pU, &leadingVt, pWork, &size, &info);
        }
        found.Matrix.AsSpan().CopyTo(values);
        RequireConverged(info, "gesvd", matrix);
    }
}
