using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Numerics;

/// <summary>Elementwise work on matrices, vectorised, in place or into a destination; nothing here allocates.</summary>
public static class MatrixArithmetic
{
    /// <summary>M ← factor · M.</summary>
    public static void Scale<T>(this Matrix<T> matrix, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < matrix.Rows; i++)
            TensorPrimitives.Multiply(matrix.Row(i), factor, matrix.Row(i));
    }

    /// <summary>M ← M + factor · <paramref name="other"/>, of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void AddScaled<T>(this Matrix<T> matrix, T factor, Matrix<T> other)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(other, matrix.Rows, matrix.Columns, nameof(other));
        for (int i = 0; i < matrix.Rows; i++)
            TensorPrimitives.MultiplyAdd(other.Row(i), factor, matrix.Row(i), matrix.Row(i));
    }

    /// <summary><paramref name="into"/> ← a − b, all of one shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Subtract<T>(Matrix<T> a, Matrix<T> b, Matrix<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(b, a.Rows, a.Columns, nameof(b));
        Matrix<T>.RequireShape(into, a.Rows, a.Columns, nameof(into));
        for (int i = 0; i < a.Rows; i++)
            TensorPrimitives.Subtract<T>(a.Row(i), b.Row(i), into.Row(i));
    }

    /// <summary>M ← M ∘ <paramref name="other"/>, entry by entry, of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void MultiplyElementwise<T>(this Matrix<T> matrix, Matrix<T> other)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(other, matrix.Rows, matrix.Columns, nameof(other));
        for (int i = 0; i < matrix.Rows; i++)
            TensorPrimitives.Multiply(matrix.Row(i), other.Row(i), matrix.Row(i));
    }

    /// <summary>⟨a, b⟩ = Σ a_ij b_ij, for two matrices of one shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static T Dot<T>(Matrix<T> a, Matrix<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(b, a.Rows, a.Columns, nameof(b));
        T sum = T.Zero;
        for (int i = 0; i < a.Rows; i++)
            sum += TensorPrimitives.Dot<T>(a.Row(i), b.Row(i));
        return sum;
    }

    /// <summary>Σ M_ij², without protection against overflow; zero for an empty matrix.</summary>
    public static T SumOfSquares<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < matrix.Rows; i++)
            sum += TensorPrimitives.SumOfSquares<T>(matrix.Row(i));
        return sum;
    }

    /// <summary>max |M_ij|, zero for an empty matrix; NaN where an entry is NaN.</summary>
    public static T LargestMagnitude<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (matrix.IsEmpty)
            return T.Zero;
        T largest = T.Zero;
        for (int i = 0; i < matrix.Rows; i++)
            largest = T.Max(largest, T.Abs(TensorPrimitives.MaxMagnitude<T>(matrix.Row(i))));
        return largest;
    }

    /// <summary>Throws where an entry is NaN or infinite.</summary>
    /// <exception cref="NonFiniteMatrixException">The first such entry, with its place.</exception>
    public static void RequireFinite<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (T.IsFinite(matrix.LargestMagnitude()))
            return;
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                if (!T.IsFinite(matrix[i, j]))
                    throw new NonFiniteMatrixException(matrix.Rows, matrix.Columns, i, j, double.CreateChecked(matrix[i, j]));
    }

    /// <summary><paramref name="into"/> ← Mᵀ; the two may not share memory.</summary>
    /// <exception cref="ArgumentException">The destination has not the transposed shape.</exception>
    public static void TransposeTo<T>(this Matrix<T> matrix, Matrix<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(into, matrix.Columns, matrix.Rows, nameof(into));
        const int tile = 32; // two tiles of doubles fit the first-level cache
        for (int top = 0; top < matrix.Rows; top += tile)
        {
            for (int left = 0; left < matrix.Columns; left += tile)
            {
                int bottom = Math.Min(top + tile, matrix.Rows), right = Math.Min(left + tile, matrix.Columns);
                for (int i = top; i < bottom; i++)
                {
                    var row = matrix.Row(i);
                    for (int j = left; j < right; j++)
                        into[j, i] = row[j];
                }
            }
        }
    }

    /// <summary>Mᵀ as a matrix of its own.</summary>
    public static Matrix<T> Transposed<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var transposed = Matrix<T>.Uninitialized(matrix.Columns, matrix.Rows);
        matrix.TransposeTo(transposed);
        return transposed;
    }
}
