using System.Numerics;

namespace SpecGD.Numerics.LinearAlgebra;

/// <summary>
/// Linear algebra on matrices by the backend in force (<see cref="Backend.Current"/>). Shapes are checked here; decompositions also refuse
/// entries that are not finite, and leave their arguments as they were.
/// </summary>
public static class Linear
{
    /// <summary>The product op(a) op(b) as a new matrix.</summary>
    /// <exception cref="ArgumentException">The inner sizes differ.</exception>
    public static Matrix<T> Product<T>(Matrix<T> a, Matrix<T> b, bool transposeA = false, bool transposeB = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var c = new Matrix<T>(transposeA ? a.Columns : a.Rows, transposeB ? b.Rows : b.Columns);
        Multiply(T.One, a, transposeA, b, transposeB, T.Zero, c);
        return c;
    }

    /// <summary>c ← alpha · op(a) op(b) + beta · c. c may not share memory with a or b; it is not read if beta is 0.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or c shares memory with a factor.</exception>
    public static void Multiply<T>(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = transposeA ? a.Columns : a.Rows, inner = transposeA ? a.Rows : a.Columns;
        int innerB = transposeB ? b.Columns : b.Rows, columns = transposeB ? b.Rows : b.Columns;
        if (inner != innerB)
            throw new ArgumentException($"A product of {Shape(a, transposeA)} and {Shape(b, transposeB)} has no inner size in common.", nameof(b));
        Matrix<T>.RequireShape(c, rows, columns, nameof(c));
        if (c.IsEmpty)
            return;
        RequireDistinct(c, a, nameof(a));
        RequireDistinct(c, b, nameof(b));
        if (inner == 0)
        {
            ScaleOrClear(c, beta);
            return;
        }
        Backend.Current.For<T>().Multiply(alpha, a, transposeA, b, transposeB, beta, c);
    }

