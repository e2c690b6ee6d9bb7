namespace SpecGD.Data.Language.Tokens;

/// <summary>Tokens in memory that are read like a shard.</summary>
/// <param name="name">A word for messages.</param>
/// <param name="tokens">The tokens.</param>
public sealed class MemoryShard(string name, ReadOnlyMemory<ushort> tokens) : ITokenShard
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Count => tokens.Length;

    /// <inheritdoc/>
    public void Read(int start, Span<ushort> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + destination.Length, Count, nameof(start));
        tokens.Span.Slice(start, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
