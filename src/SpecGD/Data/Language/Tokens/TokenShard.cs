using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SpecGD.Data.Language.Tokens;

/// <summary>A token shard on disk. Nothing but what is asked for is held in memory; reads may come from several threads at once.</summary>
public sealed class TokenShard : ITokenShard
{
    /// <summary>How many ids two bytes tell apart.</summary>
    private const int AllIds = ushort.MaxValue + 1;

    private readonly SafeFileHandle _file;
    private readonly int _vocabulary;

    private TokenShard(string path, SafeFileHandle file, int count, int vocabulary)
    {
        Name = path;
        Count = count;
        _file = file;
        _vocabulary = vocabulary;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Opens a shard and checks its header and length.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">Every token read must be below this; 65536 allows all.</param>
    /// <exception cref="BadInputException">It cannot be read, or is no whole token shard; the sentence says which.</exception>
    public static TokenShard Open(string path, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        if (Directory.Exists(path))
            throw new BadInputException($"{path} is a directory; a token shard is a file.");
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            Span<byte> bytes = stackalloc byte[TokenShardHeader.Length];
            var header = TokenShardHeader.Parse(bytes[..ReadFully(file, bytes, 0)], RandomAccess.GetLength(file), path);
            return new TokenShard(path, file, header.Count, vocabulary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message.TrimEnd('.');
            throw new BadInputException($"{path} cannot be read as a token shard: {why}.", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(int start, Span<ushort> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + destination.Length, Count, nameof(start));
        var bytes = MemoryMarshal.AsBytes(destination);
        try
        {
            if (ReadFully(_file, bytes, TokenShardHeader.FileLengthOf(start)) < bytes.Length)
                throw new BadInputException($"{Name} has become shorter while it was being read.");
        }
        catch (IOException e)
        {
            throw new BadInputException($"{Name} can no longer be read: {e.Message}", e);
        }
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(destination, destination);
        int bad = _vocabulary < AllIds ? destination.IndexOfAnyExceptInRange((ushort)0, (ushort)(_vocabulary - 1)) : -1;
        if (bad >= 0)
            throw new BadInputException($"{Name} has token {destination[bad]} at position {start + bad}; "
                + $"the vocabulary has {_vocabulary} ids, so the largest is {_vocabulary - 1}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static int ReadFully(SafeFileHandle file, Span<byte> destination, long offset)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(file, destination[done..], offset + done);
            if (read == 0)
                break;
            done += read;
        }
        return done;
    }
}