    /// <summary>y ← op(a) x.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Multiply<T>(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = transposeA ? a.Columns : a.Rows, columns = transposeA ? a.Rows : a.Columns;
        if (x.Length != columns || y.Length != rows)
            throw new ArgumentException(
                $"A vector of {x.Length} does not become one of {y.Length} by a matrix of {Shape(a, transposeA)}.", nameof(x));
        if (a.IsEmpty)
            y.Clear();
        else
            Backend.Current.For<T>().Multiply(a, transposeA, x, y);
    }

    /// <summary>c ← alpha · a aᵀ, or alpha · aᵀ a if <paramref name="transposeFirst"/>; symmetric, both triangles filled.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or c shares memory with a.</exception>
    public static void Gram<T>(T alpha, Matrix<T> a, bool transposeFirst, Matrix<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Gram(alpha, a, transposeFirst, T.Zero, c);

    /// <summary>
    /// c ← alpha · a aᵀ + beta · c, or alpha · aᵀ a + beta · c if <paramref name="transposeFirst"/>, for a symmetric c of which the lower triangle counts;
    /// c is not read if beta is 0.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or c shares memory with a.</exception>
    public static void Gram<T>(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = transposeFirst ? a.Columns : a.Rows;
        Matrix<T>.RequireShape(c, n, n, nameof(c));
        if (a.IsEmpty)
        {
            ScaleOrClear(c, beta);
            c.MirrorLower(0, n);
            return;
        }
        RequireDistinct(c, a, nameof(a));
        Backend.Current.For<T>().Gram(alpha, a, transposeFirst, beta, c);
    }

    /// <summary>Eigenvalues of a symmetric matrix, ascending; only its lower triangle counts.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static T[] SymmetricEigenvalues<T>(Matrix<T> symmetric)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[symmetric.Rows];
        using var work = MatrixPool<T>.Rent(symmetric.Rows, symmetric.Columns);
        symmetric.CopyTo(work.Matrix);
        SymmetricEigenvaluesInPlace(work.Matrix, values);
        return values;
    }

    /// <summary>As <see cref="SymmetricEigenvalues"/>, into <paramref name="values"/>, destroying the matrix instead of copying it.</summary>
    public static void SymmetricEigenvaluesInPlace<T>(Matrix<T> symmetric, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSquare(symmetric, values.Length);
        symmetric.RequireFinite();
        if (!symmetric.IsEmpty)
            Backend.Current.For<T>().SymmetricEigenvalues(symmetric, values);
    }

    /// <summary>
    /// Eigenvalues, ascending, into <paramref name="values"/> and orthonormal eigenvectors in place
    /// of the symmetric matrix: row i is the vector of value i.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static void SymmetricEigenInPlace<T>(Matrix<T> symmetric, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSquare(symmetric, values.Length);
        symmetric.RequireFinite();
        if (!symmetric.IsEmpty)
            Backend.Current.For<T>().SymmetricEigen(symmetric, values);
    }

    /// <summary>
    /// Eigenvalues of a symmetric matrix, ascending, into <paramref name="values"/>, and orthonormal eigenvectors of the smallest, as many as
    /// <paramref name="wanted"/> says once it has seen the values: row i of the matrix becomes the vector of value i, its other rows are
    /// destroyed. Much cheaper than <see cref="SymmetricEigenInPlace"/> where few vectors are wanted.
    /// </summary>
    /// <returns>How many vectors there are.</returns>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static int SymmetricEigenLowestInPlace<T>(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(wanted);
        RequireSquare(symmetric, values.Length);
        symmetric.RequireFinite();
        return symmetric.IsEmpty ? 0 : Backend.Current.For<T>().SymmetricEigenLowest(symmetric, values, wanted);
    }

    /// <summary>The min(m, n) singular values of an m × n matrix, descending.</summary>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static T[] SingularValues<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Math.Min(matrix.Rows, matrix.Columns)];
        SingularValues(matrix, values);
        return values;
    }

    /// <summary>The same into <paramref name="values"/>; nothing is allocated.</summary>
    /// <exception cref="ArgumentException">There are not min(m, n) places.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static void SingularValues<T>(Matrix<T> matrix, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequirePlaces(values.Length, Math.Min(matrix.Rows, matrix.Columns));
        matrix.RequireFinite();
        if (values.IsEmpty)
            return;
        using var work = MatrixPool<T>.Rent(matrix.Rows, matrix.Columns);
        matrix.CopyTo(work.Matrix);
        Backend.Current.For<T>().SingularValues(work.Matrix, values);
    }

    /// <summary>Thin SVD of an m × n matrix = u diag(values) vt with k = min(m, n): u is m × k, values descend, vt is k × n.</summary>
    /// <exception cref="ArgumentException">A destination has another shape.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static void SingularValueDecomposition<T>(Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        Matrix<T>.RequireShape(u, matrix.Rows, k, nameof(u));
        Matrix<T>.RequireShape(vt, k, matrix.Columns, nameof(vt));
        RequirePlaces(values.Length, k);
        matrix.RequireFinite();
        if (k == 0)
            return;
        using var work = MatrixPool<T>.Rent(matrix.Rows, matrix.Columns);
        matrix.CopyTo(work.Matrix);
        Backend.Current.For<T>().SingularValueDecomposition(work.Matrix, u, values, vt);
    }

    /// <summary>Lower Cholesky factor L of a symmetric positive definite matrix = L Lᵀ.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static Matrix<T> Cholesky<T>(Matrix<T> symmetric)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = symmetric.Clone();
        if (!TryCholeskyInPlace(factor))
            throw new ArithmeticException($"The {symmetric} matrix is not positive definite, so it has no Cholesky factor.");
        return factor;
    }

    /// <summary>
    /// Overwrites the lower triangle of a symmetric matrix with its Cholesky factor; false, with the matrix in part overwritten, where it is not
    /// positive definite to rounding.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static bool TryCholeskyInPlace<T>(Matrix<T> symmetric)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSquare(symmetric, symmetric.Rows);
        symmetric.RequireFinite();
        return symmetric.IsEmpty || Backend.Current.For<T>().TryCholesky(symmetric);
    }

    /// <summary>Thin QR of an m × n matrix with m ≥ n: Q is m × n with orthonormal columns, R is n × n upper triangular.</summary>
    /// <exception cref="ArgumentException">The matrix is wider than tall.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static (Matrix<T> Q, Matrix<T> R) Qr<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (matrix.Rows < matrix.Columns)
            throw new ArgumentException($"A thin QR needs at least as many rows as columns; the matrix is {matrix}.", nameof(matrix));
        matrix.RequireFinite();
        var q = matrix.Clone();
        var r = new Matrix<T>(matrix.Columns, matrix.Columns);
        if (!q.IsEmpty)
            Backend.Current.For<T>().Qr(q, r);
        return (q, r);
    }

    /// <summary>c ← beta · c, where beta = 0 clears whatever c holds.</summary>
    private static void ScaleOrClear<T>(Matrix<T> c, T beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (beta == T.Zero)
            c.Fill(T.Zero);
        else
            c.Scale(beta);
    }

    private static void RequirePlaces(int places, int singularValues)
    {
        if (places != singularValues)
            throw new ArgumentException($"There are {singularValues} singular values; the destination holds {places}.", nameof(places));
    }

    private static string Shape<T>(Matrix<T> matrix, bool transpose)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => transpose ? $"({matrix})ᵀ" : matrix.ToString();

    private static void RequireSquare<T>(Matrix<T> matrix, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (matrix.Rows != matrix.Columns || matrix.Rows != size)
            throw new ArgumentException($"A symmetric {size}×{size} matrix is needed; this one is {matrix}.", nameof(matrix));
    }

    private static void RequireDistinct<T>(Matrix<T> destination, Matrix<T> source, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (destination.SharesMemoryWith(source))
            throw new ArgumentException($"The destination shares memory with '{name}'; a product needs one of its own.", name);
    }
}
