using System.IO.Compression;
using System.Text;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Data.Language;

public sealed class TextCheckTests : IDisposable
{
    private const string Prose = "It was the best of times, it was the worst of times.\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-text-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, byte[]> Binaries => new()
    {
        { "an encrypted Parquet file", [.. "PARE"u8] },
        { "an Arrow file", [.. "ARROW1"u8] },
        { "compressed with xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] },
        { "compressed with bzip2", [.. "BZh91AY&SY"u8] },
        { "a PDF document", [.. "%PDF-1.7\n"u8] },
        { "a ZIP archive, such as .docx", [.. "PK"u8, 0x03, 0x04] },
        { "an SQLite database", [.. "SQLite format 3\0"u8] },
        { "a token shard,", [.. BitConverter.GetBytes(20240520)] },
        { "a token shard of Llama 3", [.. BitConverter.GetBytes(20240801)] },
        { "UTF-32", [0xFF, 0xFE, 0x00, 0x00] },
        { "UTF-16LE", Encoding.Unicode.GetBytes(Prose) },
        { "UTF-16BE", Encoding.BigEndianUnicode.GetBytes(Prose) },
        { "its byte 5 is 0", [.. "plain"u8, 0] },
        { "its byte 3 (0xE9) is part of no character", [.. "caf"u8, 0xE9, .. " au lait"u8] },
    };

    [Theory]
    [MemberData(nameof(Binaries))]
    public void What_is_no_text_by_its_first_bytes_is_named_wherever_text_is_read(string name, byte[] beginning)
    {
        byte[] bytes = [.. beginning, .. Encoding.ASCII.GetBytes(Prose)];
        foreach (string file in new[] { "text.txt", "lines.jsonl", "lines.json" })
            RefusalOf(Write(file, bytes), tokenize: true).ShouldContain(name);
        RefusalOf(Write("text.txt", bytes), tokenize: false).ShouldContain(name);
        RefusalOf(Write("packed.txt.gz", Packed(bytes)), tokenize: true).ShouldContain(name, customMessage: "unpacked, it is no text either");
    }

    public static TheoryData<string, byte[]> ReadOnce => new()
    {
        { "is a Parquet file, not text (once unpacked): Parquet is read as it is", [.. "PAR1"u8] },
        { "is compressed with Zstandard, not text (once unpacked)", [0x28, 0xB5, 0x2F, 0xFD] },
        { "is compressed with gzip, not text (once unpacked)", [0x1F, 0x8B, 0x08] },
    };

    [Theory]
    [MemberData(nameof(ReadOnce))]
    public void What_is_packed_twice_is_refused(string sentence, byte[] beginning)
    {
        byte[] bytes = [.. beginning, .. Encoding.ASCII.GetBytes(Prose)];
        RefusalOf(Write("packed.txt.gz", Packed(bytes)), tokenize: true).ShouldContain(sentence);
        RefusalOf(Write("packed.txt", Packed(bytes)), tokenize: false).ShouldContain(sentence);
    }

    [Fact]
    public void A_byte_of_no_character_far_into_a_text_is_named_by_its_place()
    {
        const int bad = (3 * TextBlocks.BlockLength) + 17;
        byte[] bytes = [.. Enumerable.Repeat((byte)'a', bad), 0xE9, .. " au lait"u8];
        byte[] marked = [0xEF, 0xBB, 0xBF, .. bytes];

        RefusalOf(Write("text.txt", bytes), tokenize: true).ShouldContain($"its byte {bad} (0xE9)");
        RefusalOf(Write("text.txt", bytes), tokenize: false).ShouldContain($"its byte {bad} (0xE9)");
        RefusalOf(Write("marked.txt", marked), tokenize: true).ShouldContain($"its byte {bad + 3} (0xE9)");
        RefusalOf(Write("packed.txt.gz", Packed(bytes)), tokenize: true).ShouldContain($"its byte {bad} (0xE9)");
        byte[] lines = [.. Enumerable.Repeat((byte[])[.. "{\"text\": \"plain\"}\n"u8], 30000).SelectMany(line => line)];
        RefusalOf(Write("lines.jsonl", [.. lines, .. "{\"text\": \""u8, 0xE9, .. "\"}\n"u8]), tokenize: true).ShouldContain($"its byte {lines.Length + 10} (0xE9)");
    }

    public static TheoryData<byte[]> CutCharacters => [[0xE9], [.. "é"u8[..1]], [.. "語"u8[..1]], [.. "語"u8[..2]], [.. "😀"u8[..1]], [.. "😀"u8[..2]], [.. "😀"u8[..3]]];

    /// <summary>Whatever the length of the text before, also where it ends with a block or with the part that is looked at first.</summary>
    [Theory]
    [MemberData(nameof(CutCharacters))]
    public void A_text_that_ends_within_a_character_is_refused_wherever_text_is_read(byte[] end)
    {
        foreach (int before in new[] { 0, 3, TextCheck.ExaminedBytes - 1, TextCheck.ExaminedBytes, TextBlocks.BlockLength - 2, TextBlocks.BlockLength - 1, TextBlocks.BlockLength })
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)'a', before), .. end];
            string sentence = $"its byte {before} (0x{end[0]:X2}) is part of no character";
            RefusalOf(Write("text.txt", bytes), tokenize: true).ShouldContain(sentence);
            RefusalOf(Write("text.txt", bytes), tokenize: false).ShouldContain(sentence);
            RefusalOf(Write("packed.txt.gz", Packed(bytes)), tokenize: true).ShouldContain(sentence);
            byte[] line = [.. "{\"text\": \"one\"}\n"u8];
            RefusalOf(Write("lines.jsonl", [.. line, .. bytes]), tokenize: true).ShouldContain($"its byte {line.Length + before} (0x{end[0]:X2}) is part of no character");
        }
    }

    [Theory]
    [InlineData("é")]
    [InlineData("語")]
    [InlineData("😀")]
    public void A_character_across_the_end_of_a_block_is_text(string character)
    {
        for (int shift = 0; shift < 4; shift++)
        {
            string text = new string('a', shift) + string.Concat(Enumerable.Repeat(character, TextBlocks.BlockLength));
            int bytes = Encoding.UTF8.GetByteCount(text);
            string path = Write("long.txt", Encoding.UTF8.GetBytes(text));

            ByteText.Read(path, 256).Length.ShouldBe(bytes + 1);
            Tokenize(TextInput.Find([path]), $"long{shift}").TextBytes.ShouldBe(bytes);
        }
    }

    [Theory]
    [InlineData("plain text, café, 語 and 😀")]
    [InlineData("PARSIMONY is the first word, and ORCHARD the last")]
    [InlineData("")]
    public void Text_is_let_through(string text) =>
        Should.NotThrow(() => TextCheck.Require(new TextInput("a.txt", 1, TextLayout.Plain, TextPacking.None), Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_character_that_the_look_cuts_is_none_of_those_that_are_no_text()
    {
        for (int shift = 0; shift < 4; shift++)
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)'a', shift), .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("😀", TextCheck.ExaminedBytes)))];
            Should.NotThrow(() => TextCheck.Require(new TextInput("a.txt", 1, TextLayout.Plain, TextPacking.None), bytes));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void Gzip_that_was_cut_short_is_refused_and_never_half_a_text(double share)
    {
        var random = new RandomText(15);
        string text = string.Concat(Enumerable.Range(0, 200).Select(_ => random.Next(100, beyond: false)));
        byte[] whole = Packed(Encoding.UTF8.GetBytes(text));
        string path = Write("cut.txt.gz", whole[..(int)(share * whole.Length)]);

        RefusalOf(path, tokenize: true).ShouldStartWith($"{path} is no whole gzip file");
        RefusalOf(path, tokenize: false).ShouldStartWith($"{path} is no whole gzip file");
        ByteText.Read(Write("whole.txt.gz", whole), 256).Length.ShouldBe(Encoding.UTF8.GetByteCount(text) + 1);
    }

    [Theory]
    [InlineData("c4-train.00000-of-01024.json.gz")]
    [InlineData("dolma.json")]
    public void Files_named_json_hold_JSON_Lines(string name)
    {
        byte[] lines = "{\"text\": \"one\", \"url\": \"a\"}\n{\"text\": \"two\"}\n"u8.ToArray();
        string path = Write(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Packed(lines) : lines);

        var folder = Tokenize(TextInput.Find([path]), "one");
        var found = Tokenize(TextInput.Find([_folder]), "two");

        (folder.Documents, folder.TextBytes).ShouldBe((2L, 6L));
        found.Documents.ShouldBe(2, "a folder finds them too");
    }

    private string RefusalOf(string path, bool tokenize) => Should.Throw<BadInputException>(() =>
    {
        if (tokenize)
            Tokenize(TextInput.Find([path]), "out");
        else
            ByteText.Read(path, 256);
    }).Message;

    private TokenFolder Tokenize(IReadOnlyList<TextInput> inputs, string output)
    {
        using var writer = new TokenFolderWriter(Path.Combine(_folder, output), "t", ByteTokenizer.Instance);
        return new TextTokenization(ByteTokenizer.Instance).Run(inputs, writer);
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
