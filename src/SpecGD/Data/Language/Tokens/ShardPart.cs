namespace SpecGD.Data.Language.Tokens;

/// <summary>A part of a shard, read like one. Disposing it disposes the whole.</summary>
/// <param name="whole">The shard.</param>
/// <param name="first">Index of the part's first token.</param>
/// <param name="count">Tokens of the part; first + count is at most the shard's.</param>
public sealed class ShardPart(ITokenShard whole, int first, int count) : ITokenShard
{
    /// <inheritdoc/>
    public string Name => whole.Name;

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public void Read(int start, Span<ushort> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + destination.Length, count, nameof(start));
        whole.Read(first + start, destination);
    }

    /// <inheritdoc/>
    public void Dispose() => whole.Dispose();
}
