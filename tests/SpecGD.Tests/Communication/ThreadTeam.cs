using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.ExceptionServices;
using SpecGD.Numerics.Communication;

namespace SpecGD.Tests.Communication;

/// <summary>Several ranks as threads of this process: what they exchange, without a network. Sums go from rank 0 up, so they repeat bit by bit.</summary>
internal sealed class ThreadTeam : ICollective
{
    private readonly Shared _shared;

    private ThreadTeam(int rank, Shared shared) => (Rank, _shared) = (rank, shared);

    public int Rank { get; }

    public int Size => _shared.Places.Length;

    /// <summary>Does the work on every rank, and gives what each came to; an error of one ends all.</summary>
    public static TResult[] Run<TResult>(int size, Func<ICollective, TResult> work)
    {
        using var shared = new Shared(size);
        var results = new TResult[size];
        var errors = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadTeam(rank, shared));
            }
            catch (Exception e)
            {
                errors.Enqueue(e);
                shared.Stop.Cancel();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if ((errors.FirstOrDefault(e => e is not OperationCanceledException) ?? errors.FirstOrDefault()) is { } error)
            ExceptionDispatchInfo.Throw(error);
        return results;
    }

    public void AllReduce<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
        T[][] all = Exchange(values.ToArray());
        for (int i = 0; i < values.Length; i++)
            values[i] = all.Aggregate(T.Zero, (sum, theirs) => sum + theirs[i]);
    }

    public void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
        where T : unmanaged, INumberBase<T>
    {
        BufferPartition.Require(this, values.Length, counts, own.Length);
        T[] sums = values.ToArray();
        AllReduce<T>(sums);
        sums.AsSpan(BufferPartition.Begins(counts)[Rank], own.Length).CopyTo(own);
    }

    public void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
        where T : unmanaged, INumberBase<T>
    {
        BufferPartition.Require(this, values.Length, counts);
        int[] begins = BufferPartition.Begins(counts);
        T[][] all = Exchange(values.Slice(begins[Rank], counts[Rank]).ToArray());
        for (int rank = 0; rank < Size; rank++)
            all[rank].CopyTo(values[begins[rank]..]);
    }

    public void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged, INumberBase<T> => Exchange(values.ToArray())[from].CopyTo(values);

    public void Await() => Exchange(Array.Empty<byte>());

    public Task Begin(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }

    private T[][] Exchange<T>(T[] mine)
    {
        _shared.Places[Rank] = mine;
        _shared.Barrier.SignalAndWait(_shared.Stop.Token);
        T[][] all = [.. _shared.Places.Select(place => (T[])place!)]; // another type here means that the ranks make different calls
        _shared.Barrier.SignalAndWait(_shared.Stop.Token);
        return all;
    }

    private sealed class Shared(int size) : IDisposable
    {
        public object?[] Places { get; } = new object?[size];

        public Barrier Barrier { get; } = new(size);

        public CancellationTokenSource Stop { get; } = new();

        public void Dispose()
        {
            Barrier.Dispose();
            Stop.Dispose();
        }
    }
}
