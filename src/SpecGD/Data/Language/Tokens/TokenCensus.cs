namespace SpecGD.Data.Language.Tokens;

/// <summary>How often each token occurs.</summary>
public sealed class TokenCensus
{
    private readonly long[] _counts = new long[ushort.MaxValue + 1];

    /// <summary>Tokens counted.</summary>
    public long Total { get; private set; }

    /// <summary>How many different tokens occur.</summary>
    public int Distinct => _counts.Count(n => n > 0);

    /// <summary>The largest token that occurs; −1 where nothing was counted.</summary>
    public int Largest => Array.FindLastIndex(_counts, n => n > 0);

    /// <summary>
    /// 1/p_max: the stable rank of the token indicator matrix (rows: tokens of the vocabulary, columns: positions), whose squared singular values
    /// are the
    /// counts (2.15). NaN where nothing was counted.
    /// </summary>
    public double StableRank => (double)Total / _counts.Max();

    /// <summary>Entropy of the frequencies in nats: the loss of a model that knows them and nothing else.</summary>
    public double Entropy => _counts.Where(n => n > 0).Sum(n => -(double)n / Total * Math.Log((double)n / Total));

    /// <summary>How often <paramref name="token"/> occurs.</summary>
    public long this[ushort token] => _counts[token];

    /// <summary>Counts tokens.</summary>
    public void Add(ReadOnlySpan<ushort> tokens)
    {
        foreach (ushort token in tokens)
            _counts[token]++;
        Total += tokens.Length;
    }

    /// <summary>Counts all of a shard.</summary>
    /// <exception cref="BadInputException">A token is not in the vocabulary that the shard was opened with.</exception>
    public void Add(ITokenShard shard, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var buffer = new ushort[1 << 20];
        for (int start = 0; start < shard.Count; start += buffer.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, Math.Min(buffer.Length, shard.Count - start));
            shard.Read(start, part);
            Add(part);
        }
    }

    /// <summary>Counts what another has counted.</summary>
    public void Add(TokenCensus other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Total += other.Total;
    }

    /// <summary>The <paramref name="count"/> most common tokens, the most common first, the smaller id first of equals.</summary>
    public IReadOnlyList<(ushort Token, long Count)> MostCommon(int count) =>
    [
        .. _counts.Index().Where(c => c.Item > 0)
            .OrderByDescending(c => c.Item).ThenBy(c => c.Index)
            .Take(count).Select(c => ((ushort)c.Index, c.Item)),
    ];
}
