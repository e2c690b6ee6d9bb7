using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>
/// Keys and values of one block for the positions that later queries may still see. Older ones are dropped, so that the memory does not grow with
/// the text.
/// </summary>
/// <param name="width">d.</param>
/// <param name="window">The block's window in blocks of 128.</param>
internal sealed class KeyValueCache<T>(int width, int window)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Smallest = 2 * AttentionMask.BlockSize;

    private Matrix<T> _keys = new(Smallest, width), _values = new(Smallest, width);
    private int _first, _count;

    /// <summary>Rows at which the older half is dropped instead of more memory taken.</summary>
    private int Largest => (2 * Math.Max(window, 1) * AttentionMask.BlockSize) + Smallest;

    /// <summary>Places for keys and values of the next <paramref name="count"/> positions, count × d each.</summary>
    public (Matrix<T> Keys, Matrix<T> Values) Append(int count)
    {
        if (_count + count > _keys.Rows)
            MakeRoom(count);
        var places = (_keys.RowSlice(_count, count), _values.RowSlice(_count, count));
        _count += count;
        return places;
    }

    /// <summary>Keys and values of the positions from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public (Matrix<T> Keys, Matrix<T> Values) Range(int first, int last) =>
        (_keys.RowSlice(first - _first, last + 1 - first), _values.RowSlice(first - _first, last + 1 - first));

    private void MakeRoom(int count)
    {
        int next = _first + _count, firstNeeded = Math.Max(_first, AttentionMask.FirstKey(next, 0, window)), kept = next - firstNeeded;
        int rows = Math.Min(Largest, Math.Max(2 * _keys.Rows, kept + count));
        _keys = Moved(_keys, firstNeeded - _first, kept, rows);
        _values = Moved(_values, firstNeeded - _first, kept, rows);
        (_first, _count) = (firstNeeded, kept);
    }

    private static Matrix<T> Moved(Matrix<T> from, int start, int count, int rows)
    {
        var to = new Matrix<T>(rows, from.Columns);
        from.RowSlice(start, count).CopyTo(to.RowSlice(0, count));
        return to;
    }
}
