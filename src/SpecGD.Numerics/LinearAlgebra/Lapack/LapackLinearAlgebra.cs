using System.Buffers;
using System.Numerics;

namespace SpecGD.Numerics.LinearAlgebra.Lapack;

/// <summary>
/// What the native backends share: products divided among the threads, and the decompositions by LAPACK. LAPACK is column-major: it sees the transpose of
/// every row-major matrix, which each method turns to its account instead of copying (the comments say how).
/// </summary>
/// <typeparam name="T"><see cref="float"/> (routines s…) or <see cref="double"/> (routines d…).</typeparam>
internal abstract unsafe class LapackLinearAlgebra<T> : ILinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Products of so many multiplications are divided among the threads here, by rows of the result, and not within the library: its threads go on
    /// looking for work for milliseconds after each product, on processors that the work between two products needs.
    /// </summary>
    private const double WorthDividing = 1 << 20;

    /// <summary>Least rows of a thread's share, and what shares are multiples of, so that kernels' blocks stay whole.</summary>
    private const int FewestRows = 32, RowStep = 16;

    private readonly delegate* unmanaged<byte*, byte*, int*, T*, int*, T*, T*, int*, int*, int*, int*, void> _syevd;
    private readonly delegate* unmanaged<byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, int*, void> _gesdd;
    private readonly delegate* unmanaged<byte*, int*, T*, int*, int*, void> _potrf;

    /// <param name="symbol">Gives the address of a routine.</param>
    protected LapackLinearAlgebra(Func<string, nint> symbol)
    {
        _syevd = (delegate* unmanaged<byte*, byte*, int*, T*, int*, T*, T*, int*, int*, int*, int*, void>)symbol($"{Prefix}syevd_");
        _gesdd = (delegate* unmanaged<byte*, int*, int*, T*, int*, T*, T*, int*, T*, int*, T*, int*, int*, int*, void>)symbol($"{Prefix}gesdd_");
        _potrf = (delegate* unmanaged<byte*, int*, T*, int*, int*, void>)symbol($"{Prefix}potrf_");
    }

    /// <summary>What routines of the element type begin with.</summary>
    protected static char Prefix => sizeof(T) == sizeof(double) ? 'd' : 's';

    /// <summary>c ← alpha · op(a) op(b) + beta · c in one call of the library.</summary>
    protected abstract void Product(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c);

    /// <summary>The lower triangle, with the diagonal, of block ← alpha · a aᵀ + beta · block, or aᵀ a; what stands above it is free.</summary>
    protected abstract void LowerTriangle(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> block);

    /// <summary>The singular value decomposition where divide and conquer did not converge.</summary>
    protected abstract void SlowSvd(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt);

    /// <summary>Tells the library how many threads the next call on this thread may use, where it does not know yet.</summary>
    protected virtual void PrepareThreads()
    {
    }

    public abstract void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y);

    public abstract int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted);

    public abstract void Qr(Matrix<T> matrix, Matrix<T> r);

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
        LowerTriangle(alpha, mine, transposeFirst, beta, block);
        c.MirrorLower(from, to - from);
    }

    public void SymmetricEigenvalues(Matrix<T> symmetric, Span<T> values) => Eigen((byte)'N', symmetric, values);

    /// <summary>LAPACK puts eigenvectors in columns; read row by row, they are rows.</summary>
    public void SymmetricEigen(Matrix<T> symmetric, Span<T> values) => Eigen((byte)'V', symmetric, values);

    public void SingularValues(Matrix<T> matrix, Span<T> values) => Svd((byte)'N', matrix, default, values, default);

    public void SingularValueDecomposition(Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt) => Svd((byte)'S', matrix, u, values, vt);

    /// <summary>An upper factor in columns is a lower factor in rows: potrf is asked for 'U' and leaves L.</summary>
    public bool TryCholesky(Matrix<T> matrix)
    {
        PrepareThreads();
        int n = matrix.Rows, stride = Leading(matrix), info;
        byte upper = (byte)'U';
        fixed (T* pMatrix = matrix)
            _potrf(&upper, &n, pMatrix, &stride, &info);
        RequireLegal(info, "potrf");
        for (int i = 0; i < n; i++)
            matrix.Row(i)[(i + 1)..].Clear();
        return info == 0;
    }

    private void Eigen(byte job, Matrix<T> symmetric, Span<T> values)
    {
        PrepareThreads();
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
    /// on rare matrices that are singular to rounding, and then the slower way does the work.
    /// </summary>
    private void Svd(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        using var original = MatrixPool<T>.Rent(matrix.Rows, matrix.Columns);
        matrix.CopyTo(original.Matrix);
        if (SvdDivideAndConquer(job, matrix, u, values, vt) == 0)
            return;
        original.Matrix.CopyTo(matrix);
        SlowSvd(job, matrix, u, values, vt);
    }

    private int SvdDivideAndConquer(byte job, Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        PrepareThreads();
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

    /// <summary>BLAS wants a leading size of at least the row length, also where a single row leaves the stride without meaning.</summary>
    protected static int Leading(Matrix<T> matrix) => Math.Max(1, Math.Max(matrix.Stride, matrix.Columns));

    /// <summary>
    /// LAPACK tells a work space's size as a number of the element type, and in single precision
    /// may have rounded it down: the next number up is enough.
    /// </summary>
    protected static int WorkSize(T wanted) => int.CreateChecked(T.Ceiling(T.BitIncrement(wanted)));

    protected static void RequireLegal(int info, string routine)
    {
        if (info < 0)
            throw new InvalidOperationException($"LAPACK {routine} refused its argument {-info}.");
    }

    protected static void RequireConverged(int info, string routine, Matrix<T> matrix)
    {
        RequireLegal(info, routine);
        if (info > 0)
            throw new ArithmeticException($"LAPACK {routine} did not converge on a {matrix} matrix ({info} values left).");
    }
}
