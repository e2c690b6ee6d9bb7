namespace SpecGD.Data.Language.Tokens;

/// <summary>Validation data: sequences one behind the other, wherever documents begin, always the same ones.</summary>
/// <param name="shards">The validation shards.</param>
/// <param name="length">T, tokens in a sequence.</param>
public sealed class ValidationSequences(TokenShards shards, int length)
{
    /// <summary>How many sequences there are; what is left of a shard behind its last one is dropped.</summary>
    public long Count => Enumerable.Range(0, shards.Count).Sum(InShard);

    /// <summary>The first <paramref name="count"/> sequences, from the beginning of the data.</summary>
    /// <exception cref="BadInputException">There are fewer.</exception>
    public IEnumerable<TokenSequence> Take(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (count > Count)
            throw new BadInputException($"Validation on {Counted.Of(count, "sequence")} of {Counted.Of(length, "token")} needs more data: "
                + $"{Counted.Of(shards.Count, "validation shard")} ({Counted.Of(shards.TokenCount, "token")}) {Counted.Noun(shards.Count, "has")} {Count}.");
        return Read(count);
    }

    private IEnumerable<TokenSequence> Read(long count)
    {
        for (int i = 0; i < shards.Count && count > 0; i++)
        {
            using var shard = shards.Open(i);
            for (long s = 0; s < InShard(i) && count > 0; s++, count--)
            {
                var tokens = new ushort[length + 1];
                shard.Read((int)(s * length), tokens);
                yield return new TokenSequence(tokens);
            }
        }
    }

    /// <summary>Sequences in one shard: each needs its tokens, the target of the last, and, as in the reference, one more behind it.</summary>
    private long InShard(int shard) => Math.Max(0, (shards.TokensIn(shard) - 2L) / length);
}
