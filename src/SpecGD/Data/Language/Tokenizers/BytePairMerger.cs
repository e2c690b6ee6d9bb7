namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Merges the bytes of one piece: always the strongest pair, the leftmost of equals first, until none is left. Keeps its arrays, so one is for one
/// thread.
/// </summary>
internal sealed class BytePairMerger(BytePairVocabulary vocabulary)
{
    /// <summary>Up to this many bytes a plain search for the strongest pair beats the queue.</summary>
    private const int ShortPiece = 48;

    private readonly ushort[] _shortIds = new ushort[ShortPiece];
    private readonly int[] _shortRanks = new int[ShortPiece];
    private readonly PriorityQueue<int, long> _queue = new();
    private ushort[] _ids = [];
    private int[] _next = [], _previous = [];

    /// <summary>Appends the ids of <paramref name="piece"/>.</summary>
    public void Merge(ReadOnlySpan<byte> piece, List<ushort> tokens)
    {
        if (piece.Length <= ShortPiece)
            MergeShort(piece, tokens);
        else
            MergeLong(piece, tokens);
    }

    /// <summary>Ids in an array that shrinks; the rank of each with its right neighbour beside it.</summary>
    private void MergeShort(ReadOnlySpan<byte> piece, List<ushort> tokens)
    {
        var ids = _shortIds.AsSpan(0, piece.Length);
        for (int i = 0; i < piece.Length; i++)
            ids[i] = vocabulary.OfByte(piece[i]);
        int count = piece.Length;
        var ranks = _shortRanks.AsSpan(0, count);
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = vocabulary.Rank(ids[i], ids[i + 1]);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
                if (ranks[i] < ranks[best])
                    best = i;
            if (ranks[best] == BytePairVocabulary.NoRank)
                break;
            ids[best] = vocabulary.Merged(ranks[best]);
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            ranks[(best + 1)..(count - 1)].CopyTo(ranks[best..]);
            count--;
            if (best > 0)
                ranks[best - 1] = vocabulary.Rank(ids[best - 1], ids[best]);
            if (best + 1 < count)
                ranks[best] = vocabulary.Rank(ids[best], ids[best + 1]);
        }
        tokens.AddRange(ids[..count]);
    }

    /// <summary>Ids in a linked list, pairs in a queue by rank and place; a pair that has changed since it was queued is passed over.</summary>
    private void MergeLong(ReadOnlySpan<byte> piece, List<ushort> tokens)
    {
        Fill(piece);
        for (int i = 0; i + 1 < piece.Length; i++)
            Enqueue(i, piece.Length);
        while (_queue.TryDequeue(out int at, out long priority))
        {
            int right = _next[at];
            if (right < 0 || right >= piece.Length || vocabulary.Rank(_ids[at], _ids[right]) != (int)(priority >> 32))
                continue;
            _ids[at] = vocabulary.Merged((int)(priority >> 32));
            _next[at] = _next[right];
            _next[right] = -1; // it is gone: what the queue still has of it is stale
            if (_next[at] < piece.Length)
                _previous[_next[at]] = at;
            if (at > 0)
                Enqueue(_previous[at], piece.Length);
            Enqueue(at, piece.Length);
        }
        for (int at = 0; at < piece.Length; at = _next[at])
            tokens.Add(_ids[at]);
    }

    private void Fill(ReadOnlySpan<byte> piece)
    {
        if (_ids.Length < piece.Length)
        {
            int capacity = Math.Max(piece.Length, 2 * _ids.Length);
            (_ids, _next, _previous) = (new ushort[capacity], new int[capacity], new int[capacity]);
        }
        for (int i = 0; i < piece.Length; i++)
            (_ids[i], _next[i], _previous[i]) = (vocabulary.OfByte(piece[i]), i + 1, i - 1);
    }

    private void Enqueue(int at, int end)
    {
        int right = _next[at];
        if (right >= end)
            return;
        int rank = vocabulary.Rank(_ids[at], _ids[right]);
        if (rank != BytePairVocabulary.NoRank)
            _queue.Enqueue(at, ((long)rank << 32) | (uint)at);
    }
}
