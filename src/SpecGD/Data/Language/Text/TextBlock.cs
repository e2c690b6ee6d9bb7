using System.Buffers;

namespace SpecGD.Data.Language.Text;

/// <summary>A part of a file that can be made into tokens without the rest. Returns its buffer to the pool when disposed.</summary>
/// <param name="Input">The file.</param>
/// <param name="Buffer">A rented array that begins with the text.</param>
/// <param name="Length">Bytes of text in it.</param>
/// <param name="BeginsDocument">Whether a plain text file begins here.</param>
/// <param name="FirstLine">Number of the first line, from 1; for JSON Lines.</param>
/// <param name="BytesRead">Bytes of all files that had been read when this block was there.</param>
internal sealed record TextBlock(TextInput Input, byte[] Buffer, int Length, bool BeginsDocument, long FirstLine, long BytesRead) : IDisposable
{
    private int _returned;

    /// <summary>Where each document of the block ends, where the block is several whole ones; null where lines or the file tell that.</summary>
    public IReadOnlyList<int>? DocumentEnds { get; init; }

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Text => Buffer.AsSpan(0, Length);

    /// <summary>Hands the buffer back, once: a buffer that stands in the pool twice would get two owners.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
            ArrayPool<byte>.Shared.Return(Buffer);
    }
}
