using System.Buffers;

namespace SpecGD.Data.Language.Text;

/// <summary>Reads a Parquet file in blocks of whole documents, one row group in memory at a time.</summary>
internal static class ParquetBlocks
{
    /// <summary>The blocks of the file in order; the caller disposes each.</summary>
    /// <param name="input">The file.</param>
    /// <param name="column">The column with the text.</param>
    /// <param name="bytesBefore">Bytes of the files before this one.</param>
    /// <exception cref="BadInputException">It is no whole Parquet file with such a column of UTF-8 text.</exception>
    public static IEnumerable<TextBlock> Of(TextInput input, string column, long bytesBefore)
    {
        using var file = new ParquetText(input, column);
        long rowsBefore = 0;
        for (int group = 0; group < file.Groups; group++)
        {
            using var read = file.Read(group, rowsBefore);
            long rows = file.RowsOf(group);
            for (int next = 0; next < read.Texts.Count;)
            {
                int first = next;
                next = EndOfBlock(read.Texts, first);
                double done = (rowsBefore + (rows * (double)next / read.Texts.Count)) / file.Rows; // columns that are not read count with their rows
                yield return Block(input, read.Texts, first, next, bytesBefore + (long)(done * input.Length));
            }
            rowsBefore += rows;
        }
    }

    private static int EndOfBlock(IReadOnlyList<ReadOnlyMemory<byte>> texts, int first)
    {
        int end = first;
        for (long length = 0; end < texts.Count && (end == first || length + texts[end].Length <= TextBlocks.BlockLength); end++)
            length += texts[end].Length;
        return end;
    }

    private static TextBlock Block(TextInput input, IReadOnlyList<ReadOnlyMemory<byte>> texts, int first, int end, long bytesRead)
    {
        var ends = new int[end - first];
        int length = 0;
        for (int i = first; i < end; i++)
            ends[i - first] = length += texts[i].Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        for (int i = first; i < end; i++)
            texts[i].Span.CopyTo(buffer.AsSpan(ends[i - first] - texts[i].Length));
        return new TextBlock(input, buffer, length, BeginsDocument: true, FirstLine: 1, bytesRead) { DocumentEnds = ends };
    }
}
