using System.Buffers;
using System.IO.Compression;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// Reads files in blocks that can be made into tokens side by side: JSON Lines at ends of lines, plain text where the tokenizer allows a cut.
/// </summary>
internal static class TextBlocks
{
    /// <summary>
    /// Bytes in a block: large enough to be worth a thread's while, small enough that a few for each thread are little memory. A run of letters
    /// without any break that is longer than this (no such text is known) is cut here.
    /// </summary>
    public const int BlockLength = 1 << 18;

    /// <summary>The longest line of JSON Lines; a document beyond that is a mistake of whoever wrote the file.</summary>
    private const int LongestLine = 1 << 26;

    /// <summary>Bytes of the longest UTF-8 character.</summary>
    private const int LongestCharacter = 4;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The blocks of all files in order; the caller disposes each.</summary>
    /// <exception cref="BadInputException">A file cannot be read or is no text.</exception>
    public static IEnumerable<TextBlock> Of(IEnumerable<TextInput> inputs, ITokenizer tokenizer)
    {
        long before = 0;
        foreach (var input in inputs)
        {
            foreach (var block in Of(input, tokenizer, before))
                yield return block;
            before += input.Length;
        }
    }

    private static IEnumerable<TextBlock> Of(TextInput input, ITokenizer tokenizer, long bytesBefore)
    {
        using var file = Open(input);
        using var text = input.IsCompressed ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        int capacity = BlockLength, filled = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(capacity);
        bool isFirst = true;
        long line = 1;
        try
        {
            while (true)
            {
                filled += Fill(input, text, buffer.AsSpan(filled, capacity - filled));
                bool isLast = filled < capacity;
                if (isFirst)
                    filled = CheckBeginning(input, buffer, filled);
                int cut = isLast ? filled : LastCut(input, tokenizer, buffer.AsSpan(0, filled));
                if (cut == 0 && !isLast)
                {
                    Grow(input, line, filled, ref buffer, ref capacity);
                    continue;
                }
                var block = new TextBlock(input, buffer, cut, isFirst && !input.IsJsonLines, line, bytesBefore + file.Position);
                filled -= cut;
                capacity = Math.Max(BlockLength, filled + 1);
                buffer = ArrayPool<byte>.Shared.Rent(capacity);
                block.Buffer.AsSpan(cut, filled).CopyTo(buffer);
                line += input.IsJsonLines ? block.Text.Count((byte)'\n') : 0;
                isFirst = false;
                yield return block;
                if (isLast)
                    break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FileStream Open(TextInput input)
    {
        try
        {
            return new FileStream(input.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{input.Path} cannot be read: {e.Message}", e);
        }
    }

    private static int Fill(TextInput input, Stream text, Span<byte> destination)
    {
        try
        {
            return text.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new BadInputException($"{input.Path} cannot be read{(input.IsCompressed ? " as gzip" : "")}: {e.Message}", e);
        }
    }

    /// <summary>Refuses what is not UTF-8 text by its first bytes, and drops the mark that some programs put before UTF-8.</summary>
    private static int CheckBeginning(TextInput input, byte[] buffer, int filled)
    {
        var text = buffer.AsSpan(0, filled);
        if (text.StartsWith("version https://git-lfs"u8))
            throw new BadInputException($"{input.Path} is a Git LFS pointer, not text; fetch the data with 'git lfs pull'.");
        if (text is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new BadInputException($"{input.Path} is UTF-16; text must be UTF-8.");
        if (!input.IsCompressed && text is [0x1F, 0x8B, ..])
            throw new BadInputException($"{input.Path} is compressed with gzip; its name must end in .gz.");
        if (!text.StartsWith(Utf8Mark))
            return filled;
        text[Utf8Mark.Length..].CopyTo(text);
        return filled - Utf8Mark.Length;
    }

    /// <summary>
    /// Behind the last whole line of JSON Lines, 0 where there is none; of other text where the tokenizer allows a cut, and where it allows none,
    /// before
    /// the last whole character.
    /// </summary>
    private static int LastCut(TextInput input, ITokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        if (input.IsJsonLines)
            return text.LastIndexOf((byte)'\n') + 1;
        int cut = tokenizer.LastCut(text);
        if (cut > 0)
            return cut;
        cut = text.Length;
        for (int i = 1; i < LongestCharacter && cut == text.Length; i++)
            if ((text[^i] & 0xC0) != 0x80)
                cut = text.Length - i;
        return cut;
    }

    /// <summary>Makes room for a line that is longer than the buffer.</summary>
    private static void Grow(TextInput input, long line, int filled, ref byte[] buffer, ref int capacity)
    {
        if (capacity >= LongestLine)
            throw new BadInputException($"{input.Path} has a line of more than {LongestLine >> 20} MiB (line {line}); "
                + "JSON Lines has one document a line.");
        capacity *= 2;
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
