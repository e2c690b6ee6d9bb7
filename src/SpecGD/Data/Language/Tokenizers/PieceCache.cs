using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Ids of the pieces seen lately, so that a frequent word is merged once. Emptied when full, which bounds its memory. One is for one thread.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>Words of this many bytes are common; longer pieces are seldom seen twice.</summary>
    public const int LongestPiece = 32;

    /// <summary>Some 8 MB when full; the words of ordinary text fit many times over.</summary>
    private const int Capacity = 65536;

    private readonly Dictionary<byte[], ushort[]> _entries = new(PieceComparer.Instance);
    private readonly Dictionary<byte[], ushort[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public PieceCache() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The ids of <paramref name="piece"/>, where they are known.</summary>
    public bool TryGet(ReadOnlySpan<byte> piece, [NotNullWhen(true)] out ushort[]? tokens) => _lookup.TryGetValue(piece, out tokens);

    /// <summary>Remembers the ids of <paramref name="piece"/>.</summary>
    public void Add(ReadOnlySpan<byte> piece, ReadOnlySpan<ushort> tokens)
    {
        if (_entries.Count >= Capacity)
            _entries.Clear();
        _lookup[piece] = tokens.ToArray();
    }

    private sealed class PieceComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly PieceComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            ulong hash = (ulong)alternate.Length;
            for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
                hash = Mix(hash ^ MemoryMarshal.Read<ulong>(alternate));
            foreach (byte b in alternate)
                hash = (hash << 8) ^ b ^ (hash >> 56);
            return (int)(Mix(hash) >> 32);
        }

        private static ulong Mix(ulong x) => (x ^ (x >> 29)) * 0x9E3779B97F4A7C15UL;
    }
}
