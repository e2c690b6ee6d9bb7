using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SpecGD.Numerics;

/// <summary>Elementwise work on matrices, vectorised, in place or into a destination; nothing here allocates.</summary>
public static class MatrixArithmetic
{
    /// <summary>Side of the tiles in which matrices are transposed; one of doubles takes a sixth of the first-level cache.</summary>
    private const int Tile = 32;

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
        T largest = T.Zero;
        for (int i = 0; i < matrix.Rows; i++)
            largest = T.Max(largest, LargestMagnitude<T>(matrix.Row(i)));
        return largest;
    }

    /// <summary>
    /// Without their sign, the bits of floating-point numbers are integers in the order of the numbers, with infinity above all and NaN above infinity: the
    /// largest is found at the rate at which memory is read.
    /// </summary>
    private static T LargestMagnitude<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
            return T.CreateChecked(BitConverter.Int64BitsToDouble(LargestWithoutSign(MemoryMarshal.Cast<T, long>(values), long.MaxValue)));
        if (typeof(T) == typeof(float))
            return T.CreateChecked(BitConverter.Int32BitsToSingle(LargestWithoutSign(MemoryMarshal.Cast<T, int>(values), int.MaxValue)));
        return values.IsEmpty ? T.Zero : T.Abs(TensorPrimitives.MaxMagnitude(values));
    }

    private static TBits LargestWithoutSign<TBits>(ReadOnlySpan<TBits> bits, TBits allButSign)
        where TBits : unmanaged, IBinaryInteger<TBits>
    {
        var mask = new Vector<TBits>(allButSign);
        var largest = Vector<TBits>.Zero;
        var vectors = MemoryMarshal.Cast<TBits, Vector<TBits>>(bits);
        foreach (var vector in vectors)
            largest = Vector.Max(largest, vector & mask);
        TBits result = TBits.Zero;
        for (int i = 0; i < Vector<TBits>.Count; i++)
            result = TBits.Max(result, largest[i]);
        foreach (TBits rest in bits[(vectors.Length * Vector<TBits>.Count)..])
            result = TBits.Max(result, rest & allButSign);
        return result;
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
        Span<T> tile = stackalloc T[Tile * Tile];
        for (int top = 0; top < matrix.Rows; top += Tile)
            for (int left = 0; left < matrix.Columns; left += Tile)
                TransposeTile(matrix, top, left, into, tile);
    }

    /// <summary>
    /// Rows of the lower triangle of a square matrix, <paramref name="count"/> of them, become the columns of the upper that mirror them, so that threads
    /// which have the rows of the lower triangle among them fill the upper together.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public static void MirrorLower<T>(this Matrix<T> symmetric, int from, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>.RequireShape(symmetric, symmetric.Rows, symmetric.Rows, nameof(symmetric));
        var rows = symmetric.RowSlice(from, count);
        Span<T> tile = stackalloc T[Tile * Tile];
        for (int top = 0; top < count; top += Tile)
        {
            int diagonal = from + top;
            for (int left = 0; left + Tile <= diagonal; left += Tile)
                TransposeTile(rows, top, left, symmetric.ColumnSlice(from, count), tile);
            for (int i = diagonal; i < Math.Min(diagonal + Tile, from + count); i++)
                for (int j = diagonal / Tile * Tile; j < i; j++)
                    symmetric[j, i] = symmetric[i, j];
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

    /// <summary>
    /// A tile of a matrix to its place in the transpose, by way of <paramref name="tile"/>: written down its columns where they are, a power of two as
    /// stride would put a whole column into one set of the cache.
    /// </summary>
    private static void TransposeTile<T>(Matrix<T> matrix, int top, int left, Matrix<T> into, Span<T> tile)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int height = Math.Min(Tile, matrix.Rows - top), width = Math.Min(Tile, matrix.Columns - left);
        for (int i = 0; i < height; i++)
        {
            var row = matrix.Row(top + i).Slice(left, width);
            for (int j = 0; j < row.Length; j++)
                tile[(j * Tile) + i] = row[j];
        }
        for (int j = 0; j < width; j++)
            tile.Slice(j * Tile, height).CopyTo(into.Row(left + j).Slice(top, height));
    }
}
