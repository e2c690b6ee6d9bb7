namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// A byte-pair vocabulary: the ids of the 256 bytes, the merges in their order (the earlier, the stronger), the bytes of every id, and the id of
/// end of text.
/// </summary>
public sealed class BytePairVocabulary
{
    /// <summary>The most ids that two bytes in a shard can tell apart.</summary>
    public const int LargestSize = 65536;

    /// <summary>What stands for a pair that is never merged.</summary>
    internal const int NoRank = int.MaxValue;

    private const uint EmptyKey = uint.MaxValue;

    private readonly ushort[] _byteTokens;
    private readonly byte[]?[] _bytes = new byte[]?[LargestSize];
    private readonly List<ushort> _merged = [];

    // Pair (left << 16 | right) to rank, by open addressing with linear probing: the hot look-up of the merge loop.
    private readonly uint[] _keys;
    private readonly int[] _ranks;
    private readonly int _mask;

    /// <summary>A vocabulary that has the bytes and no merges yet.</summary>
    internal BytePairVocabulary(ReadOnlySpan<ushort> byteTokens, ushort endOfText)
    {
        _byteTokens = byteTokens.ToArray();
        EndOfText = endOfText;
        for (int b = 0; b < _byteTokens.Length; b++)
            _bytes[_byteTokens[b]] = [(byte)b];
        _bytes[endOfText] = EndOfTextWord.ToArray();
        int slots = 4 * LargestSize;
        _mask = slots - 1;
        _keys = new uint[slots];
        _ranks = new int[slots];
        Array.Fill(_keys, EmptyKey);
    }

    /// <summary>How end of text is written.</summary>
    public static ReadOnlySpan<byte> EndOfTextWord => "<|endoftext|>"u8;

    /// <summary>How many ids there are.</summary>
    public int Size { get; private set; } = 257;

    /// <summary>The id of end of text.</summary>
    public ushort EndOfText { get; }

    /// <summary>How many merges there are.</summary>
    public int MergeCount => _merged.Count;

    /// <summary>Whether the ids are those from 0 on, each once.</summary>
    internal bool IsContiguous => _bytes.AsSpan(0, Size).IndexOf((byte[]?)null) < 0;

    /// <summary>The bytes of <paramref name="token"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> Bytes(ushort token) =>
        _bytes[token] ?? throw new ArgumentOutOfRangeException(nameof(token), token, "This id is not in the vocabulary.");

    /// <summary>The id of a single byte.</summary>
    internal ushort OfByte(byte value) => _byteTokens[value];

    /// <summary>The place of the pair in the order of merges; <see cref="NoRank"/> where it is never merged.</summary>
    internal int Rank(ushort left, ushort right)
    {
        uint key = Key(left, right);
        for (int slot = Slot(key); ; slot = (slot + 1) & _mask)
        {
            if (_keys[slot] == key)
                return _ranks[slot];
            if (_keys[slot] == EmptyKey)
                return NoRank;
        }
    }

    /// <summary>The id that the merge of this rank makes.</summary>
    internal ushort Merged(int rank) => _merged[rank];

    /// <summary>
    /// Adds the next merge, the weakest so far. The parts must be there, the id must be free and the pair new: false where they are not.
    /// </summary>
    internal bool TryAddMerge(ushort left, ushort right, ushort merged)
    {
        uint key = Key(left, right);
        if (key == EmptyKey
            || _bytes[left] is not { } first
            || _bytes[right] is not { } second
            || _bytes[merged] is not null
            || Rank(left, right) != NoRank)
            return false;
        _bytes[merged] = [.. first, .. second];
        int slot = Slot(key);
        while (_keys[slot] != EmptyKey)
            slot = (slot + 1) & _mask;
        _keys[slot] = key;
        _ranks[slot] = _merged.Count;
        _merged.Add(merged);
        Size++;
        return true;
    }

    private static uint Key(ushort left, ushort right) => ((uint)left << 16) | right;

    private int Slot(uint key) => (int)((key * 0x9E3779B1u) >> 14) & _mask;
}
