using System.Buffers;
using System.Text;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// Reads files in blocks that can be made into tokens side by side: JSON Lines at ends of lines, Parquet between rows, plain text where the tokenizer
/// allows a cut.
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

    /// <summary>The blocks of all files in order; the caller disposes each.</summary>
    /// <param name="inputs">The files.</param>
    /// <param name="tokenizer">Says where plain text may be cut.</param>
    /// <param name="column">The column of Parquet files that holds the text.</param>
    /// <exception cref="BadInputException">A file cannot be read or is no text.</exception>
    public static IEnumerable<TextBlock> Of(IEnumerable<TextInput> inputs, ITokenizer tokenizer, string column)
    {
        long before = 0;
        foreach (var input in inputs)
        {
            foreach (var block in input.Layout == TextLayout.Parquet ? ParquetBlocks.Of(input, column, before) : Of(input, tokenizer, before))
                yield return block;
            before += input.Length;
        }
    }

    private static IEnumerable<TextBlock> Of(TextInput input, ITokenizer tokenizer, long bytesBefore)
    {
        using var file = TextFile.Open(input.Path);
        using var text = TextFile.Unpacked(input, file);
        int capacity = BlockLength, filled = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(capacity);
        bool isFirst = true;
        long line = 1, offset = 0;
        try
        {
            while (true)
            {
                filled += Fill(input, text, buffer.AsMemory(filled, capacity - filled));
                bool isLast = filled < capacity;
                if (isFirst)
                    filled = WithoutMark(input, buffer.AsSpan(0, filled), ref offset);
                int cut = isLast ? filled : LastCut(input, tokenizer, buffer.AsSpan(0, filled));
                if (cut == 0 && !isLast)
                {
                    Grow(input, line, filled, ref buffer, ref capacity);
                    continue;
                }
                TextCheck.RequireCharacters(input, buffer.AsSpan(0, cut), offset);
                offset += cut;
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

    private static int Fill(TextInput input, Stream text, Memory<byte> destination)
    {
        int filled = 0;
        TextFile.Reading(input, () => filled = text.ReadAtLeast(destination.Span, destination.Length, throwOnEndOfStream: false));
        return filled;
    }

    /// <summary>Drops the mark before UTF-8; gives the length of what is left.</summary>
    private static int WithoutMark(TextInput input, Span<byte> text, ref long offset)
    {
        int mark = TextFile.LengthOfMark(input, text);
        offset += mark;
        text[mark..].CopyTo(text);
        return text.Length - mark;
    }

    /// <summary>
    /// Behind the last whole line of JSON Lines, 0 where there is none; of other text where the tokenizer allows a cut, and where it allows none, at the
    /// end; there before a character that the end cuts, so that every block begins and ends with a whole one.
    /// </summary>
    private static int LastCut(TextInput input, ITokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        if (input.IsJsonLines)
            return text.LastIndexOf((byte)'\n') + 1;
        int cut = tokenizer.LastCut(text);
        return cut > 0 && cut < text.Length ? cut : text.Length - LengthOfCut(text);
    }

    /// <summary>Bytes of a character that is cut at the end; 0 where there is none, and where the bytes there are of no character at all.</summary>
    private static int LengthOfCut(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < LongestCharacter && i < text.Length; i++)
            if (Rune.DecodeFromUtf8(text[^i..], out _, out _) == OperationStatus.NeedMoreData)
                return i;
        return 0;
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
