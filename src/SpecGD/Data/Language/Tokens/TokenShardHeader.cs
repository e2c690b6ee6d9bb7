using System.Buffers.Binary;
using System.Text;

namespace SpecGD.Data.Language.Tokens;

/// <summary>
/// The header of a token shard: 256 little-endian int32, of which the first three are the magic number, the version and the number of tokens. Tokens
/// follow as little-endian uint16 to the end of the file.
/// </summary>
/// <param name="Count">Number of tokens.</param>
public readonly record struct TokenShardHeader(int Count)
{
    /// <summary>Length of the header in bytes.</summary>
    public const int Length = 256 * sizeof(int);

    /// <summary>What the first number must be.</summary>
    public const int Magic = 20240520;

    /// <summary>The first number of llm.c's shards for Llama 3, whose tokens have 32 bits.</summary>
    internal const int LlamaMagic = 20240801;

    /// <summary>What the second number must be.</summary>
    public const int Version = 1;

    /// <summary>Length in bytes of the file that this is the header of.</summary>
    public long FileLength => FileLengthOf(Count);

    /// <summary>Length in bytes of a shard of <paramref name="count"/> tokens.</summary>
    public static long FileLengthOf(long count) => Length + (sizeof(ushort) * count);

    /// <summary>Reads a header without asking how long the file is.</summary>
    /// <param name="bytes">The first bytes of the file, 1024 or as many as there are.</param>
    /// <param name="name">The file's name for messages.</param>
    /// <exception cref="BadInputException">It is no header of a shard; the sentence says why.</exception>
    public static TokenShardHeader Parse(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith("version https://git-lfs"u8))
            throw new BadInputException($"{name} is a Git LFS pointer, not a token shard; fetch the data with 'git lfs pull'.");
        if (bytes.Length < Length)
            throw new BadInputException($"{name} is no token shard: it has {Counted.Of(bytes.Length, "byte")}, and the header alone has {Length}.");
        int magic = Number(bytes, 0), version = Number(bytes, 1), count = Number(bytes, 2);
        if (magic == LlamaMagic)
            throw new BadInputException($"{name} is a token shard of Llama 3 (magic number {LlamaMagic}), whose tokens have 32 bits; only shards with "
                + $"tokens of 16 bits (magic number {Magic}) are read. Make tokens of the text again, with 'specgd data tokenize'.");
        if (magic != Magic)
            throw new BadInputException(
                $"{name} is no token shard: it begins with {magic}{Shown(bytes)}, and a shard with the magic number {Magic}.");
        if (version != Version)
            throw new BadInputException($"{name} is a token shard of version {version}; only version {Version} is known.");
        if (count < 0)
            throw new BadInputException($"{name} is damaged: its header says that it has {Counted.Of(count, "token")}.");
        return new TokenShardHeader(count);
    }

    /// <summary>Reads a header and holds the file's length to it.</summary>
    /// <param name="bytes">The first bytes of the file, 1024 or as many as there are.</param>
    /// <param name="fileLength">Length of the whole file in bytes.</param>
    /// <param name="name">The file's name for messages.</param>
    /// <exception cref="BadInputException">It is no header of a shard, or the file is longer or shorter than it says.</exception>
    public static TokenShardHeader Parse(ReadOnlySpan<byte> bytes, long fileLength, string name)
    {
        var header = Parse(bytes, name);
        if (fileLength % sizeof(ushort) != 0)
            throw new BadInputException($"{name} is damaged: its length of {Counted.Of(fileLength, "byte")} is odd, and tokens have two bytes each.");
        if (fileLength != header.FileLength)
            throw new BadInputException($"{name} is {(fileLength < header.FileLength ? "cut short" : "too long")}: "
                + $"its header says {Counted.Of(header.Count, "token")}, so {Counted.Of(header.FileLength, "byte")}; the file has {fileLength}.");
        return header;
    }

    /// <summary>Writes the header to the first 1024 bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        var bytes = destination[..Length];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(int)..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(2 * sizeof(int))..], Count);
    }

    private static int Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes[(index * sizeof(int))..]);

    /// <summary>The first bytes as a word, where they are one: a page of HTML or an archive is known by it.</summary>
    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        var word = bytes[..sizeof(int)];
        return word.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? "" : $" ('{Encoding.ASCII.GetString(word)}')";
    }
}
