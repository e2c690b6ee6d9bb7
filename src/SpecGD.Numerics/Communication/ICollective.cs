using System.Numerics;

namespace SpecGD.Numerics.Communication;

/// <summary>
/// The processes ("ranks") that work on one thing together, as one of them sees them. Every rank must make the same calls in the same order with
/// the same lengths; a call returns when this rank's share of it is done. Elements are <see cref="float"/>, <see cref="double"/>,
/// <see cref="int"/>, <see cref="long"/> or <see cref="byte"/>.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>How many there are, at least 1.</summary>
    int Size { get; }

    /// <summary>All-reduce: replaces the elements by their sums over the ranks, the same bits on all of them.</summary>
    /// <exception cref="CommunicationException">The transport failed.</exception>
    void AllReduce<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>;

    /// <summary>Reduce-scatter: sums over the ranks, of which each receives its own partition only.</summary>
    /// <param name="values">The summands: the partition of rank 0, then that of rank 1, and so on; unchanged.</param>
    /// <param name="counts">Lengths of the partitions, one a rank; together those of <paramref name="values"/>.</param>
    /// <param name="own">Receives the sums of this rank's partition.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    /// <exception cref="CommunicationException">The transport failed.</exception>
    void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
        where T : unmanaged, INumberBase<T>;

    /// <summary>All-gather: puts the partitions that the ranks hold together, on every rank.</summary>
    /// <param name="values">This rank's partition at its place, after those of the ranks before it; receives the others.</param>
    /// <param name="counts">Lengths of the partitions, one a rank; together those of <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    /// <exception cref="CommunicationException">The transport failed.</exception>
    void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
        where T : unmanaged, INumberBase<T>;

    /// <summary>Replaces the elements by those of rank <paramref name="from"/>.</summary>
    /// <exception cref="CommunicationException">The transport failed.</exception>
    void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged, INumberBase<T>;

    /// <summary>Returns when every rank has called it.</summary>
    /// <exception cref="CommunicationException">The transport failed.</exception>
    void Await();

    /// <summary>
    /// Does <paramref name="work"/>, which may make calls of this interface, while the caller goes on computing. Works and calls are done one after
    /// the other in the order in which they were begun, which must be the same on every rank.
    /// </summary>
    /// <returns>Ends with the work; fails with what it threw.</returns>
    Task Begin(Action work);
}

/// <summary>Ranks could not talk to one another.</summary>
public sealed class CommunicationException : Exception
{
    /// <summary>The exception with its sentence.</summary>
    public CommunicationException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public CommunicationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a sentence.</summary>
    public CommunicationException()
    {
    }
}
