using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Data.Language;

/// <summary>What a language model is trained and judged on.</summary>
/// <param name="Tokenizer">Name of the tokenizer.</param>
/// <param name="Vocabulary">Number of ids; every token is below it.</param>
/// <param name="EndOfText">The token before each document.</param>
/// <param name="Training">Training shards.</param>
/// <param name="Validation">Validation shards.</param>
public sealed record LanguageData(string Tokenizer, int Vocabulary, ushort EndOfText, TokenShards Training, TokenShards Validation)
{
    /// <summary>
    /// The shards on disk. What made the tokens is read from <see cref="TokenFolder.FileName"/> beside the training shards; where there is none
    /// they are
    /// taken for ready-made ones of GPT-2.
    /// </summary>
    /// <param name="training">A folder, whose <c>*_train_*.bin</c> are taken, a pattern or a file.</param>
    /// <param name="validation">A folder, whose <c>*_val_*.bin</c> are taken, a pattern or a file; the folder of the training shards where it is
    /// not given. Where that folder has no other shard, the first tenth of this one.</param>
    /// <exception cref="BadInputException">There are no such shards, one is damaged, or some of the folder are
    /// missing, or a shard is named for both.</exception>
    public static LanguageData Open(string training, string? validation = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(training);
        var files = TokenFiles.Find(training, TokenFiles.Training);
        string folder = Path.GetDirectoryName(Path.GetFullPath(files[0]))!;
        bool holdsBack = validation is null && IsAlone(files, folder);
        var validationFiles = holdsBack ? [] : TokenFiles.Find(validation ?? folder, TokenFiles.Validation);
        if (files.Select(Path.GetFullPath).Intersect(validationFiles.Select(Path.GetFullPath)).FirstOrDefault() is { } both)
            throw new BadInputException($"{both} would be trained and validated on: a validation loss on training tokens says nothing. "
                + $"Give the folder, or its training shards alone ({Path.Combine(folder, TokenFiles.Training)}).");
        var described = TokenFolder.Find(folder);
        described?.RefuseMissing(folder);
        int vocabulary = described?.Vocabulary ?? BytePairTokenizer.PublishedSize;
        var (heldBack, rest) = holdsBack
            ? TokenShards.Divide(files[0], vocabulary)
            : (TokenShards.OfFiles(validationFiles, vocabulary), TokenShards.OfFiles(files, vocabulary));
        return new LanguageData(
            described?.Tokenizer ?? BytePairTokenizer.TokenizerName,
            vocabulary,
            described?.EndOfText ?? BytePairTokenizer.PublishedSize - 1,
            rest,
            heldBack)
        {
            Remark = holdsBack
                ? $"{files[0]} is the only shard of its folder: its first {Counted.Of(heldBack.TokenCount, "token")}, a tenth, are held back for validation"
                : null,
        };
    }

    /// <summary>What the user should know of how the data were divided; null where there is nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>Whether one file was named and no other shard lies beside it.</summary>
    private static bool IsAlone(IReadOnlyList<string> files, string folder) =>
        files is [var only]
        && Directory.EnumerateFiles(folder, TokenFiles.All).All(file => Path.GetFileName(file) == Path.GetFileName(only));

    /// <summary>The sample text, in memory: a first training needs no file and no download.</summary>
    /// <param name="megabytes">Length of the text in 10⁶ bytes.</param>
    /// <param name="seed">Which text.</param>
    /// <param name="tokenizer">What makes the tokens; bytes where it is not given.</param>
    public static LanguageData Sample(double megabytes, ulong seed, ITokenizer? tokenizer = null)
    {
        tokenizer ??= ByteTokenizer.Instance;
        var (training, validation) = SampleText.Shards(megabytes, seed, tokenizer);
        return new LanguageData(tokenizer.Name, tokenizer.Vocabulary, tokenizer.EndOfText, training, validation);
    }
}
