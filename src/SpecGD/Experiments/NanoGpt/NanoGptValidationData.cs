using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What a model is judged on.</summary>
/// <param name="Description">Where the tokens come from, in words.</param>
/// <param name="Tokenizer">Name of what made them.</param>
/// <param name="EndOfText">The token before each document.</param>
/// <param name="Sequences">T + 1 tokens each.</param>
public sealed record NanoGptValidationData(
    string Description, string Tokenizer, int EndOfText, IReadOnlyList<ReadOnlyMemory<ushort>> Sequences)
{
    /// <summary>The validation part of the embedded sample text, byte by byte, as training has it.</summary>
    /// <param name="length">T, a multiple of 128.</param>
    /// <param name="count">Sequences at the most; 0 for all.</param>
    public static NanoGptValidationData Sample(int length, int count)
    {
        const double megabytes = NanoGptPreset.UsualSampleMegabytes; // longer samples hold back more, and this first
        var data = NanoGptData.SampleText(megabytes);
        return Of(NanoGptData.SampleDescription(megabytes), data.Tokenizer, data.EndOfText, data.Validation, length, count);
    }

    /// <summary>Validation shards: a folder, whose <c>*_val_*.bin</c> are taken, a pattern or a file.</summary>
    /// <inheritdoc cref="Sample"/>
    /// <exception cref="BadInputException">There are none, or one is damaged.</exception>
    public static NanoGptValidationData Shards(string place, int length, int count)
    {
        var files = TokenFiles.Find(place, TokenFiles.Validation);
        var described = TokenFolder.Find(Path.GetDirectoryName(Path.GetFullPath(files[0]))!);
        int vocabulary = described?.Vocabulary ?? BytePairTokenizer.PublishedSize;
        var shards = TokenShards.OfFiles(files, vocabulary);
        return Of(
            Path.GetFullPath(place),
            described?.Tokenizer ?? BytePairTokenizer.TokenizerName,
            described?.EndOfText ?? BytePairTokenizer.PublishedSize - 1,
            shards,
            length,
            count);
    }

    /// <summary>The last tenth of a text file, byte by byte, as training has it.</summary>
    /// <inheritdoc cref="Sample"/>
    /// <exception cref="BadInputException">It cannot be read, or is too short.</exception>
    public static NanoGptValidationData Text(string path, int length, int count)
    {
        int endOfText = ByteTokenizer.Instance.EndOfText;
        var (_, heldBack) = ByteText.Divide(ByteText.Read(path, endOfText), length);
        var shards = TokenShards.InMemory(new MemoryShard(path, heldBack));
        return Of($"the last tenth of {Path.GetFullPath(path)}", ByteTokenizer.TokenizerName, endOfText, shards, length, count);
    }

    private static NanoGptValidationData Of(string description, string tokenizer, int endOfText, TokenShards shards, int length, int count)
    {
        var sequences = new ValidationSequences(shards, length);
        long taken = count == 0 ? sequences.Count : Math.Min(count, sequences.Count);
        return new NanoGptValidationData(description, tokenizer, endOfText, [.. sequences.Take(taken).Select(sequence => sequence.Tokens)]);
    }
}
