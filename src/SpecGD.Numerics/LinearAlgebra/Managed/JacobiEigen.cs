using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Numerics.LinearAlgebra.Managed;

/// <summary>
/// Eigendecomposition of a symmetric matrix by cyclic Jacobi rotations: slower than
/// tridiagonalisation, but its vectors are orthonormal to rounding whatever the matrix.
/// </summary>
internal static class JacobiEigen
{
    /// <summary>Largest inner product of two rows, or error of a squared length, that counts as rounding: so many ε times the size.</summary>
    private const double OrthonormalRounding = 32;

    /// <summary>Convergence is quadratic; matrices of every size are done after some ten sweeps.</summary>
    private const int MostSweeps = 60;

    /// <summary>Whether the rows of a square matrix are orthonormal to rounding.</summary>
    public static bool RowsAreOrthonormal<T>(Matrix<T> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T allowed = T.CreateChecked(OrthonormalRounding * rows.Rows) * (T.BitIncrement(T.One) - T.One);
        for (int i = 0; i < rows.Rows; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                T expected = i == j ? T.One : T.Zero;
                if (!(T.Abs(TensorPrimitives.Dot<T>(rows.Row(i), rows.Row(j)) - expected) <= allowed))
                    return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Writes the eigenvectors into the rows of <paramref name="vectors"/> and the eigenvalues, in the same order, into
    /// <paramref name="values"/>; destroys the matrix.
    /// </summary>
    public static void Decompose<T>(Matrix<T> symmetric, Matrix<T> vectors, Span<double> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = symmetric.Rows;
        Matrix.Identity<T>(n).CopyTo(vectors);
        T negligible = (T.BitIncrement(T.One) - T.One) * symmetric.LargestMagnitude() / T.CreateChecked(8);
        bool rotated = true;
        for (int sweep = 0; rotated && sweep < MostSweeps; sweep++)
        {
            rotated = false;
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    if (T.Abs(symmetric[p, q]) <= negligible)
                        continue;
                    rotated = true;
                    Rotate(symmetric, vectors, p, q);
                }
            }
        }
        for (int i = 0; i < n; i++)
            values[i] = double.CreateChecked(symmetric[i, i]);
    }

    /// <summary>
    /// A ← JᵀAJ and V ← JᵀV with the rotation J in the plane (p, q) that makes A_pq zero, by the smaller of the two angles.
    /// </summary>
    private static void Rotate<T>(Matrix<T> a, Matrix<T> vectors, int p, int q)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T two = T.One + T.One;
        T theta = (a[q, q] - a[p, p]) / (two * a[p, q]);
        T tangent = (theta < T.Zero ? -T.One : T.One) / (T.Abs(theta) + T.Hypot(theta, T.One));
        T cosine = T.One / T.Hypot(tangent, T.One), sine = tangent * cosine;
        for (int k = 0; k < a.Rows; k++)
            (a[k, p], a[k, q]) = ((cosine * a[k, p]) - (sine * a[k, q]), (sine * a[k, p]) + (cosine * a[k, q]));
        RotateRows(a, p, q, cosine, sine);
        RotateRows(vectors, p, q, cosine, sine);
    }

    private static void RotateRows<T>(Matrix<T> matrix, int p, int q, T cosine, T sine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> rowP = matrix.Row(p), rowQ = matrix.Row(q);
        for (int k = 0; k < rowP.Length; k++)
            (rowP[k], rowQ[k]) = ((cosine * rowP[k]) - (sine * rowQ[k]), (sine * rowP[k]) + (cosine * rowQ[k]));
    }
}
