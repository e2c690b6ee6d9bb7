using System.Globalization;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Data.Language.Text;

/// <summary>A format of files that people take for text, known by its first bytes.</summary>
/// <param name="Name">What such a file is, in words.</param>
/// <param name="Advice">What makes text of it, in words; {0} stands for the command of <paramref name="Program"/>.</param>
/// <param name="Program">The command that does it, which reads its standard input where no file is named; null where none is named.</param>
internal sealed record BinaryFormat(string Name, string Advice, string? Program = null)
{
    /// <summary>Stands for the program of the packing in which a file of this format was found.</summary>
    private const string Outer = "";

    private const string Unpack = "unpack it first with '{0}'", FromUnicode = "text must be UTF-8: '{0}' makes it that";

    private const string Column = "write the column with the text as JSON Lines first", SaveAsText = "save it as plain text in UTF-8",
        NoText = "there is no text in it to make tokens of",
        FromUtf16 = "iconv -f UTF-16 -t UTF-8", FromUtf32 = "iconv -f UTF-32 -t UTF-8";

    private static readonly (byte[] Beginning, BinaryFormat Format)[] Known =
    [
        ([.. FileSignature.Parquet], new("a Parquet file", "Parquet is read as it is, so unpack it first with '{0}'", Outer)),
        ([.. FileSignature.EncryptedParquet], new("an encrypted Parquet file", "write it without encryption first")),
        ([.. "ARROW1"u8], new("an Arrow file", Column)),
        ([0xFF, 0xFF, 0xFF, 0xFF], new("an Arrow stream", Column)),
        ([.. "FEA1"u8], new("a Feather file", Column)),
        ([.. "ORC"u8, 0x0A], new("an ORC file", Column)),
        ([.. "Obj"u8, 0x01], new("an Avro file", Column)),
        ([.. "SQLite format 3"u8, 0x00], new("an SQLite database", Column)),
        ([0x89, .. "HDF"u8], new("an HDF5 file", Column)),
        ([0x93, .. "NUMPY"u8], new("a NumPy array", NoText)),
        ([.. FileSignature.Gzip], new("compressed with gzip", "a file is unpacked once, so unpack this one first with '{0}'", Outer)),
        ([.. FileSignature.Zstandard], new("compressed with Zstandard", "a file is unpacked once, so unpack this one first with '{0}'", Outer)),
        ([0xFD, .. "7zXZ"u8, 0x00], new("compressed with xz", Unpack, "xz -dc")),
        ([.. "BZh"u8, (byte)'9'], new("compressed with bzip2", Unpack, "bzip2 -dc")),
        ([0x04, 0x22, 0x4D, 0x18], new("compressed with LZ4", Unpack, "lz4 -dc")),
        ([.. "7z"u8, 0xBC, 0xAF], new("a 7-Zip archive", "unpack it first")),
        ([.. "Rar!"u8], new("a RAR archive", "unpack it first")),
        ([.. "PK"u8, 0x03, 0x04], new("a ZIP archive, such as .docx, .epub or .zip", "unpack it first; of a document, " + SaveAsText)),
        ([.. "%PDF-"u8], new("a PDF document", "take its text out first, with '{0}'", "pdftotext -")),
        ([.. "{\\rtf"u8], new("an RTF document", SaveAsText)),
        ([0xD0, 0xCF, 0x11, 0xE0], new("a document of an older Word or Excel", SaveAsText)),
        ([0x89, .. "PNG"u8], new("a PNG picture", NoText)),
        ([0xFF, 0xD8, 0xFF], new("a JPEG picture", NoText)),
        ([.. "GIF8"u8], new("a GIF picture", NoText)),
        ([0x7F, .. "ELF"u8], new("a program", NoText)),
        ([.. BitConverter.GetBytes(TokenShardHeader.Magic)], new("a token shard", "it has tokens already; train on it with --data")),
        ([.. BitConverter.GetBytes(TokenShardHeader.LlamaMagic)], new("a token shard of Llama 3", NoText)),
        ([.. "version https://git-lfs"u8], new("a Git LFS pointer", "fetch the data with 'git lfs pull'")),
        ([0xFF, 0xFE, 0x00, 0x00], new("UTF-32", FromUnicode, FromUtf32)),
        ([0x00, 0x00, 0xFE, 0xFF], new("UTF-32", FromUnicode, FromUtf32)),
        ([0xFF, 0xFE], new("UTF-16", FromUnicode, FromUtf16)),
        ([0xFE, 0xFF], new("UTF-16", FromUnicode, FromUtf16)),
    ];

    private const int TarMarkAt = 257;

    private const string Tar = "tar -xf";

    /// <summary>The format of a file that begins so; null where it is none that is known.</summary>
    public static BinaryFormat? Of(ReadOnlySpan<byte> beginning)
    {
        foreach (var (bytes, format) in Known)
            if (beginning.StartsWith(bytes))
                return format;
        return beginning.Length > TarMarkAt && beginning[TarMarkAt..].StartsWith("ustar"u8) ? new("a tar archive", Unpack, Tar) : null;
    }

    /// <summary>What makes text of the file, with a command that does so whatever the file is called.</summary>
    /// <param name="input">The file.</param>
    public string AdviceFor(TextInput input) =>
        Program is null ? Advice : string.Format(CultureInfo.InvariantCulture, Advice, Program == Outer ? UnpackCommand.Outer(input) : UnpackCommand.Of(Program, input));
}
