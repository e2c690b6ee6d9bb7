using System.Buffers;
using System.Numerics;

namespace SpecGD.Numerics.LinearAlgebra.OpenBlas;

/// <summary>
/// <see cref="ILinearAlgebra{T}"/> on OpenBLAS. Products go through CBLAS in row-major order. LAPACK is column-major: it sees the transpose of
/// every row-major matrix, which each method turns to its account instead of copying (the comments say how).
/// </summary>
/// <typeparam name="T"><see cref="float"/> (routines s…) or <see cref="double"/> (routines d…).</typeparam>
internal sealed unsafe class OpenBlasLinearAlgebra<T> : ILinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowMajor = 101, NoTranspose = 111, Transpose = 112, Lower = 122;

    /// <summary>
    /// Products of so many multiplications are divided among the threads here, by rows of the result, and not within OpenBLAS: its threads go on
    /// looking for work for milliseconds after each product, on processors that the work between two products needs.
    /// </summary>
    private const double WorthDividing = 1 << 20;

    /// <summary>Least rows of a thread's share, and what shares are multiples of, so that kernels' blocks stay whole.</summary>
    private const int FewestRows = 32, RowStep = 16;

    private readonly delegate* unmanaged<int, int, int, int, int, int, T, T*, int, T*, int, T, T*, int, void> _gemm;
    private readonly delegate* unmanaged<int, int, int, int, T, T*, int, T*, int, T, T*, int, void> _gemv;
    private readonly delegate* unmanaged<int, int, int, int, int, T, T*, int, T, T*, int, void> _syrk;
    private readonly delegate* unmanaged<byte*, byte*, int*, T*, int*, T*, T*, int*, int*, int*, int*, void> _syevd;
    private readonly delegate* unmanaged<byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, int*, void> _gesdd;
    private readonly delegate* unmanaged<byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, void> _gesvd;
    private readonly delegate* unmanaged<byte*, int*, T*, int*, int*, void> _potrf;
    private readonly delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void> _gelqf;
    private readonly delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void> _orglq;
    private readonly OpenBlasPartialEigen<T> _partialEigen;

    public OpenBlasLinearAlgebra(OpenBlasLibrary library)
    {
        char p = sizeof(T) == sizeof(double) ? 'd' : 's';
        _gemm = (delegate* unmanaged<int, int, int, int, int, int, T, T*, int, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}gemm");
        _gemv = (delegate* unmanaged<int, int, int, int, T, T*, int, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}gemv");
        _syrk = (delegate* unmanaged<int, int, int, int, int, T, T*, int, T, T*, int, void>)library.Symbol($"cblas_{p}syrk");
        _syevd = (delegate* unmanaged<byte*, byte*, int*, T*, int*, T*, T*, int*, int*, int*, int*, void>)library.Symbol($"{p}syevd_");
        _gesdd = (delegate* unmanaged<byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, int*, void>)library.Symbol($"{p}gesdd_");
        _gesvd = (delegate* unmanaged<byte*, byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, void>)library.Symbol($"{p}gesvd_");
        _potrf = (delegate* unmanaged<byte*, int*, T*, int*, int*, void>)library.Symbol($"{p}potrf_");
        _gelqf = (delegate* unmanaged<int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}gelqf_");
        _orglq = (delegate* unmanaged<int*, int*, int*, T*, int*, T*, T*, int*, int*, void>)library.Symbol($"{p}orglq_");
        _partialEigen = new OpenBlasPartialEigen<T>(library);
    }

    public void Multiply(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        int inner = transposeA ? a.Rows : a.Columns;
        int shares = (double)c.Rows * c.Columns * inner < WorthDividing ? 1 : Math.Min(ThreadBudget.Shares, c.Rows / FewestRows);
        if (shares <= 1)
            Product(alpha, a, transposeA, b, transposeB, beta, c);
        else
            Divided(shares, alpha, a, transposeA, b, transposeB, beta, c);
    }

    /// <summary>The product by rows of c, a share for each thread.</summary>
    private void Divided(int shares, T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        ThreadBudget.Divide(shares, share =>
        {
            int from = RowOf(share), count = RowOf(share + 1) - from;
            Product(alpha, transposeA ? a.ColumnSlice(from, count) : a.RowSlice(from, count), transposeA, b, transposeB, beta, c.RowSlice(from, count));
        });

        int RowOf(int share) => share == shares ? c.Rows : (int)((long)c.Rows * share / shares) / RowStep * RowStep;
    }

    private void Product(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        int inner = transposeA ? a.Rows : a.Columns;
        fixed (T* pA = a, pB = b, pC = c)
            _gemm(RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose, c.Rows, c.Columns, inner,
                alpha, pA, Leading(a), pB, Leading(b), beta, pC, Leading(c));
    }

    public void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y)
    {
        using var from = new AlignedVector<T>(x);
        using var to = new AlignedVector<T>(y.Length);
        fixed (T* pA = a, px = from.Matrix, py = to.Matrix)
            _gemv(RowMajor, transposeA ? Transpose : NoTranspose, a.Rows, a.Columns, T.One, pA, Leading(a), px, 1, T.Zero, py, 1);
        to.Matrix.AsSpan().CopyTo(y);
    }

    public void Gram(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c)
    {
        int inner = transposeFirst ? a.Rows : a.Columns;
        int shares = (double)c.Rows * c.Rows * inner < WorthDividing ? 1 : Math.Min(ThreadBudget.Shares, c.Rows / FewestRows);
        if (shares <= 1)
            GramRows(alpha, a, transposeFirst, beta, c, 0, c.Rows);
        else
            GramDivided(shares, alpha, a, transposeFirst, beta, c);
    }

    /// <summary>The lower triangle by rows, so that each thread has as much of it.</summary>
    private void GramDivided(int shares, T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c)
    {
        ThreadBudget.Divide(shares, share => GramRows(alpha, a, transposeFirst, beta, c, RowOf(share), RowOf(share + 1)));

        int RowOf(int share) => share == shares ? c.Rows : (int)(c.Rows * Math.Sqrt((double)share / shares)) / RowStep * RowStep;
    }

    /// <summary>
    /// Rows of the lower triangle, and the columns that mirror them: what is left of the diagonal block is a product of two, the block itself symmetric.
    /// </summary>
    private void GramRows(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c, int from, int to)
    {
        var mine = transposeFirst ? a.ColumnSlice(from, to - from) : a.RowSlice(from, to - from);
        if (from > 0)
        {
            var before = transposeFirst ? a.ColumnSlice(0, from) : a.RowSlice(0, from);
            Product(alpha, mine, transposeFirst, before, !transposeFirst, beta, c.Slice(from, 0, to - from, from));
        }
        var block = c.Slice(from, from, to - from, to - from);
        fixed (T* pMine = mine, pBlock = block)
            _syrk(RowMajor, Lower, transposeFirst ? Transpose : NoTranspose, block.Rows, transposeFirst ? a.Rows : a.Columns, alpha, pMine, Leading(mine),
                beta, pBlock, Leading(block));
        c.MirrorLower(from, to - from);
    }

    public void SymmetricEigenvalues(Matrix<T> symmetric, Span<T> values) => Eigen((byte)'N', symmetric, values);

    /// <summary>LAPACK puts eigenvectors in columns; read row by row, they are rows.</summary>
    public void SymmetricEigen(Matrix<T> symmetric, Span<T> values) => Eigen((byte)'V', symmetric, values);

    public int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted)
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

    public void SingularValues(Matrix<T> matrix, Span<T> values) => Svd((byte)'N', matrix, default, values, default);

    public void SingularValueDecomposition(Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt) => Svd((byte)'S', matrix, u, values, vt);

    /// <summary>An upper factor in columns is a lower factor in rows: potrf is asked for 'U' and leaves L.</summary>
    public bool TryCholesky(Matrix<T> matrix)
    {
        int n = matrix.Rows, stride = Leading(matrix), info;
        byte upper = (byte)'U';
        fixed (T* pMatrix = matrix)
            _potrf(&upper, &n, pMatrix, &stride, &info);
        RequireLegal(info, "potrf");
        for (int i = 0; i < n; i++)
            matrix.Row(i)[(i + 1)..].Clear();
        return info == 0;
    }

    /// <summary>
    /// LAPACK sees Mᵀ (n × m); its LQ decomposition Mᵀ = L·P is M = Pᵀ·Lᵀ, so Q = Pᵀ and R = Lᵀ already stand row-major.
    /// </summary>
    public void Qr(Matrix<T> matrix, Matrix<T> r)
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

    private void Eigen(byte job, Matrix<T> symmetric, Span<T> values)
    {
        int n = symmetric.Rows, stride = Leading(symmetric), info, query = -1;
        byte lowerInRows = (byte)'U';
        using var found = new AlignedVector<T>(n);
        T wanted;
        int wantedIntegers;
        fixed (T* pMatrix = symmetric, pValues = found.Matrix)
            _syevd(&job, &lowerInRows, &n, pMatrix, &stride, pValues, &wanted, &query, &wantedIntegers, &query, &info);
        int size = WorkSize(wanted), integers = wantedIntegers;
        using var work = new AlignedVector<T>(size);
        var integerWork = ArrayPool<int>.Shared.Rent(integers);
        fixed (T* pMatrix = symmetric, pValues = found.Matrix, pWork = work.Matrix)
        fixed (int* pIntegers = integerWork)
            _syevd(&job, &lowerInRows, &n, pMatrix, &stride, pValues, pWork, &size, pIntegers, &integers, &info);
        ArrayPool<int>.Shared.Return(integerWork);
        found.Matrix.AsSpan().CopyTo(values);
        RequireConverged(info, "syevd", symmetric);
    }

    /// <summary>
    /// LAPACK sees Mᵀ = V S Uᵀ: what it calls U is V by columns (our Vᵀ by rows), what it calls VT is
    /// Uᵀ by columns (our U by rows). Divide and conquer (gesdd) is the faster way; it fails to converge
    /// on rare matrices that are singular to rounding, and then the slower iteration (gesvd) does the work.
    /// </summary>
    private void Svd(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        using var original = MatrixPool<T>.Rent(matrix.Rows, matrix.Columns);
        matrix.CopyTo(original.Matrix);
        if (SvdDivideAndConquer(job, matrix, u, values, vt) == 0)
            return;
        original.Matrix.CopyTo(matrix);
        SvdIteration(job, matrix, u, values, vt);
    }

    private int SvdDivideAndConquer(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        int m = matrix.Columns, n = matrix.Rows, stride = Leading(matrix), info, query = -1;
        int leadingU = Leading(vt), leadingVt = Leading(u);
        using var found = new AlignedVector<T>(values.Length);
        T wanted;
        var integerWork = ArrayPool<int>.Shared.Rent(8 * Math.Min(m, n));
        fixed (T* pMatrix = matrix, pU = u, pVt = vt, pValues = found.Matrix)
        fixed (int* pIntegers = integerWork)
        {
            _gesdd(&job, &m, &n, pMatrix, &stride, pValues, pVt, &leadingU, pU, &leadingVt, &wanted, &query, pIntegers, &info);
            int size = WorkSize(wanted);
            using var work = new AlignedVector<T>(size);
            fixed (T* pWork = work.Matrix)
                _gesdd(&job, &m, &n, pMatrix, &stride, pValues, pVt, &leadingU, pU, &leadingVt, pWork, &size, pIntegers, &info);
        }
        ArrayPool<int>.Shared.Return(integerWork);
        found.Matrix.AsSpan().CopyTo(values);
        RequireLegal(info, "gesdd");
        return info;
    }

    private void SvdIteration(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
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

    /// <summary>BLAS wants a leading size of at least the row length, also where a single row leaves the stride without meaning.</summary>
    private static int Leading(Matrix<T> matrix) => Math.Max(1, Math.Max(matrix.Stride, matrix.Columns));

    /// <summary>
    /// LAPACK tells a work space's size as a number of the element type, and in single precision
    /// may have rounded it down: the next number up is enough.
    /// </summary>
    private static int WorkSize(T wanted) => int.CreateChecked(T.Ceiling(T.BitIncrement(wanted)));

    private static void RequireLegal(int info, string routine)
    {
        if (info < 0)
            throw new InvalidOperationException($"LAPACK {routine} refused its argument {-info}.");
    }

    private static void RequireConverged(int info, string routine, Matrix<T> matrix)
    {
        RequireLegal(info, routine);
        if (info > 0)
            throw new ArithmeticException($"LAPACK {routine} did not converge on a {matrix} matrix ({info} values left).");
    }
}
