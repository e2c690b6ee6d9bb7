using System.Numerics;

namespace SpecGD.Numerics.Communication;

/// <summary>One process by itself: every sum is what it was.</summary>
public sealed class SingleProcess : ICollective
{
    private SingleProcess()
    {
    }

    /// <summary>The only one.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void AllReduce<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
    }

    /// <inheritdoc/>
    public void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
        where T : unmanaged, INumberBase<T>
    {
        BufferPartition.Require(this, values.Length, counts, own.Length);
        values.CopyTo(own);
    }

    /// <inheritdoc/>
    public void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
        where T : unmanaged, INumberBase<T> => BufferPartition.Require(this, values.Length, counts);

    /// <inheritdoc/>
    public void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged, INumberBase<T>
    {
    }

    /// <inheritdoc/>
    public void Await()
    {
    }

    /// <inheritdoc/>
    public Task Begin(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        work();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
