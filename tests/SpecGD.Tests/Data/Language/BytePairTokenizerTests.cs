using System.Text;
using FsCheck.Fluent;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Data.Language;

public sealed class BytePairTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-bpe-").FullName;

    public static TheoryData<string> CaseNames => [.. TokenizerGolden.Cases.Select(c => c.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Ids_are_those_of_independent_tokenizers(string name)
    {
        var golden = TokenizerGolden.Cases.Single(c => c.Name == name);

        TokenizerGolden.Cut.Ids(golden.Text).ShouldBe(golden.Cut);
        TokenizerGolden.Cut.Decode(golden.Cut).ShouldBe(golden.Text);
    }

    [Fact]
    public void With_the_vocabulary_that_comes_along_too_ids_are_those_of_independent_tokenizers()
    {
        var vocabulary = PublishedVocabulary.Gpt2;
        var tokenizer = BytePairTokenizer.Gpt2;

        tokenizer.Vocabulary.ShouldBe(BytePairTokenizer.PublishedSize);
        tokenizer.EndOfText.ShouldBe((ushort)50256);
        foreach (var golden in TokenizerGolden.Cases)
            tokenizer.Ids(golden.Text).ShouldBe(golden.Full, golden.Name);
        var merger = new BytePairMerger(vocabulary);
        for (ushort token = 0; token < tokenizer.EndOfText; token++)
        {
            var tokens = new List<ushort>();
            merger.Merge(vocabulary.Bytes(token), tokens);
            (tokens is [var only] && only == token).ShouldBeTrue($"the bytes of token {token} are merged to it");
        }
    }

    [Fact]
    public void Each_published_form_of_a_vocabulary_gives_the_same_tokenizer()
    {
        string renamed = Path.Combine(_folder, "renamed");
        Directory.CreateDirectory(renamed);
        File.Copy(Path.Combine(TokenizerGolden.Folder, "encoder.json"), Path.Combine(renamed, "vocab.json"));
        File.Copy(Path.Combine(TokenizerGolden.Folder, "vocab.bpe"), Path.Combine(renamed, "merges.txt"));
        string ranks = Path.Combine(TokenizerGolden.Folder, "cut.tiktoken"), alone = Path.Combine(_folder, "gpt2.tiktoken");
        File.Copy(ranks, alone);

        foreach (string place in new[] { TokenizerGolden.Folder, renamed, ranks, _folder })
        {
            var tokenizer = new BytePairTokenizer(BytePairVocabularyFile.Read(place));
            tokenizer.Vocabulary.ShouldBe(3257);
            tokenizer.EndOfText.ShouldBe((ushort)3256);
            foreach (var golden in TokenizerGolden.Cases)
                tokenizer.Ids(golden.Text).ShouldBe(golden.Cut, $"{golden.Name} with {place}");
        }
    }

    [Fact]
    public void Decoding_gives_back_any_bytes() => Properties.Hold(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        foreach (ITokenizer tokenizer in new ITokenizer[] { TokenizerGolden.Cut, ByteTokenizer.Instance })
        {
            ushort[] ids = tokenizer.Ids(bytes);
            tokenizer.Decode(ids).SequenceEqual(bytes).ShouldBeTrue();
            ids.All(id => id < tokenizer.EndOfText).ShouldBeTrue();
        }
    }, count: 500);

    [Fact]
    public void Pieces_of_any_length_are_merged_as_the_definition_says()
    {
        var vocabulary = BytePairVocabularyFile.Read(TokenizerGolden.Folder);
        var merger = new BytePairMerger(vocabulary);
        var random = new RandomText(5);
        foreach (int length in new[] { 1, 2, 3, 10, 47, 48, 49, 50, 200, 700 })
        {
            for (int i = 0; i < 12; i++)
            {
                byte[] piece = [.. Enumerable.Range(0, length).Select(_ => (byte)"aaeinrst thedo"[random.Below(i < 6 ? 14 : 2)])];
                var tokens = new List<ushort>();
                merger.Merge(piece, tokens);
                tokens.SequenceEqual(ByDefinition(vocabulary, piece)).ShouldBeTrue($"{length} bytes");
            }
        }
    }

    [Fact]
    public void A_long_piece_takes_time_in_proportion()
    {
        // By the definition, quadratic, this would take many minutes.
        byte[] piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abracadabra", 20_000)));

        ushort[] ids = TokenizerGolden.Cut.Ids(piece);

        TokenizerGolden.Cut.Decode(ids).SequenceEqual(piece).ShouldBeTrue();
        ids.Length.ShouldBeLessThan(piece.Length * 2 / 3);
    }

    [Fact]
    public async Task Several_threads_get_the_same_ids_as_one()
    {
        byte[] text = [.. TokenizerGolden.Cases.SelectMany(c => c.Text)];
        ushort[] alone = TokenizerGolden.Cut.Ids(text);

        ushort[][] together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TokenizerGolden.Cut.Ids(text))));

        together.ShouldAllBe(ids => ids.SequenceEqual(alone));
    }

    [Theory]
    [InlineData("vocab.bpe", "a b", "c", "is no list of merges: line 2 is not two tokens")]
    [InlineData("vocab.bpe", "Ġ t", "Ġ a", "which earlier lines have not made, or have merged already")]
    [InlineData("encoder.json", "\"Ġt\":256,", "", "has no id from 0 to 65535 for 'Ġt'")]
    [InlineData("encoder.json", "\"Ġt\":256,", "\"Ġt\":257,", "which earlier lines have not made, or have merged already")]
    [InlineData("encoder.json", "\"Ġt\":256,", "\"Ġt\":4000,", "do not go from 0 to 3256, each once")]
    [InlineData("encoder.json", "\"Ġt\":256,", "\"Ġt\":256,\"more\":9999,", "they do not belong together")]
    [InlineData("encoder.json", "<|endoftext|>", "<|end|>", "has no id from 0 to 65535 for '<|endoftext|>'")]
    [InlineData("encoder.json", "{", "[", "is no vocabulary")]
    [InlineData("cut.tiktoken", "IQ== 0", "I!== 0", "line 1 is not a token in base 64 and its rank")]
    [InlineData("cut.tiktoken", "Ig== 1", "Ig== 7", "has rank 7 at line 2")]
    [InlineData("cut.tiktoken", "b3Jpbmc=", "cXpxenF6", "is damaged: the token of rank 3255 is not made of two stronger ones")]
    [InlineData("cut.tiktoken", "Ig== 1", "IQ== 1", "its first 256 tokens are not the 256 bytes")]
    public void A_damaged_vocabulary_is_bad_input(string file, string text, string instead, string sentence)
    {
        if (text == "a b")
            (text, instead) = ("\nĠ t\n", "\nĠt\n");
        foreach (string name in file.EndsWith("tiktoken", StringComparison.Ordinal) ? [file] : new[] { "encoder.json", "vocab.bpe" })
            File.Copy(Path.Combine(TokenizerGolden.Folder, name), Path.Combine(_folder, name));
        string place = Path.Combine(_folder, file), content = File.ReadAllText(place);
        int at = content.IndexOf(text, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        File.WriteAllText(place, text == "Ġ t" ? content.Replace("Ġ t\n", "Ġ t\nĠ t\n", StringComparison.Ordinal) : content[..at] + instead + content[(at + text.Length)..]);

        Should.Throw<BadInputException>(() => BytePairVocabularyFile.Read(_folder)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_missing_vocabulary_is_bad_input()
    {
        Should.Throw<BadInputException>(() => BytePairVocabularyFile.Read(Path.Combine(_folder, "nowhere"))).Message.ShouldContain("There is no vocabulary at");
        Should.Throw<BadInputException>(() => BytePairVocabularyFile.Read(_folder)).Message.ShouldContain("There is no vocabulary in");
        File.WriteAllText(Path.Combine(_folder, "a.tiktoken"), "");
        File.WriteAllText(Path.Combine(_folder, "b.tiktoken"), "");
        Should.Throw<BadInputException>(() => BytePairVocabularyFile.Read(_folder)).Message.ShouldContain("holds 2 .tiktoken files");
    }

    [Fact]
    public void The_word_for_end_of_text_is_never_read_out_of_text()
    {
        foreach (ITokenizer tokenizer in new ITokenizer[] { TokenizerGolden.Cut, ByteTokenizer.Instance })
        {
            tokenizer.Ids("<|endoftext|>"u8).ShouldNotContain(tokenizer.EndOfText);
            tokenizer.Decode([tokenizer.EndOfText]).ShouldBe("<|endoftext|>"u8.ToArray());
        }
        Should.Throw<ArgumentOutOfRangeException>(() => ByteTokenizer.Instance.Decode([257]));
        Should.Throw<ArgumentOutOfRangeException>(() => TokenizerGolden.Cut.Decode([3257]));
    }

    /// <summary>As the reference does it: find the strongest pair, merge all its occurrences from the left, begin again.</summary>
    private static List<ushort> ByDefinition(BytePairVocabulary vocabulary, byte[] piece)
    {
        List<ushort> ids = [.. piece.Select(vocabulary.OfByte)];
        while (ids.Count > 1)
        {
            int best = Enumerable.Range(0, ids.Count - 1).Min(i => vocabulary.Rank(ids[i], ids[i + 1]));
            if (best == BytePairVocabulary.NoRank)
                break;
            var merged = new List<ushort>();
            for (int i = 0; i < ids.Count; i++)
            {
                bool isPair = i + 1 < ids.Count && vocabulary.Rank(ids[i], ids[i + 1]) == best;
                merged.Add(isPair ? vocabulary.Merged(best) : ids[i]);
                i += isPair ? 1 : 0;
            }
            ids = merged;
        }
        return ids;
    }
}
