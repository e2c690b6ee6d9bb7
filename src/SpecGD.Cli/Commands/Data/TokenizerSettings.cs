using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;

namespace SpecGD.Cli.Commands.Data;

/// <summary>The settings of every command that writes token shards.</summary>
internal record TokenizerSettings
{
    /// <summary>Where another vocabulary is, if no option says so.</summary>
    public const string VocabularyVariable = "SPECGD_GPT2_VOCABULARY";

    /// <summary>What is taken where no option names a vocabulary.</summary>
    public const string WithoutVocabulary = "$" + VocabularyVariable + ", or else GPT-2's own, which is part of the program";

    [Setting("tokenizer", "bytes, or gpt2: GPT-2's byte-pair encoding", Choices = "bytes,gpt2")]
    public string Tokenizer { get; init; } = ByteTokenizer.TokenizerName;

    [Setting(
        "vocabulary",
        "another vocabulary for gpt2, a folder or file: encoder.json and vocab.bpe, vocab.json and merges.txt, or a .tiktoken file",
        UnsetMeans = WithoutVocabulary)]
    public string? Vocabulary { get; init; }

    [Setting("shard-tokens", "tokens in a shard", Min = 1, Max = 2_000_000_000)]
    public int ShardTokens { get; init; } = TokenFolderWriter.ShardTokens;

    [Setting("overwrite", "replace token shards that are in the folder already")]
    public bool Overwrite { get; init; }

    /// <summary>The tokenizer that is asked for.</summary>
    /// <exception cref="BadInputException">Its vocabulary is not there or is damaged.</exception>
    public ITokenizer CreateTokenizer() => Create(Tokenizer, Vocabulary);

    /// <summary>The tokenizer of this name.</summary>
    /// <exception cref="BadInputException">The vocabulary that is named is not there or is damaged.</exception>
    public static ITokenizer Create(string name, string? vocabulary)
    {
        if (name == ByteTokenizer.TokenizerName)
            return ByteTokenizer.Instance;
        string? place = vocabulary ?? (Environment.GetEnvironmentVariable(VocabularyVariable) is { Length: > 0 } told ? told : null);
        return place is null ? BytePairTokenizer.Gpt2 : new BytePairTokenizer(BytePairVocabularyFile.Read(place));
    }
}
