using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SpecGD.Numerics;

/// <summary>
/// A dense matrix of <typeparamref name="T"/> (float or double), row-major: element (i, j) is at i·<see cref="Stride"/> + j.
/// The value is a view, as <see cref="Memory{T}"/> is one: copies and slices share the elements, nothing is copied unless
/// <see cref="Clone"/> or <see cref="CopyTo"/> says so. The elements live in pinned memory aligned to 64 bytes that the garbage collector
/// owns; work matrices of a hot loop come from <see cref="MatrixPool{T}"/>.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct Matrix<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Alignment in bytes of the first element of a matrix that is not a slice: one cache line, one AVX-512 register.</summary>
    public const int Alignment = 64;

    private readonly T[]? _buffer;
    private readonly int _offset;

    private Matrix(T[] buffer, int offset, int rows, int columns, int stride)
    {
        _buffer = buffer;
        _offset = offset;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>A new matrix of zeros, rows × columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative size.</exception>
    /// <exception cref="MatrixTooLargeException">More elements than one array can hold.</exception>
    public Matrix(int rows, int columns)
        : this(Allocate(rows, columns, out int offset), offset, rows, columns, columns)
    {
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>
    /// Distance in elements between the starts of two neighbouring rows; equal to <see cref="Columns"/> unless this is a slice of columns.
    /// </summary>
    public int Stride { get; }

    /// <summary>Number of elements, rows · columns.</summary>
    public int Count => Rows * Columns;

    /// <summary>True where the matrix has no element.</summary>
    public bool IsEmpty => Rows == 0 || Columns == 0;

    /// <summary>True where the rows follow one another without a gap, so that <see cref="AsSpan"/> may be used.</summary>
    public bool IsContiguous => Stride == Columns || Rows <= 1;

    /// <summary>The element in row <paramref name="row"/> and column <paramref name="column"/>, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is outside the matrix.</exception>
    public ref T this[int row, int column]
    {
        get
        {
            if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns)
                ThrowOutside(row, column);
            return ref _buffer![_offset + (row * Stride) + column];
        }
    }

    /// <summary>Row <paramref name="row"/> as a span over the matrix's own elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<T> Row(int row)
    {
        if ((uint)row >= (uint)Rows)
            ThrowOutside(row, 0);
        return _buffer.AsSpan(_offset + (row * Stride), Columns);
    }

    /// <summary>All elements in row-major order, as a span over the matrix's own memory.</summary>
    /// <exception cref="InvalidOperationException">The matrix is a slice whose rows do not touch (<see cref="IsContiguous"/> is false).</exception>
    public Span<T> AsSpan()
    {
        if (!IsContiguous)
            throw new InvalidOperationException(
                $"The {Rows}×{Columns} slice has gaps between its rows (stride {Stride}); walk it with Row(i) or Clone() it first.");
        return _buffer.AsSpan(_offset, Count);
    }

    /// <summary>
    /// The block of <paramref name="rows"/> × <paramref name="columns"/> elements that starts at (row, column); it shares the elements.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The block reaches outside the matrix.</exception>
    public Matrix<T> Slice(int row, int column, int rows, int columns)
    {
        if (row < 0 || rows < 0 || (long)row + rows > Rows || column < 0 || columns < 0 || (long)column + columns > Columns)
            throw new ArgumentOutOfRangeException(
                nameof(row), $"A block of {rows}×{columns} at ({row}, {column}) reaches outside a {Rows}×{Columns} matrix.");
        return rows == 0 || columns == 0
            ? new Matrix<T>(rows, columns)
            : new Matrix<T>(_buffer!, _offset + (row * Stride) + column, rows, columns, Stride);
    }

    /// <summary>Rows <paramref name="start"/> to start + count − 1, sharing the elements.</summary>
    public Matrix<T> RowSlice(int start, int count) => Slice(start, 0, count, Columns);

    /// <summary>Columns <paramref name="start"/> to start + count − 1, sharing the elements.</summary>
    public Matrix<T> ColumnSlice(int start, int count) => Slice(0, start, Rows, count);

    /// <summary>The same elements in row-major order under another shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or the matrix is not contiguous.</exception>
    public Matrix<T> Reshape(int rows, int columns)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns != Count || !IsContiguous)
            throw new ArgumentException($"A {Rows}×{Columns} matrix (stride {Stride}) cannot be seen as {rows}×{columns}.");
        return Count == 0 ? new Matrix<T>(rows, columns) : new Matrix<T>(_buffer!, _offset, rows, columns, columns);
    }

    /// <summary>A contiguous copy with memory of its own.</summary>
    public Matrix<T> Clone()
    {
        var copy = Uninitialized(Rows, Columns);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Copies every element into <paramref name="destination"/>, which has the same shape and may not overlap in part.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyTo(Matrix<T> destination)
    {
        RequireShape(destination, Rows, Columns, nameof(destination));
        for (int i = 0; i < Rows; i++)
            Row(i).CopyTo(destination.Row(i));
    }

    /// <summary>Sets every element to <paramref name="value"/>.</summary>
    public void Fill(T value)
    {
        for (int i = 0; i < Rows; i++)
            Row(i).Fill(value);
    }

    /// <summary>A new matrix whose elements are not set; every one must be written before it is read.</summary>
    internal static Matrix<T> Uninitialized(int rows, int columns)
    {
        var buffer = Allocate(rows, columns, out int offset);
        return new Matrix<T>(buffer, offset, rows, columns, columns);
    }

    /// <summary>True where both views have the same memory behind them, wherever in it they look.</summary>
    internal bool SharesMemoryWith(Matrix<T> other) => _buffer is not null && ReferenceEquals(_buffer, other._buffer);

    /// <summary>The array behind a matrix without gaps, and where it begins in it: for libraries that share memory with the array itself.</summary>
    internal (T[] Array, int Offset) Storage => IsContiguous && _buffer is not null
        ? (_buffer, _offset)
        : throw new InvalidOperationException("Only the memory of a matrix without gaps can be shared.");

    /// <summary>
    /// The first element, for <c>fixed (T* p = matrix)</c>: the only way to an address. The memory never moves, but it is freed once nothing refers to it,
    /// and an address does not count. The variable of a <c>fixed</c> statement does, for as long as the statement lasts. A null reference where there is
    /// no element.
    /// </summary>
    internal ref T GetPinnableReference() => ref IsEmpty ? ref Unsafe.NullRef<T>() : ref _buffer![_offset];

    /// <summary>Shape, for messages: "3×4".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows}×{Columns}");

    /// <summary>Throws unless <paramref name="matrix"/> is rows × columns.</summary>
    /// <exception cref="ArgumentException">It is not; the message names both shapes.</exception>
    internal static void RequireShape(Matrix<T> matrix, int rows, int columns, string name)
    {
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException($"'{name}' is {matrix.Rows}×{matrix.Columns}; it must be {rows}×{columns}.", name);
    }

    private static unsafe T[] Allocate(int rows, int columns, out int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        int padding = (Alignment / sizeof(T)) - 1;
        long count = (long)rows * columns;
        if (count > Array.MaxLength - padding)
            throw new MatrixTooLargeException($"A {rows}×{columns} matrix has {count} elements; one matrix holds at most {Array.MaxLength - padding}.");
        var buffer = GC.AllocateArray<T>((int)count + padding, pinned: true);
        fixed (T* start = buffer)
        {
            nuint misaligned = (nuint)start % Alignment;
            offset = misaligned == 0 ? 0 : (int)((Alignment - misaligned) / (nuint)sizeof(T));
        }
        return buffer;
    }

    [DoesNotReturn]
    private void ThrowOutside(int row, int column) =>
        throw new ArgumentOutOfRangeException(nameof(row), $"({row}, {column}) is outside a {Rows}×{Columns} matrix.");
}

/// <summary>Ways to make a <see cref="Matrix{T}"/> whose element type is read off the arguments.</summary>
public static class Matrix
{
    /// <summary>A matrix with the elements of <paramref name="elements"/>[row, column].</summary>
    public static Matrix<T> From<T>(T[,] elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(elements);
        var matrix = new Matrix<T>(elements.GetLength(0), elements.GetLength(1));
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                matrix[i, j] = elements[i, j];
        return matrix;
    }

    /// <summary>A rows × columns matrix from its elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of elements is not rows · columns.</exception>
    public static Matrix<T> From<T>(int rows, int columns, ReadOnlySpan<T> rowMajor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if ((long)rows * columns != rowMajor.Length)
            throw new ArgumentException($"{rowMajor.Length} elements do not fill a {rows}×{columns} matrix.", nameof(rowMajor));
        var matrix = new Matrix<T>(rows, columns);
        if (!matrix.IsEmpty)
            rowMajor.CopyTo(matrix.AsSpan());
        return matrix;
    }

    /// <summary>The n × n identity.</summary>
    public static Matrix<T> Identity<T>(int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(n, n);
        for (int i = 0; i < n; i++)
            matrix[i, i] = T.One;
        return matrix;
    }
}
