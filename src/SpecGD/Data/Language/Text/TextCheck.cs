using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace SpecGD.Data.Language.Text;

/// <summary>Refuses by its first bytes what is no UTF-8 text: files of other formats, of other encodings, and whatever else is binary.</summary>
internal static class TextCheck
{
    /// <summary>Bytes that are looked at: enough to meet what is not ASCII in a text, and read at once.</summary>
    public const int ExaminedBytes = 1 << 16;

    /// <summary>UTF-16 of Latin letters has a zero in every second byte; from this share of one half of the bytes on it is taken for that.</summary>
    private const double ZerosOfUtf16 = 0.25;

    /// <summary>How much longer than the other half's count of zeros that of the one must be.</summary>
    private const int ZerosApart = 4;

    /// <exception cref="BadInputException">It is no UTF-8 text; the sentence says what it is, as far as that is known, and what would help.</exception>
    public static void Require(TextInput input, ReadOnlySpan<byte> beginning)
    {
        var bytes = beginning[..Math.Min(beginning.Length, ExaminedBytes)];
        if (BinaryFormat.Of(bytes) is { } format)
            throw new BadInputException(Invariant($"{input.Path} is {format.Name}, not text{Inside(input)}: {format.AdviceFor(input)}."));
        int zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
            throw new BadInputException(Utf16Of(bytes) is { } encoding
                ? $"{input.Path} is {encoding}, by its zeros in every second byte; text must be UTF-8: '{UnpackCommand.Of($"iconv -f {encoding} -t UTF-8", input)}' makes it that."
                : Invariant($"{input.Path} is no UTF-8 text: its byte {zero} is 0, which no such text has. If it is UTF-16 or UTF-32, '{UnpackCommand.Of("iconv -f UTF-16LE -t UTF-8", input)}' (or UTF-16BE, UTF-32LE, UTF-32BE) makes it UTF-8."));
        RequireCharacters(input, bytes, 0, isWhole: false);
    }

    /// <summary>Refuses what is no UTF-8 in a part of a text that begins at a character.</summary>
    /// <param name="input">The file.</param>
    /// <param name="part">The part.</param>
    /// <param name="offset">Bytes of the text before it.</param>
    /// <param name="isWhole">Whether it ends with a character too; else the last one may be cut.</param>
    /// <exception cref="BadInputException">A byte is part of no character; the sentence names it.</exception>
    public static void RequireCharacters(TextInput input, ReadOnlySpan<byte> part, long offset, bool isWhole = true)
    {
        int bad = FirstInvalid(part, isWhole);
        if (bad >= 0)
            throw new BadInputException(Invariant($"{input.Path} is no UTF-8 text: its byte {offset + bad} (0x{part[bad]:X2}) is part of no character. ")
                + "It may be UTF-16 or an older encoding, such as Latin-1 or GB 18030: '" + UnpackCommand.Of("iconv -f ENCODING -t UTF-8", input) + "' makes it UTF-8 ('file -i' guesses which it is).");
    }

    /// <summary>Refuses what is no UTF-8 in the text of a row.</summary>
    /// <exception cref="BadInputException">A byte is part of no character; the sentence names row and byte.</exception>
    public static void RequireRow(TextInput input, ReadOnlySpan<byte> text, long row)
    {
        int bad = FirstInvalid(text, isWhole: true);
        if (bad >= 0)
            throw new BadInputException(Invariant($"{input.Path}, row {row}, has no UTF-8 text: its byte {bad} (0x{text[bad]:X2}) is part of no character. ")
                + "Parquet keeps text as UTF-8; write the column again from text.");
    }

    private static string Inside(TextInput input) => input.Packing != TextPacking.None ? " (once unpacked)" : "";

    private static string? Utf16Of(ReadOnlySpan<byte> bytes)
    {
        Span<int> zeros = stackalloc int[2];
        for (int i = 0; i < bytes.Length; i++)
            zeros[i % 2] += bytes[i] == 0 ? 1 : 0;
        double half = bytes.Length / 2.0;
        return zeros[1] > ZerosOfUtf16 * half && zeros[1] > ZerosApart * zeros[0] ? "UTF-16LE"
            : zeros[0] > ZerosOfUtf16 * half && zeros[0] > ZerosApart * zeros[1] ? "UTF-16BE"
            : null;
    }

    /// <summary>Place of the first byte that is part of no character; -1 where there is none. Of a part, a character cut at the end is none such.</summary>
    private static int FirstInvalid(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (Utf8.IsValid(bytes))
            return -1;
        for (int at = 0; at < bytes.Length;)
        {
            var status = Rune.DecodeFromUtf8(bytes[at..], out _, out int length);
            if (status != OperationStatus.Done)
                return isWhole || status == OperationStatus.InvalidData ? at : -1;
            at += length;
        }
        return -1;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
