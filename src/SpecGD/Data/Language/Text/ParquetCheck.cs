using System.Buffers.Binary;
using Parquet.Meta;
using SpecGD.Records;

namespace SpecGD.Data.Language.Text;

/// <summary>Looks through the places of a Parquet file that say how much follows, before the library believes them.</summary>
internal static class ParquetCheck
{
    /// <summary>Behind the footer: its length and the mark.</summary>
    private const int TailLength = sizeof(int) + 4;

    /// <summary>A page header has some dozens of bytes, and the smallest and largest text of its page, which some writers leave whole.</summary>
    private const int LargestPageHeader = 1 << 20;

    /// <summary>Ids of a page header's fields.</summary>
    private const int PageType = 1, UnpackedSize = 2, PackedSize = 3, Sum = 4, HeaderFields = 5;

    /// <summary>What stands for a field that is not there.</summary>
    private const long Missing = long.MinValue;

    /// <summary>What a page of a column may claim to have once unpacked, per byte; RLE and codecs rarely pass a thousand.</summary>
    private const long UnpackedPerByte = 4096, UnpackedAtMost = 32L << 20;

    /// <summary>Requires a footer that is whole.</summary>
    /// <exception cref="InvalidDataException">It is not; the message says how, in part of a sentence.</exception>
    public static void RequireFooter(FileStream file)
    {
        Span<byte> tail = stackalloc byte[TailLength];
        if (file.Length < FileSignature.Length + TailLength)
            throw new InvalidDataException("it is too short");
        Read(file, file.Length - TailLength, tail);
        if (!tail[sizeof(int)..].SequenceEqual(FileSignature.Parquet))
            throw new InvalidDataException("it does not end with the mark 'PAR1'");
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length <= 0 || length > file.Length - FileSignature.Length - TailLength)
            throw new InvalidDataException("its footer is longer than the file");
        byte[] footer = new byte[length];
        Read(file, file.Length - TailLength - length, footer);
        if (ThriftCheck.LengthOf(footer, ThriftShape.Footer, []) != length)
            throw new InvalidDataException("its footer is not as long as the file says");
    }

    /// <summary>Requires that the pages of a column lie in the file, one behind the other, and have their checksums where they have any.</summary>
    /// <inheritdoc cref="RequireFooter"/>
    public static void RequirePages(FileStream file, ColumnMetaData column)
    {
        long at = column.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, column.DataPageOffset) : column.DataPageOffset;
        long end = at + column.TotalCompressedSize;
        if (at < FileSignature.Length || column.TotalCompressedSize < 0 || end > file.Length || end < at)
            throw new InvalidDataException("a column lies beyond the file");
        byte[] header = new byte[(int)Math.Min(LargestPageHeader, end - at)];
        Span<long> numbers = stackalloc long[HeaderFields];
        while (at < end)
        {
            var bytes = header.AsSpan(0, (int)Math.Min(header.Length, end - at));
            Read(file, at, bytes);
            numbers.Fill(Missing);
            int length = ThriftCheck.LengthOf(bytes, ThriftShape.PageHeader, numbers);
            long packed = numbers[PackedSize], unpacked = numbers[UnpackedSize];
            if (packed < 0 || packed > end - at - length || unpacked < 0 || unpacked > UnpackedAtMost + (UnpackedPerByte * packed))
                throw new InvalidDataException("a page is longer than its column");
            if (column.Codec == CompressionCodec.SNAPPY && numbers[PageType] != (long)Parquet.Meta.PageType.DATA_PAGE_V2)
                RequireSnappy(bytes[length..], unpacked);
            if (numbers[Sum] != Missing)
                RequireSum(file, at + length, packed, (uint)numbers[Sum]);
            at += length + packed;
        }
    }

    /// <summary>Snappy's data begin with their length once unpacked, which a reader makes room for; in pages of the second kind they stand further on.</summary>
    private static void RequireSnappy(ReadOnlySpan<byte> page, long unpacked)
    {
        long claimed = 0;
        for (int i = 0; i < Math.Min(5, page.Length); i++)
        {
            claimed |= (long)(page[i] & 0x7F) << (7 * i);
            if (page[i] < 0x80)
                break;
        }
        if (claimed != unpacked)
            throw new InvalidDataException("a page is not as long as its header says");
    }

    private static void RequireSum(FileStream file, long at, long length, uint expected)
    {
        byte[] piece = new byte[Math.Min(length, 1 << 16)];
        var sum = default(Crc32);
        file.Position = at;
        while (length > 0)
        {
            var bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, length));
            file.ReadExactly(bytes);
            sum.Add(bytes);
            length -= bytes.Length;
        }
        if (sum.Value != expected)
            throw new InvalidDataException("a page has not the checksum that its header says");
    }

    private static void Read(FileStream file, long at, Span<byte> bytes)
    {
        file.Position = at;
        file.ReadExactly(bytes);
    }
}
