using System.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace SpecGD.Numerics.LinearAlgebra.Managed;

/// <summary>
/// <see cref="ILinearAlgebra{T}"/> on MathNet's managed provider, for machines without OpenBLAS. MathNet works on column-major arrays, that
/// is on the transpose of each row-major matrix; products and decompositions are stated for the transpose, as on LAPACK.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class ManagedLinearAlgebra<T> : ILinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // The provider implements its interface once for each element type; the cast picks the one of T.
    private readonly ILinearAlgebraProvider<T> _provider = Provider();

    /// <summary>
    /// Row-major C = op(A) op(B) is column-major Cᵀ = op(B)ᵀ op(A)ᵀ, and the arrays hold Aᵀ
    /// and Bᵀ: the factors change places, their flags stay.
    /// </summary>
    public void Multiply(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c)
    {
        var product = beta == T.Zero ? new T[c.Count] : Packed(c);
        _provider.MatrixMultiplyWithUpdate(
            Flag(transposeB), Flag(transposeA), alpha, Packed(b), b.Columns, b.Rows, Packed(a), a.Columns, a.Rows, beta, product);
        Unpack(product, c);
    }

    public void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y)
    {
        if (transposeA)
            y.Clear();
        for (int i = 0; i < a.Rows; i++)
        {
            if (transposeA)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<T>(a.Row(i), x[i], y, y);
            else
                y[i] = System.Numerics.Tensors.TensorPrimitives.Dot<T>(a.Row(i), x);
        }
    }

    public void Gram(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c)
    {
        Multiply(alpha, a, transposeFirst, a, !transposeFirst, beta, c);
        c.MirrorLower(0, c.Rows); // the two triangles may differ in the last bit
    }

    public void SymmetricEigenvalues(Matrix<T> symmetric, Span<T> values) => SymmetricEigen(symmetric, values);

    public void SymmetricEigen(Matrix<T> symmetric, Span<T> values)
    {
        int n = symmetric.Rows;
        symmetric.MirrorLower(0, n); // only the lower triangle counts
        var eigenvalues = new Complex[n];
        var vectors = Matrix<T>.Uninitialized(n, n);
        var columns = new T[n * n];
        _provider.EigenDecomp(true, n, Packed(symmetric), columns, eigenvalues, new T[n * n]);
        columns.CopyTo(vectors.AsSpan()); // MathNet's column is our row
        var diagonal = Array.ConvertAll(eigenvalues, value => value.Real);
        if (!JacobiEigen.RowsAreOrthonormal(vectors))
            JacobiEigen.Decompose(symmetric, vectors, diagonal); // MathNet loses orthogonality on some matrices of low rank

        var ascending = Enumerable.Range(0, n).ToArray();
        Array.Sort(diagonal, ascending);
        for (int i = 0; i < n; i++)
        {
            values[i] = T.CreateChecked(diagonal[i]);
            vectors.Row(ascending[i]).CopyTo(symmetric.Row(i));
        }
    }

    public int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted)
    {
        SymmetricEigen(symmetric, values);
        return wanted(values);
    }

    public void SingularValues(Matrix<T> matrix, Span<T> values)
    {
        int m = matrix.Columns, n = matrix.Rows, k = Math.Min(m, n);
        var s = new T[k];
        int exponent = Raise(matrix);
        _provider.SingularValueDecomposition(false, Packed(matrix), m, n, s, new T[m * m], new T[n * n]);
        Lower(s, exponent, values);
    }

    /// <summary>
    /// Mᵀ = V S Uᵀ: MathNet's U (m × m, columns) holds V, of which the first k columns are our
    /// rows of Vᵀ; its VT (n × n) holds Uᵀ, read row-major it is U.
    /// </summary>
    public void SingularValueDecomposition(Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt)
    {
        int m = matrix.Columns, n = matrix.Rows, k = Math.Min(m, n);
        var s = new T[k];
        var left = new T[m * m];
        var right = new T[n * n];
        int exponent = Raise(matrix);
        _provider.SingularValueDecomposition(true, Packed(matrix), m, n, s, left, right);
        Lower(s, exponent, values);
        for (int i = 0; i < k; i++)
            left.AsSpan(i * m, m).CopyTo(vt.Row(i));
        for (int i = 0; i < n; i++)
            right.AsSpan(i * n, k).CopyTo(u.Row(i));
    }

    public bool TryCholesky(Matrix<T> matrix)
    {
        int n = matrix.Rows;
        var factor = Packed(matrix.Transposed()); // MathNet fills the lower triangle of columns
        try
        {
            _provider.CholeskyFactor(factor, n);
        }
        catch (ArgumentException) // MathNet's word for "not positive definite"
        {
            return false;
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                matrix[i, j] = j > i ? T.Zero : factor[(j * n) + i];
        return true;
    }

    public void Qr(Matrix<T> matrix, Matrix<T> r)
    {
        int m = matrix.Rows, n = matrix.Columns;
        var q = Packed(matrix.Transposed());
        var upper = new T[n * n];
        _provider.ThinQRFactor(q, m, n, upper, new T[n]);
        for (int j = 0; j < n; j++)
        {
            for (int i = 0; i < m; i++)
                matrix[i, j] = q[(j * m) + i];
            for (int i = 0; i < n; i++)
                r[i, j] = i > j ? T.Zero : upper[(j * n) + i];
        }
    }

    private static ILinearAlgebraProvider<T> Provider() => (ILinearAlgebraProvider<T>)(object)ManagedLinearAlgebraProvider.Instance;

    private static MathNet.Numerics.Providers.LinearAlgebra.Transpose Flag(bool transpose) =>
        transpose ? MathNet.Numerics.Providers.LinearAlgebra.Transpose.Transpose : MathNet.Numerics.Providers.LinearAlgebra.Transpose.DontTranspose;

    /// <summary>
    /// Multiplies the matrix by a power of two, exactly, so that its largest entry is near 2^200 (2^30
    /// in single precision): MathNet's SVD takes numbers below about ε for zero whatever the size of
    /// the rest, and would lose the small singular values. Gives the power, or 0 for a zero matrix.
    /// </summary>
    private static int Raise(Matrix<T> matrix)
    {
        T largest = matrix.LargestMagnitude();
        if (largest == T.Zero)
            return 0;
        int exponent = (typeof(T) == typeof(double) ? 200 : 30) - T.ILogB(largest);
        for (int i = 0; i < matrix.Rows; i++)
            foreach (ref T entry in matrix.Row(i))
                entry = T.ScaleB(entry, exponent);
        return exponent;
    }

    private static void Lower(T[] raised, int exponent, Span<T> values)
    {
        for (int i = 0; i < raised.Length; i++)
            values[i] = T.ScaleB(raised[i], -exponent);
    }

    private static T[] Packed(Matrix<T> matrix)
    {
        var packed = new T[matrix.Count];
        for (int i = 0; i < matrix.Rows; i++)
            matrix.Row(i).CopyTo(packed.AsSpan(i * matrix.Columns));
        return packed;
    }

    private static void Unpack(ReadOnlySpan<T> packed, Matrix<T> matrix)
    {
        for (int i = 0; i < matrix.Rows; i++)
            packed.Slice(i * matrix.Columns, matrix.Columns).CopyTo(matrix.Row(i));
    }
}
