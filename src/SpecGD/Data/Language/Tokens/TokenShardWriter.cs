using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokens;

/// <summary>Writes one shard. It appears under its name, whole, with <see cref="Publish"/>, and not before.</summary>
public sealed class TokenShardWriter : IDisposable
{
    private const int CopyTokens = 1 << 18;

    private readonly StagedFile _file;

    /// <summary>Begins a shard at <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public TokenShardWriter(string path)
    {
        _file = new StagedFile(path);
        _file.Stream.Write(new byte[TokenShardHeader.Length]); // zeros: a header that no reader takes for one
    }

    /// <summary>Where the shard will be.</summary>
    public string TargetPath => _file.TargetPath;

    /// <summary>Tokens written.</summary>
    public int Count { get; private set; }

    /// <summary>Writes tokens behind those written before.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(ReadOnlySpan<ushort> tokens)
    {
        if (BitConverter.IsLittleEndian)
        {
            _file.Stream.Write(MemoryMarshal.AsBytes(tokens));
        }
        else
        {
            var swapped = new ushort[tokens.Length];
            BinaryPrimitives.ReverseEndianness(tokens, swapped);
            _file.Stream.Write(MemoryMarshal.AsBytes<ushort>(swapped));
        }
        Count = checked(Count + tokens.Length);
    }

    /// <summary>Writes the header and flushes the shard to disk; nothing can be appended after that.</summary>
    public void Seal()
    {
        Span<byte> header = stackalloc byte[TokenShardHeader.Length];
        new TokenShardHeader(Count).Write(header);
        _file.Stream.Position = 0;
        _file.Stream.Write(header);
        _file.Seal();
    }

    /// <summary>Gives the sealed shard its name; a file of that name is replaced.</summary>
    public void Publish() => _file.Publish();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Moves the tokens from <paramref name="keep"/> on to <paramref name="other"/>; only before <see cref="Seal"/>.</summary>
    internal void MoveTailTo(TokenShardWriter other, int keep)
    {
        var stream = _file.Stream;
        var buffer = new ushort[CopyTokens];
        stream.Position = TokenShardHeader.FileLengthOf(keep);
        for (int left = Count - keep; left > 0;)
        {
            var part = buffer.AsSpan(0, Math.Min(left, buffer.Length));
            stream.ReadExactly(MemoryMarshal.AsBytes(part));
            if (!BitConverter.IsLittleEndian)
                BinaryPrimitives.ReverseEndianness(part, part);
            other.Append(part);
            left -= part.Length;
        }
        stream.SetLength(TokenShardHeader.FileLengthOf(keep));
        Count = keep;
    }
}
