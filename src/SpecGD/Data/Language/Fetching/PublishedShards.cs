using System.Globalization;

namespace SpecGD.Data.Language.Fetching;

/// <summary>Ready-made GPT-2 token shards on the Hugging Face hub: web text, tokenized, 10⁸ tokens a shard, one shard for validation.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Repository">The data set on the hub.</param>
/// <param name="Prefix">Beginning of the shards' names.</param>
/// <param name="TrainingShards">How many training shards there are.</param>
public sealed record PublishedShards(string Name, string Repository, string Prefix, int TrainingShards)
{
    /// <summary>Those that are known.</summary>
    public static IReadOnlyList<PublishedShards> All { get; } =
    [
        new("fineweb10B", "kjj0/fineweb10B-gpt2", "fineweb", 103),
        new("fineweb100B", "kjj0/fineweb100B-gpt2", "fineweb", 1030),
        new("finewebedu10B", "kjj0/finewebedu10B-gpt2", "finewebedu", 99),
    ];

    /// <summary>The collection of this name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static PublishedShards Named(string name) =>
        All.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new BadInputException($"There are no shards '{name}' to fetch; there are {string.Join(", ", All.Select(c => c.Name))}.{Spelling.Hint(name, All.Select(c => c.Name))}");

    /// <summary>The validation shard and the first <paramref name="training"/> training shards.</summary>
    /// <exception cref="BadInputException">There are not so many.</exception>
    public IReadOnlyList<string> Files(int training) => training >= 0 && training <= TrainingShards
        ? [File("val", 0), .. Enumerable.Range(1, training).Select(i => File("train", i))]
        : throw new BadInputException($"{Name} has {TrainingShards} training shards; {training} were asked for.");

    /// <summary>Where a file of the collection is, below the address of the hub or of a mirror with the same paths.</summary>
    public Uri Address(Uri hub, string file)
    {
        ArgumentNullException.ThrowIfNull(hub);
        return new Uri($"{hub.ToString().TrimEnd('/')}/datasets/{Repository}/resolve/main/{file}");
    }

    private string File(string split, int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}_{split}_{index:000000}.bin");
}
