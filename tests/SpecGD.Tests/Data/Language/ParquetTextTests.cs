using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Data.Language;

/// <summary>Parquet as Apache Arrow writes it (golden/parquet, by make.cs there), damaged, and large.</summary>
public sealed class ParquetTextTests : IDisposable
{
    private const int Rows = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-parquet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("none")]
    [InlineData("snappy")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("brotli")]
    [InlineData("lz4")]
    [InlineData("delta")]
    [InlineData("sums")]
    public void Texts_of_a_column_are_documents_whatever_packs_and_encodes_it(string name)
    {
        string?[] texts = [.. Enumerable.Range(0, Rows).Select(TextOf)];
        string?[] within = [.. texts.Select((text, row) => row % RowsOfGroup % 5 == 0 ? null : text)];

        Documents(Golden(name), "text").ShouldBe(texts.OfType<string>());
        Documents(Golden(name), "raw").ShouldBe(texts.OfType<string>(), "bytes without a note that they are text");
        Documents(Golden(name), "id").ShouldBe(texts.Select(text => text ?? ""), "a column that has no nulls");
        Documents(Golden(name), "meta.text").ShouldBe(within.OfType<string>(), "a null text in a value, and no value at all");
        Documents(Golden(name), "meta.lang").ShouldBe(texts.Where((_, row) => row % RowsOfGroup % 5 != 0).Select(text => text ?? ""));
    }

    [Theory]
    [InlineData("body", "has no column 'body'. It has text (text), id (text), n (int64), meta.text (text), meta.lang (text), tags.list.element (list of text), raw (text). Name the one with the text with --text-column.")]
    [InlineData("meta", "has no column 'meta'.")]
    [InlineData("n", "its column 'n' is int64, no text.")]
    [InlineData("tags.list.element", "its column 'tags.list.element' has a list in each row; one text a row was expected.")]
    public void A_column_that_has_no_text_is_named_with_those_there_are(string column, string sentence)
    {
        string message = Should.Throw<BadInputException>(() => Documents(Golden("snappy"), column)).Message;

        message.ShouldStartWith(Golden("snappy"));
        message.ShouldContain(sentence);
    }

    [Fact]
    public void Parquet_cut_anywhere_is_refused_and_leaves_nothing()
    {
        byte[] whole = File.ReadAllBytes(Golden("snappy"));
        foreach (int length in new[] { 4, 5, 12, 1000, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            string path = Path.Combine(_folder, "cut.parquet");
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<BadInputException>(() => Documents(path, "text")).Message.ShouldStartWith($"{path} is no whole Parquet file", customMessage: $"{length} bytes");
            Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "out")).ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_changed_byte_in_a_page_with_a_checksum_is_seen()
    {
        byte[] bytes = File.ReadAllBytes(Golden("sums"));
        foreach (int at in Enumerable.Range(0, bytes.Length).Where(at => bytes.AsSpan(at).StartsWith("best of times"u8)).ToArray())
            bytes[at] = (byte)'r';
        string path = Path.Combine(_folder, "changed.parquet");
        File.WriteAllBytes(path, bytes);

        Should.Throw<BadInputException>(() => Documents(path, "text")).Message.ShouldContain("a page has not the checksum that its header says");
    }

    [Fact]
    public void A_text_that_is_no_UTF_8_is_named_by_its_row()
    {
        byte[] bytes = File.ReadAllBytes(Golden("none"));
        for (int at; (at = bytes.AsSpan().IndexOf("caf"u8)) >= 0;)
            (bytes[at], bytes[at + 3]) = ((byte)'C', 0xE9);
        string path = Path.Combine(_folder, "latin.parquet");
        File.WriteAllBytes(path, bytes);

        Should.Throw<BadInputException>(() => Documents(path, "text")).Message.ShouldContain("row 2, has no UTF-8 text: its byte 29 (0xE9) is part of no character");
    }

    [Fact]
    public void It_is_known_by_its_first_bytes_and_found_in_folders()
    {
        string inputs = Path.Combine(_folder, "in"), renamed = Path.Combine(_folder, "renamed.txt");
        Directory.CreateDirectory(inputs);
        File.Copy(Golden("zstd"), Path.Combine(inputs, "a.parquet"));
        File.WriteAllText(Path.Combine(inputs, "b.txt"), "plain");
        File.Copy(Golden("zstd"), renamed);

        Documents(renamed, "text").ShouldBe(Documents(Golden("zstd"), "text"));
        Documents(inputs, "text").ShouldBe([.. Documents(Golden("zstd"), "text"), "plain"]);
    }

    [Fact]
    public void A_long_file_in_several_blocks_keeps_its_order_and_tells_how_far_it_is()
    {
        var random = new RandomText(31);
        string[] texts = [.. Enumerable.Range(0, 3000).Select(_ => random.Next(random.Below(300), beyond: true)), new string('x', 3 * TextBlocks.BlockLength)];
        string path = Path.Combine(_folder, "long.parquet");
        Write(path, [texts[..1000], [], texts[1000..]]);
        var input = TextInput.Of(path);

        var blocks = TextBlocks.Of([input], ByteTokenizer.Instance, "text").ToArray();

        blocks.Length.ShouldBeGreaterThan(3);
        blocks[..^1].ShouldAllBe(block => block.Length <= TextBlocks.BlockLength);
        blocks.Select(block => block.BytesRead).ShouldBeInOrder();
        blocks[^1].BytesRead.ShouldBe(input.Length);
        Documents(path, "text").SequenceEqual(texts).ShouldBeTrue();
    }

    [Fact]
    public void The_text_of_a_training_may_be_Parquet_or_JSON_Lines_too()
    {
        string lines = Path.Combine(_folder, "a.jsonl");
        File.WriteAllText(lines, "{\"text\": \"ab\"}\n{\"text\": \"c\"}\n");

        ByteText.Read(lines, 999).ShouldBe([999, 'a', 'b', 999, 'c']);
        ByteText.Read(Golden("gzip"), 256).Count(token => token == 256).ShouldBe(Enumerable.Range(0, Rows).Count(row => TextOf(row) is not null));
    }

    private const int RowsOfGroup = 25;

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "golden", "parquet", name + ".parquet");

    private static string? TextOf(int row) => row % 7 != 0
        ? string.Create(CultureInfo.InvariantCulture, $"It was the best of times, café 語 😀\n{row}")
        : row % 14 == 0 ? null : "";

    /// <summary>The documents, by way of a token folder.</summary>
    private string[] Documents(string place, string column)
    {
        string output = Path.Combine(_folder, "out");
        TokenFolder folder;
        using (var writer = new TokenFolderWriter(output, "t", ByteTokenizer.Instance, overwrite: true))
            folder = new TextTokenization(ByteTokenizer.Instance, column: column).Run(TextInput.Find([place]), writer);
        var tokens = folder.Shards.SelectMany(shard => Tokens(Path.Combine(output, shard.File))).ToArray();
        string[] documents = Encoding.UTF8.GetString(ByteTokenizer.Instance.Decode(tokens)).Split("<|endoftext|>")[1..];
        folder.Documents.ShouldBe(documents.Length);
        return documents;
    }

    private static ushort[] Tokens(string path)
    {
        using var shard = TokenShard.Open(path, ByteTokenizer.VocabularySize);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
        return tokens;
    }

    private static void Write(string path, string[][] groups)
    {
        var column = new DataField("text", typeof(string));
        using var file = File.Create(path);
        WriteAsync().GetAwaiter().GetResult();

        async Task WriteAsync()
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(column), file);
            foreach (string[] texts in groups)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(column, texts);
            }
        }
    }
}
