using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Keys and values of one block for the positions that later queries may still see. Older ones are dropped, so that memory does not grow with the
/// text.
/// </summary>
/// <param name="window">The block's window in blocks of 128.</param>
internal sealed class KeyValueCache(int window) : IDisposable
{
    private const int Smallest = 2 * AttentionMask.BlockSize;

    private Tensor? _keys, _values;
    private int _first, _count;

    /// <summary>Rows at which the older half is dropped instead of more memory taken.</summary>
    private int Largest => (2 * Math.Max(window, 1) * AttentionMask.BlockSize) + Smallest;

    /// <summary>Keeps keys and values of the next positions, and gives all from position <paramref name="from"/> on; heads × positions × D.</summary>
    public (Tensor Keys, Tensor Values) Append(Tensor k, Tensor v, int from)
    {
        int count = (int)k.shape[1];
        if (_keys is null || _count + count > _keys.shape[1])
            MakeRoom(k, count, from);
        _keys!.narrow(1, _count, count).copy_(k);
        _values!.narrow(1, _count, count).copy_(v);
        _count += count;
        return (_keys.narrow(1, from - _first, _first + _count - from), _values.narrow(1, from - _first, _first + _count - from));
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }

    private void MakeRoom(Tensor like, int count, int from)
    {
        int kept = _first + _count - from;
        long rows = Math.Min(Largest, Math.Max(_keys is null ? Smallest : 2 * _keys.shape[1], kept + count));
        (_keys, _values) = (Moved(_keys, like, from - _first, kept, rows), Moved(_values, like, from - _first, kept, rows));
        (_first, _count) = (from, kept);
    }

    private static Tensor Moved(Tensor? old, Tensor like, int start, int kept, long rows)
    {
        var moved = zeros([like.shape[0], rows, like.shape[2]], like.dtype, like.device).DetachFromDisposeScope();
        if (old is null)
            return moved;
        moved.narrow(1, 0, kept).copy_(old.narrow(1, start, kept));
        old.Dispose();
        return moved;
    }
}
