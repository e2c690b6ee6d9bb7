using System.Numerics;

namespace SpecGD.Numerics.LinearAlgebra;

/// <summary>
/// What a backend computes for one element type. Callers go through <see cref="Linear"/>, which checks shapes and finiteness once, so an
/// implementation may rely on both. Shapes are rows × columns; every matrix is row-major with any stride.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILinearAlgebra<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// c ← alpha · op(a) op(b) + beta · c, where op transposes if asked to. c may not overlap a or b; it is not read if beta is 0.
    /// </summary>
    void Multiply(T alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, T beta, Matrix<T> c);

    /// <summary>y ← op(a) x.</summary>
    void Multiply(Matrix<T> a, bool transposeA, ReadOnlySpan<T> x, Span<T> y);

    /// <summary>
    /// c ← alpha · a aᵀ + beta · c, or alpha · aᵀ a + beta · c if <paramref name="transposeFirst"/>, for symmetric c; both triangles of the result are
    /// filled. c is not read if beta is 0.
    /// </summary>
    void Gram(T alpha, Matrix<T> a, bool transposeFirst, T beta, Matrix<T> c);

    /// <summary>Eigenvalues of the symmetric n × n matrix, ascending. The matrix is destroyed.</summary>
    void SymmetricEigenvalues(Matrix<T> symmetric, Span<T> values);

    /// <summary>
    /// Eigenvalues, ascending, and orthonormal eigenvectors of the symmetric n × n matrix, which they replace: row i is the vector of value i.
    /// </summary>
    void SymmetricEigen(Matrix<T> symmetric, Span<T> values);

    /// <summary>
    /// Eigenvalues, ascending, of the symmetric n × n matrix, and orthonormal eigenvectors of the smallest, as many as are wanted: they replace
    /// the first rows of the matrix; its other rows are destroyed.
    /// </summary>
    /// <returns>How many vectors there are.</returns>
    int SymmetricEigenLowest(Matrix<T> symmetric, Span<T> values, LowestVectorsWanted<T> wanted);

    /// <summary>The min(m, n) singular values, descending. The matrix is destroyed.</summary>
    void SingularValues(Matrix<T> matrix, Span<T> values);

    /// <summary>
    /// Thin singular value decomposition of m × n = u diag(values) vt with k = min(m, n): u is m × k, vt is k × n. The matrix is destroyed.
    /// </summary>
    void SingularValueDecomposition(Matrix<T> matrix, Matrix<T> u, Span<T> values, Matrix<T> vt);

    /// <summary>Lower Cholesky factor L of the symmetric positive definite matrix = L Lᵀ, in its place; the upper triangle becomes zero.</summary>
    /// <returns>False where the matrix is not positive definite; its contents are then undefined.</returns>
    bool TryCholesky(Matrix<T> matrix);

    /// <summary>
    /// Thin QR of m × n with m ≥ n: the matrix becomes Q (m × n, orthonormal columns), <paramref name="r"/> (n × n) upper triangular.
    /// </summary>
    void Qr(Matrix<T> matrix, Matrix<T> r);
}
