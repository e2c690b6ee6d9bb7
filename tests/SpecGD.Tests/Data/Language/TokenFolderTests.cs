using SpecGD.Data.Language;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Tests.Data.Language;

public sealed class TokenFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-tokens-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(10, 10, "x_val_000000.bin:1 x_train_000001.bin:9")] // everything fits one shard: a tenth of it validates
    [InlineData(10, 100, "x_val_000000.bin:1 x_train_000001.bin:9")]
    [InlineData(5, 100, "x_val_000000.bin:1 x_train_000001.bin:4")]
    [InlineData(1, 100, "x_val_000000.bin:1")]
    [InlineData(11, 10, "x_val_000000.bin:10 x_train_000001.bin:1")]
    [InlineData(35, 10, "x_val_000000.bin:10 x_train_000001.bin:10 x_train_000002.bin:10 x_train_000003.bin:5")]
    public void Tokens_run_on_across_the_ends_of_shards_and_the_first_is_for_validation(int tokens, int shardTokens, string shards)
    {
        ushort[] all = [.. Enumerable.Range(0, tokens).Select(i => (ushort)(i % 257))];
        using (var writer = Writer(shardTokens))
        {
            foreach (ushort[] part in all.Chunk(7))
                writer.Append(part, part.Count(t => t == 256));
            File.Exists(Path.Combine(_folder, "x_val_000000.bin")).ShouldBeFalse("nothing has its name before all of it is there");
            writer.Complete(textBytes: 99);
        }

        var folder = TokenFolder.Find(_folder)!;
        string.Join(' ', folder.Shards.Select(s => $"{s.File}:{s.Tokens}")).ShouldBe(shards);
        (folder.Tokenizer, folder.Vocabulary, folder.EndOfText, folder.TextBytes, folder.Tokens).ShouldBe(("bytes", 257, (ushort)256, 99L, (long)tokens));
        folder.Shards.SelectMany(s => Tokens(s.File)).ShouldBe(all);
        Files().Length.ShouldBe(folder.Shards.Count + 1, "no temporary file is left");
    }

    [Fact]
    public void A_writer_that_is_given_up_leaves_nothing()
    {
        using (var writer = Writer(10))
        {
            writer.Append(new ushort[25], documents: 1);
            Files().Length.ShouldBe(3, "the temporary files, so that the test can fail");
        }

        Files().ShouldBeEmpty();
    }

    [Fact]
    public void Shards_that_are_there_are_replaced_only_when_asked_for()
    {
        using (var writer = Writer(10))
        {
            writer.Append(new ushort[35], documents: 1);
            writer.Complete(0);
        }

        Should.Throw<BadInputException>(() => Writer(10)).Message.ShouldContain("has token shards already (x_train_000001.bin)");
        using (var writer = Writer(10, overwrite: true))
        {
            writer.Append([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], documents: 1);
            Files().ShouldContain("x_train_000003.bin", "the old ones stay until the new ones are whole");
            writer.Complete(0);
        }

        Files().ShouldBe([TokenFolder.FileName, "x_train_000001.bin", "x_val_000000.bin"]);
        Tokens("x_train_000001.bin").ShouldBe([(ushort)11]);
    }

    [Fact]
    public void Only_shards_are_replaced()
    {
        File.WriteAllText(Path.Combine(_folder, "model.bin"), "dear");
        File.WriteAllText(Path.Combine(_folder, "old_train_000007.bin"), "");
        using var writer = Writer(10, overwrite: true);
        writer.Append([1, 2], documents: 1);
        writer.Complete(0);

        Files().ShouldBe(["model.bin", TokenFolder.FileName, "x_train_000001.bin", "x_val_000000.bin"]);
    }

    [Fact]
    public void Ended_while_the_shards_get_their_names_the_folder_is_not_taken_for_whole()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "x_train_000002.bin")); // a file cannot get this name
        using (var writer = Writer(10))
        {
            writer.Append(new ushort[35], documents: 1);
            Should.Throw<IOException>(() => writer.Complete(0));
        }

        Files().ShouldBe([TokenFolder.FileName, "x_train_000001.bin", "x_val_000000.bin"]);
        Should.Throw<BadInputException>(() => LanguageData.Open(_folder)).Message.ShouldContain("is not whole: the process that wrote it was stopped");
        Directory.Delete(Path.Combine(_folder, "x_train_000002.bin"));
        using (var again = Writer(10)) // which needs no --overwrite: what is there is nobody's
        {
            again.Append(new ushort[15], documents: 1);
            again.Complete(0);
        }
        Files().ShouldBe([TokenFolder.FileName, "x_train_000001.bin", "x_val_000000.bin"]);
        LanguageData.Open(_folder).Training.TokenCount.ShouldBe(5);
    }

    [Fact]
    public void A_shard_that_is_missing_or_of_another_length_is_named()
    {
        using (var writer = Writer(10))
        {
            writer.Append(new ushort[25], documents: 1);
            writer.Complete(0);
        }
        File.Delete(Path.Combine(_folder, "x_train_000002.bin"));

        Should.Throw<BadInputException>(() => LanguageData.Open(_folder)).Message.ShouldContain("names x_train_000002.bin with 5 tokens, and there is no such file");
    }

    [Fact]
    public void A_folder_without_text_is_bad_input()
    {
        using var writer = Writer(10);

        Should.Throw<BadInputException>(() => writer.Complete(0)).Message.ShouldBe("There is no text to make tokens of.");
    }

    [Theory]
    [InlineData("{\"tokenizer\": 3}", "lacks a whole number from 1 to 65536 at 'vocabulary'")]
    [InlineData("{\"tokenizer\": 3, \"vocabulary\": 257, \"end_of_text\": 256, \"documents\": 1, \"text_bytes\": 1}", "lacks the name of a tokenizer")]
    [InlineData("{\"tokenizer\": \"bytes\", \"vocabulary\": 257, \"end_of_text\": 257}", "lacks a whole number from 0 to 256 at 'end_of_text'")]
    [InlineData("{\"tokenizer\": \"bytes\", \"vocabulary\": 257, \"end_of_text\": 256, \"documents\": 0.5}", "at 'documents'")]
    [InlineData("{\"tokenizer\": \"bytes\", \"vocabulary\": 257, \"end_of_text\": 256, \"documents\": 1, \"text_bytes\": 1, \"shards\": [{}]}", "lacks a 'file' in each")]
    [InlineData("[]", "is no description of token shards")]
    public void A_damaged_description_is_bad_input(string json, string sentence)
    {
        File.WriteAllText(Path.Combine(_folder, TokenFolder.FileName), json);

        Should.Throw<BadInputException>(() => TokenFolder.Find(_folder)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_folder_of_downloaded_shards_has_no_description() => TokenFolder.Find(_folder).ShouldBeNull();

    private TokenFolderWriter Writer(int shardTokens, bool overwrite = false) => new(_folder, "x", ByteTokenizer.Instance, shardTokens, overwrite);

    private string[] Files() => [.. Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private ushort[] Tokens(string file)
    {
        using var shard = TokenShard.Open(Path.Combine(_folder, file), 257);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
        return tokens;
    }
}
