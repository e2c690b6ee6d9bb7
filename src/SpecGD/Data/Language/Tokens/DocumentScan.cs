namespace SpecGD.Data.Language.Tokens;

/// <summary>Looks for the beginnings of documents in a shard, a piece of it in memory at a time.</summary>
/// <param name="endOfText">The token that begins a document.</param>
internal sealed class DocumentScan(ushort endOfText)
{
    /// <summary>Tokens of a piece: as many as are read from a file about as fast as a few.</summary>
    private const int PieceLength = 1 << 15;

    private readonly ushort[] _piece = new ushort[PieceLength];
    private ITokenShard? _shard;
    private int _start, _length;

    /// <summary>Index of the first document that begins at or after <paramref name="from"/>; −1 where none does.</summary>
    public int Next(ITokenShard shard, long from)
    {
        while (from < shard.Count)
        {
            int within = Load(shard, (int)from);
            int found = _piece.AsSpan(within, _length - within).IndexOf(endOfText);
            if (found >= 0)
                return (int)from + found;
            from = (long)_start + _length;
        }
        return -1;
    }

    /// <summary>Has the piece with that token in memory; gives the token's index in it.</summary>
    private int Load(ITokenShard shard, int token)
    {
        if (shard != _shard || token < _start || token >= _start + _length)
        {
            int length = Math.Min(PieceLength, shard.Count - token);
            shard.Read(token, _piece.AsSpan(0, length));
            (_shard, _start, _length) = (shard, token, length);
        }
        return token - _start;
    }
}
