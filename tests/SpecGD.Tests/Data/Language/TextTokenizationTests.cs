using System.IO.Compression;
using System.Text;
using System.Text.Json;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Numerics;

namespace SpecGD.Tests.Data.Language;

public sealed class TextTokenizationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-text-").FullName;

    private string Output => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_text_in_blocks_has_the_ids_of_the_whole(bool compressed)
    {
        var random = new RandomText(8);
        List<byte> text = [];
        while (text.Count < 5 * TextBlocks.BlockLength / 2)
            text.AddRange(Encoding.UTF8.GetBytes(random.Next(200, beyond: true)));
        text.AddRange(Encoding.UTF8.GetBytes(new string('語', 50_000) + new string(' ', 60_000) + new string('x', 100_000) + " 'll \n"));
        string name = Write(compressed ? "long.txt.gz" : "long.txt", [.. text]);

        Tokens(TokenizerGolden.Cut, name).SequenceEqual([TokenizerGolden.Cut.EndOfText, .. TokenizerGolden.Cut.Ids(text.ToArray())]).ShouldBeTrue();
    }

    [Fact]
    public void A_run_without_any_break_that_is_longer_than_a_block_is_cut_between_characters()
    {
        string text = new('語', TextBlocks.BlockLength);
        string name = Write("run.txt", Encoding.UTF8.GetBytes(text));

        ushort[] tokens = Tokens(TokenizerGolden.Cut, name);

        (Encoding.UTF8.GetString(TokenizerGolden.Cut.Decode(tokens.AsSpan(1))) == text).ShouldBeTrue();
    }

    [Fact]
    public void Every_line_of_JSON_Lines_is_a_document_and_so_is_every_text_file()
    {
        Write("in/b.jsonl", "{\"id\": 1, \"text\": \"one\\n\\u00e9\\ud83d\\ude00\"}\r\n\n   \n{\"meta\": {\"text\": \"no\"}, \"text\": \"\"}\n{\"text\":\"three\"}"u8.ToArray());
        Write("in/a.txt", "plain"u8.ToArray());
        Write("in/deep/c.md", [0xEF, 0xBB, 0xBF, .. "marked"u8]);
        Write("in/ignored.bin", [0]);
        Write("in/empty.txt", []);

        byte[] decoded = ByteTokenizer.Instance.Decode(Tokens(ByteTokenizer.Instance, Path.Combine(_folder, "in")));

        Encoding.UTF8.GetString(decoded).ShouldBe("<|endoftext|>plain<|endoftext|>one\né😀<|endoftext|><|endoftext|>three<|endoftext|>marked<|endoftext|>");
        var folder = TokenFolder.Find(Output)!;
        (folder.Documents, folder.TextBytes).ShouldBe((6L, 26L));
    }

    [Fact]
    public void Many_lines_in_many_blocks_keep_their_order()
    {
        var random = new RandomText(9);
        string[] documents = [.. Enumerable.Range(0, 4000).Select(_ => random.Next(random.Below(150), beyond: true))];
        documents[1000] = string.Concat(Enumerable.Repeat("long ", TextBlocks.BlockLength)); // a line of five blocks
        string name = Write("many.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', documents.Select(d => JsonSerializer.Serialize(new { text = d })))));

        ushort[] expected = [.. documents.SelectMany(d => (ushort[])[TokenizerGolden.Cut.EndOfText, .. TokenizerGolden.Cut.Ids(Encoding.UTF8.GetBytes(d))])];
        Tokens(TokenizerGolden.Cut, name).SequenceEqual(expected).ShouldBeTrue();
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n{\"text\": 3}", "line 2, is no document: its 'text' is no string.")]
    [InlineData("{\"text\": \"a\"}\n\n{\"body\": \"b\"}\n", "line 3, is no document: it has no property 'text'.")]
    [InlineData("[1]", "line 1, is no document: it is no JSON object.")]
    [InlineData("{\"text\": \"a\"} x", "line 1, is no document: more follows after the end of its first value, 'x'.")]
    [InlineData("{\"text\": \"a", "line 1, is no document: it ends in the middle of a value.")]
    [InlineData("{\"text\": \"\\ud800\"}", "line 1, is no document: its 'text' is no Unicode text")]
    [InlineData("{\"\\ud800\": \"\"}", "line 1, is no document: a name in it is no Unicode text")]
    public void A_line_that_is_no_document_is_named(string lines, string sentence)
    {
        string name = Write("bad.jsonl", Encoding.UTF8.GetBytes(lines));

        string message = Should.Throw<BadInputException>(() => Tokens(ByteTokenizer.Instance, name)).Message;

        message.ShouldStartWith(name);
        message.ShouldContain(sentence);
        message.ShouldEndWith("Each line must be a JSON object with a string at 'text'.");
        Directory.EnumerateFileSystemEntries(Output).ShouldBeEmpty();
    }

    [Fact]
    public void Another_field_can_hold_the_text()
    {
        string name = Write("a.jsonl", "{\"text\": \"no\", \"content\": \"yes\"}"u8.ToArray());

        ByteTokenizer.Instance.Decode(Tokens(ByteTokenizer.Instance, name, "content")).ShouldBe("<|endoftext|>yes"u8.ToArray());
    }

    [Theory]
    [InlineData("utf16.txt", new byte[] { 0xFF, 0xFE, 65, 0 }, "is UTF-16, not text: text must be UTF-8")]
    [InlineData("packed.txt", new byte[] { 0x1F, 0x8B, 8, 0 }, "is no whole gzip file")]
    [InlineData("packed.txt", new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0 }, "is no whole Zstandard file")]
    [InlineData("unpacked.txt.zst", new byte[] { 65, 66, 67, 68, 69, 70, 71, 72, 73, 74 }, "is no whole Zstandard file")]
    [InlineData("text.parquet", new byte[] { 65, 66, 67, 68, 69, 70, 71, 72, 73, 74 }, "is named as a Parquet file and is none by its first bytes")]
    [InlineData("unpacked.txt.gz", new byte[] { 65, 66, 67, 68, 69, 70, 71, 72, 73, 74 }, "is no whole gzip file")]
    public void What_is_no_text_is_bad_input(string name, byte[] bytes, string sentence)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);

        Should.Throw<BadInputException>(() => Tokens(ByteTokenizer.Instance, path)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_Git_LFS_pointer_a_missing_file_and_a_folder_without_text_are_bad_input()
    {
        string pointer = Write("pointer.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(_folder, "none"));

        Should.Throw<BadInputException>(() => Tokens(ByteTokenizer.Instance, pointer)).Message.ShouldContain("is a Git LFS pointer, not text");
        Should.Throw<BadInputException>(() => TextInput.Find([Path.Combine(_folder, "missing")])).Message.ShouldStartWith("There is no file and no folder at");
        Should.Throw<BadInputException>(() => TextInput.Find([Path.Combine(_folder, "none")])).Message.ShouldContain("has no text: files ending in .txt, .text, .md, .jsonl, .ndjson");
    }

    [Fact]
    public void A_file_that_several_places_stand_for_is_read_once_and_named_once()
    {
        string folder = Path.Combine(_folder, "again"), text = Path.Combine(folder, "a.txt"), other = Path.Combine(folder, "b.dat");
        Directory.CreateDirectory(folder);
        File.WriteAllText(text, "one");
        File.WriteAllText(other, "two");

        string[][] places = [[folder, text], [text, folder], [folder, folder], [folder, folder + "/", Path.Combine(folder, ".")], [text, Path.Combine(folder, ".", "a.txt")]];
        foreach (string[] some in places)
        {
            TextInput.Find(some).ShouldHaveSingleItem();
            TextInput.NamedAgain(some).ShouldHaveSingleItem().ShouldEndWith("a.txt");
            if (some.Contains(folder))
                TextInput.PassedOver(some).ShouldBe([other]);
        }
        TextInput.Find([folder, other]).Count.ShouldBe(2);
        TextInput.PassedOver([folder, other]).ShouldBeEmpty("it is read, by its own name");
        TextInput.NamedAgain([folder, other]).ShouldBeEmpty();
    }

    [Fact]
    public void Stopped_it_leaves_nothing_behind()
    {
        int length = 3 * TextTokenization.BlocksPerThread * ThreadBudget.Total * TextBlocks.BlockLength; // the first report comes after a third of it
        byte[] text = new byte[length];
        text.AsSpan().Fill((byte)'a');
        string name = Write("long.txt", text);
        using var source = new CancellationTokenSource();
        using (var writer = new TokenFolderWriter(Output, "t", ByteTokenizer.Instance))
        {
            var work = new TextTokenization(ByteTokenizer.Instance);
            var stop = new StopAtFirstReport(source);
            Should.Throw<OperationCanceledException>(() => work.Run(TextInput.Find([name]), writer, stop, source.Token));
            stop.Last.FileBytes.ShouldBeGreaterThan(0);
            stop.Last.Tokens.ShouldBeInRange(1, length - 1);
        }

        Directory.EnumerateFileSystemEntries(Output).ShouldBeEmpty();
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(bytes);
        return path;
    }

    private ushort[] Tokens(ITokenizer tokenizer, string place, string field = "text")
    {
        TokenFolder folder;
        using (var writer = new TokenFolderWriter(Output, "t", tokenizer))
            folder = new TextTokenization(tokenizer, field).Run(TextInput.Find([place]), writer);
        return [.. folder.Shards.SelectMany(s => Read(Path.Combine(Output, s.File), tokenizer.Vocabulary))];
    }

    private static ushort[] Read(string path, int vocabulary)
    {
        using var shard = TokenShard.Open(path, vocabulary);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
        return tokens;
    }

    private sealed class StopAtFirstReport(CancellationTokenSource source) : IProgress<TokenizationProgress>
    {
        public TokenizationProgress Last { get; private set; }

        public void Report(TokenizationProgress value)
        {
            Last = value;
            source.Cancel();
        }
    }
}
