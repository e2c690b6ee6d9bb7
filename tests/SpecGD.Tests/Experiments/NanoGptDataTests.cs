using System.IO.Compression;
using SpecGD.Data.Language;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Experiments;

public sealed class NanoGptDataTests : IDisposable
{
    private static readonly NanoGptOptions Tiny = new() { Preset = "tiny" };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-nanogpt-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(512, 1)]
    [InlineData(512, 2)]
    [InlineData(1024, 8)]
    public void The_sample_is_trained_on_at_every_length(int length, int sequences)
    {
        var options = Tiny with { Length = length, Sequences = sequences, Steps = 1 };
        var data = NanoGptData.Sample(options);

        long steps = data.OnePass(options, long.MaxValue).Steps;

        steps.ShouldBeGreaterThan(300);
        for (int step = 0; step < steps; step++)
            data.Source.Next().Count.ShouldBe(sequences);
        Should.Throw<BadInputException>(() => data.Source.Next()).Message.ShouldStartWith("The training data ran out");
    }

    [Fact]
    public void Long_documents_are_trained_on_and_how_little_of_them_is_used_is_said()
    {
        Write(Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 60_000)));
        var options = Tiny with { Length = 1024, Sequences = 8, Steps = 4, AlignDocuments = true };

        var aligned = NanoGptPasses.Of(options, NanoGptData.Shards(_folder, options));
        var all = options with { AlignDocuments = false };
        var contiguous = NanoGptPasses.Of(all, NanoGptData.Shards(_folder, all));

        aligned.OnePass.Steps.ShouldBe(2);
        aligned.Shortage!.ShouldContain("is 2 steps, since sequences that begin at documents use 1.5% of them in a pass; --align-documents false uses all.");
        contiguous.Shortage.ShouldBeNull();
        NanoGptPasses.Of(all with { Steps = 1000, Repeat = true }, NanoGptData.Shards(_folder, all)).OnePass.Steps.ShouldBe(131); // of 1,080,018 tokens
    }

    [Fact]
    public void One_document_alone_is_read_on_unless_its_beginning_alone_is_asked_for()
    {
        Write([new string('a', 200_000)]);
        var aligned = Tiny with { AlignDocuments = true };

        Should.Throw<BadInputException>(() => NanoGptPasses.Of(aligned, NanoGptData.Shards(_folder, aligned))).Message
            .ShouldContain("has only 0 of 4 places for sequences of 128 tokens among all its 180001 tokens: --align-documents false lets sequences begin anywhere");
        var data = NanoGptData.Shards(_folder, Tiny);
        var passes = NanoGptPasses.Of(Tiny, data);
        passes.Require();
        passes.Sentence.ShouldBe("training reads 30720 of the 180001 training tokens, none of them twice");
        data.Remarks.ShouldContain(remark => remark.StartsWith("the documents are too few, or too long"));
        data.Source.Next().Count.ShouldBe(Tiny.SequencesPerStep);
        Tiny.FittedTo(data).AlignDocuments.ShouldBe(false, "the manifest says what was used");
    }

    [Fact]
    public void Documents_are_begun_at_where_they_are_enough_and_read_on_where_the_run_needs_more()
    {
        Write(Enumerable.Range(0, 40).Select(i => new string((char)('a' + (i % 26)), 2_000)));
        var few = Tiny with { Steps = 5 };
        var many = Tiny with { Steps = 100 };

        NanoGptData.Shards(_folder, few).AlignsDocuments.ShouldBeTrue();
        NanoGptData.Shards(_folder, few).Remarks.ShouldBeEmpty();
        NanoGptData.Shards(_folder, many).AlignsDocuments.ShouldBeFalse();
        NanoGptPasses.Of(many, NanoGptData.Shards(_folder, many)).Require();
    }

    [Theory]
    [InlineData(20_000)] // tiny takes 60 steps of 512 tokens: more than there is
    [InlineData(600)] // less than one step
    public void A_book_alone_is_trained_on_as_often_as_the_preset_has_steps_for_and_a_tenth_is_held_back(int bytes)
    {
        string path = Path.Combine(_folder, "book.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, bytes).Select(i => (char)('a' + (i * i % 23)))));
        var data = NanoGptData.Text(path, Tiny);

        var passes = NanoGptPasses.Of(Tiny, data);

        passes.Require();
        passes.Sentence.ShouldStartWith("training passes ");
        passes.Sentence.ShouldNotContain(" 0 steps");
        for (int step = 0; step < 60; step++)
            data.Source.Next().Count.ShouldBe(Tiny.SequencesPerStep);
        data.Validation.ShouldNotBeEmpty();
        (bytes + 1 - data.TrainingTokens).ShouldBe(Math.Max((bytes + 1) / 10, 130));
        NanoGptPasses.Of(Tiny with { Steps = 60 }, NanoGptData.Text(path, Tiny with { Steps = 60 })).Shortage
            .ShouldNotBeNull("a number of steps that was asked for needs --repeat");
    }

    [Fact]
    public void Too_little_to_validate_on_is_an_error_where_it_was_asked_for_and_said_where_it_was_not()
    {
        Write(Enumerable.Repeat("a short document of some forty characters", 200)); // a tenth of 200·42 tokens
        Should.Throw<BadInputException>(() => NanoGptData.Shards(_folder, Tiny with { AlignDocuments = true, ValidationTokens = 1280 })).Message
            .ShouldBe("Validation on 10 sequences of 128 tokens needs more data: the 840 tokens that are held back for it have 6. "
                + "--validation-tokens and --validation-length ask for less.");

        var few = NanoGptData.Shards(_folder, Tiny with { AlignDocuments = true });
        var none = NanoGptData.Shards(_folder, Tiny with { AlignDocuments = true, Length = 1024, Sequences = 1 });
        var asked = NanoGptData.Shards(_folder, Tiny with { AlignDocuments = true, ValidationTokens = 700, ValidationLength = 256 });

        (few.ValidationTokens, few.Remarks.Single()).ShouldBe((768, "validation is on 6 sequences of 128 tokens instead of 8 of 128: more is not there"));
        (none.ValidationTokens, none.Remarks.Single()).ShouldBe((768, "validation is on 1 sequence of 768 tokens instead of 8 of 1024: more is not there"));
        (asked.ValidationTokens, asked.ValidationLength, asked.Remarks.Count).ShouldBe((512, 256, 0));
        asked.ValidationSentence.ShouldBe("validation: 512 tokens in sequences of 256");
    }

    [Fact]
    public void Text_is_validated_on_as_asked_and_its_sequences_are_those_behind_the_training_tokens()
    {
        string path = Path.Combine(_folder, "text.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 2000).Select(i => (char)('a' + (i * i % 23)))));

        var data = NanoGptData.Text(path, Tiny with { ValidationTokens = 128 });
        var few = NanoGptData.Text(path, Tiny);

        byte[] bytes = File.ReadAllBytes(path);
        data.Validation.Single().ToArray().ShouldBe(bytes[1800..1929].Select(b => (ushort)b)); // of 2001 tokens 200 are held back
        (data.TrainingTokens, data.Remarks.Count).ShouldBe((1801, 0));
        few.Remarks.Single().ShouldStartWith("validation is on 1 sequence of 128 tokens instead of 8");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_is_read_as_tokenization_reads_it(bool isCompressed)
    {
        string path = Path.Combine(_folder, isCompressed ? "text.txt.gz" : "text.txt");
        byte[] text = [0xEF, 0xBB, 0xBF, .. Enumerable.Repeat((byte)'x', 600)];
        using (var file = File.Create(path))
        using (var writer = isCompressed ? new GZipStream(file, CompressionMode.Compress) : (Stream)file)
            writer.Write(text);

        ByteText.Read(path, 256).ShouldBe([256, .. Enumerable.Repeat((ushort)'x', 600)]);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer, not text: fetch the data with 'git lfs pull'.")]
    [InlineData("\u001f\u008b\u0008", "is no whole gzip file: it is damaged or was cut short, its checksum is not that of its content, or something else stands behind its end. Fetch it again ('gzip -t' tests it).")]
    [InlineData("\u00ff\u00fea", "text.txt > NAME' makes it that.")]
    [InlineData("", "is empty.")]
    public void What_is_no_text_is_refused(string content, string sentence)
    {
        string path = Path.Combine(_folder, "text.txt");
        File.WriteAllBytes(path, [.. content.Select(c => (byte)c)]);

        Should.Throw<BadInputException>(() => NanoGptData.Text(path, Tiny)).Message.ShouldEndWith(sentence);
    }

    private void Write(IEnumerable<string> documents)
    {
        using var writer = new TokenFolderWriter(_folder, "s", ByteTokenizer.Instance);
        foreach (string document in documents)
            writer.Append([256, .. document.Select(c => (ushort)c)], documents: 1);
        writer.Complete(1);
    }

    [Fact]
    public void The_sample_gives_sequences_that_begin_at_documents_and_validation_beside_them()
    {
        var data = NanoGptData.Sample(Tiny);
        int length = Tiny.Plan().Length;

        for (int step = 0; step < 3; step++)
        {
            var sequences = data.Source.Next();
            sequences.Count.ShouldBe(Tiny.SequencesPerStep);
            sequences.All(sequence => sequence.Length == length + 1 && sequence.Span[0] == data.EndOfText).ShouldBeTrue();
        }
        data.Validation.Count.ShouldBe(8);
        data.Validation.All(sequence => sequence.Length == length + 1).ShouldBeTrue();
    }

    [Fact]
    public void The_unigram_entropy_is_that_of_the_training_tokens()
    {
        const double rounding = 1e-12;
        using var shard = LanguageData.Sample(4, 1).Training.Open(0);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);

        // Σ p log(1/p) by another way: the mean of log(1/p) over the tokens themselves.
        var counts = tokens.CountBy(token => token).ToDictionary(pair => pair.Key, pair => (double)pair.Value);
        double entropy = tokens.Average(token => Math.Log(tokens.Length / counts[token]));

        NanoGptData.Sample(Tiny).UnigramEntropy.ShouldBe(entropy, rounding * entropy * Math.Sqrt(tokens.Length));
    }

    [Fact]
    public void A_source_that_goes_on_gives_the_sequences_that_the_first_would_have()
    {
        var first = NanoGptData.Sample(Tiny).Source;
        first.Next();
        var state = first.CaptureState()!;
        var expected = first.Next().Select(sequence => sequence.ToArray()).ToArray();

        var second = NanoGptData.Sample(Tiny).Source;
        second.RestoreState(state);

        second.Next().Select(sequence => sequence.ToArray()).ShouldBe(expected);
    }

    [Fact]
    public void The_model_takes_the_vocabulary_of_larger_tokens_and_keeps_its_own_for_smaller_ones()
    {
        var bytes = NanoGptData.Sample(Tiny);
        var large = bytes with { Vocabulary = 50257, EndOfText = 50256 };

        large.Fit(Tiny.Shape()).Vocabulary.ShouldBe(50257);
        large.Fit(Tiny.Shape()).EndOfText.ShouldBe(50256);
        var big = new NanoGptOptions { Preset = "124M" }.Shape();
        bytes.Fit(big).Vocabulary.ShouldBe(big.Vocabulary);
        bytes.Fit(big).EndOfText.ShouldBe(256);
    }
}
