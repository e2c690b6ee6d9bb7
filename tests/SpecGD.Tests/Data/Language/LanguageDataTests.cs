using SpecGD.Data.Language;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Tests.Data.Language;

public sealed class LanguageDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_was_written_is_opened_with_what_made_it()
    {
        WriteSample();

        var data = LanguageData.Open(_folder);

        (data.Tokenizer, data.Vocabulary, data.EndOfText).ShouldBe(("bytes", 257, (ushort)256));
        (data.Training.Count, data.Validation.Count).ShouldBe((2, 1));
        (data.Training.TokenCount + data.Validation.TokenCount).ShouldBe(TokenFolder.Find(_folder)!.Tokens);
        LanguageData.Open(Path.Combine(_folder, "*_train_000001.bin"), _folder).Training.Count.ShouldBe(1);
    }

    [Fact]
    public void Shards_without_a_description_are_those_of_GPT_2()
    {
        WriteSample();
        File.Delete(Path.Combine(_folder, TokenFolder.FileName));

        var data = LanguageData.Open(_folder);

        (data.Tokenizer, data.Vocabulary, data.EndOfText).ShouldBe(("gpt2", 50257, (ushort)50256));
    }

    [Fact]
    public void A_folder_that_is_not_whole_is_refused()
    {
        WriteSample();
        string last = Path.Combine(_folder, "s_train_000002.bin");
        byte[] bytes = File.ReadAllBytes(last);
        using (var writer = new TokenShardWriter(last))
        {
            writer.Append([1]);
            writer.Seal();
            writer.Publish();
        }

        Should.Throw<BadInputException>(() => LanguageData.Open(_folder)).Message.ShouldContain("names s_train_000002.bin with");
        File.Delete(last);
        Should.Throw<BadInputException>(() => LanguageData.Open(_folder)).Message.ShouldEndWith("and there is no such file.");
        File.WriteAllBytes(last, bytes);
        LanguageData.Open(_folder).Training.Count.ShouldBe(2);
    }

    [Fact]
    public void One_shard_is_not_trained_and_validated_on_and_alone_has_a_tenth_held_back()
    {
        WriteSample();
        string validation = Path.Combine(_folder, "s_val_000000.bin");
        foreach (string place in new[] { validation, Path.Combine(_folder, "*.bin") })
            Should.Throw<BadInputException>(() => LanguageData.Open(place)).Message
                .ShouldStartWith($"{validation} would be trained and validated on: a validation loss on training tokens says nothing.");
        string alone = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "alone")).FullName, "anything.bin");
        File.Copy(validation, alone);

        var data = LanguageData.Open(alone);

        data.Remark.ShouldBe($"{alone} is the only shard of its folder: its first 1000 tokens, a tenth, are held back for validation");
        Tokens(data.Validation).Concat(Tokens(data.Training)).ShouldBe(Tokens(TokenShards.OfFiles([alone], 257)));
        (data.Validation.TokenCount, data.Training.TokenCount).ShouldBe((1000, 9000));
        LanguageData.Open(_folder).Remark.ShouldBeNull();
    }

    private static ushort[] Tokens(TokenShards shards)
    {
        using var shard = shards.Open(0);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
        Should.Throw<ArgumentOutOfRangeException>(() => shard.Read(1, tokens));
        return tokens;
    }

    [Fact]
    public void The_sample_needs_no_file()
    {
        var data = LanguageData.Sample(0.1, seed: 1);

        (data.Tokenizer, data.Vocabulary, data.EndOfText).ShouldBe(("bytes", 257, (ushort)256));
        (data.Training.TokenCount + data.Validation.TokenCount).ShouldBeInRange(100_000, 103_000);
    }

    private void WriteSample()
    {
        using var writer = new TokenFolderWriter(_folder, "s", ByteTokenizer.Instance, shardTokens: 10_000);
        SampleText.Write(0.025, seed: 1, ByteTokenizer.Instance, writer);
    }
}
