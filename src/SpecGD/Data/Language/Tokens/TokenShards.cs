namespace SpecGD.Data.Language.Tokens;

/// <summary>Shards in the order in which they are read, opened one at a time.</summary>
public sealed class TokenShards
{
    /// <summary>One shard alone is divided by this: one part in so many is held back.</summary>
    private const int HeldPart = 10;

    private readonly Func<int, ITokenShard> _open;
    private readonly int[] _counts;
    private readonly string[] _names;

    private TokenShards(string[] names, int[] counts, Func<int, ITokenShard> open)
    {
        _names = names;
        _counts = counts;
        _open = open;
    }

    /// <summary>How many shards there are; at least one.</summary>
    public int Count => _counts.Length;

    /// <summary>Tokens in all shards together.</summary>
    public long TokenCount => _counts.Sum(n => (long)n);

    /// <summary>Shards on disk. Every header is checked now, the tokens when they are read.</summary>
    /// <param name="paths">The files, in order; <see cref="TokenFiles"/> finds them.</param>
    /// <param name="vocabulary">Every token must be below this.</param>
    /// <exception cref="BadInputException">There is none, or one is no whole shard.</exception>
    public static TokenShards OfFiles(IReadOnlyList<string> paths, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
            throw new BadInputException("No token shard was named.");
        var counts = new int[paths.Count];
        for (int i = 0; i < counts.Length; i++)
            using (var shard = TokenShard.Open(paths[i], vocabulary))
                counts[i] = shard.Count;
        return new TokenShards([.. paths.Select(path => Path.GetFileName(path))], counts, i => TokenShard.Open(paths[i], vocabulary));
    }

    /// <summary>Shards in memory.</summary>
    public static TokenShards InMemory(params MemoryShard[] shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentOutOfRangeException.ThrowIfZero(shards.Length);
        return new TokenShards([.. shards.Select(s => s.Name)], [.. shards.Select(s => s.Count)], i => shards[i]);
    }

    /// <summary>One shard on disk in two parts: the first tenth, held back for validation, and the rest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">Every token must be below this.</param>
    /// <exception cref="BadInputException">It is no whole shard.</exception>
    public static (TokenShards HeldBack, TokenShards Others) Divide(string path, int vocabulary)
    {
        int count;
        using (var shard = TokenShard.Open(path, vocabulary))
            count = shard.Count;
        int held = count / HeldPart;
        return (Part(0, held), Part(held, count - held));

        TokenShards Part(int first, int tokens) =>
            new([Path.GetFileName(path)], [tokens], _ => OfLength(TokenShard.Open(path, vocabulary), count, whole => new ShardPart(whole, first, tokens)));
    }

    /// <summary>Name of one shard, without its folder.</summary>
    public string NameOf(int shard) => _names[shard];

    /// <summary>Tokens in one shard.</summary>
    public int TokensIn(int shard) => _counts[shard];

    /// <summary>Opens one shard; the caller disposes it.</summary>
    /// <exception cref="BadInputException">It has gone or changed since the list was made.</exception>
    public ITokenShard Open(int shard)
    {
        return OfLength(_open(shard), _counts[shard], opened => opened);
    }

    private static ITokenShard OfLength(ITokenShard opened, int count, Func<ITokenShard, ITokenShard> use)
    {
        if (opened.Count == count)
            return use(opened);
        opened.Dispose();
        throw new BadInputException($"{opened.Name} had {Counted.Of(count, "token")} when this run began and has {opened.Count} now.");
    }
}
