using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.ExceptionServices;

namespace SpecGD.Numerics.Communication.OpenMpi;

/// <summary>
/// The ranks of an <c>mpirun</c>. One thread of its own initialises Open MPI and makes every call, as MPI_THREAD_FUNNELED demands, so that
/// communication goes on while other threads compute; Open MPI itself makes progress within calls only.
/// </summary>
public sealed class OpenMpiCollective : ICollective
{
    /// <summary>Elements of one call at the most: counts are 32-bit, and messages beyond 2 GiB have met defects in transports.</summary>
    private const int LargestCall = 1 << 26;

    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread _thread;
    private readonly OpenMpiLibrary _library;
    private int _disposed;

    private OpenMpiCollective(OpenMpiLibrary library)
    {
        _library = library;
        _thread = new Thread(Work) { IsBackground = true, Name = "communication" };
        _thread.Start();
        Call(library.Initialise);
        Call(() =>
        {
            Rank = library.Rank();
            Size = library.Size();
            Version = library.Version();
        });
    }

    /// <inheritdoc/>
    public int Rank { get; private set; }

    /// <inheritdoc/>
    public int Size { get; private set; }

    /// <summary>Open MPI's version, as it tells it.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Joins the ranks that were started together; returns when all have.</summary>
    /// <exception cref="CommunicationException">Open MPI cannot be loaded or started.</exception>
    public static OpenMpiCollective Join() => new(OpenMpiLibrary.Load(Environment.GetEnvironmentVariable));

    /// <inheritdoc/>
    public unsafe void AllReduce<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
        for (; values.Length > LargestCall; values = values[LargestCall..])
            AllReduce(values[..LargestCall]);
        fixed (T* pointer = values)
        {
            var (address, count) = ((nint)pointer, values.Length); // what a closure can hold; 'fixed' holds the memory until Call returns
            Call(() => _library.AllReduce((T*)address, count));
        }
    }

    /// <inheritdoc/>
    public unsafe void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
        where T : unmanaged, INumberBase<T>
    {
        BufferPartition.Require(this, values.Length, counts, own.Length);
        fixed (T* from = values)
        fixed (T* to = own)
        fixed (int* lengths = counts)
        {
            var (source, target, lengthsAddress) = ((nint)from, (nint)to, (nint)lengths);
            Call(() => _library.ReduceScatter((T*)source, (T*)target, (int*)lengthsAddress));
        }
    }

    /// <inheritdoc/>
    public unsafe void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
        where T : unmanaged, INumberBase<T>
    {
        BufferPartition.Require(this, values.Length, counts);
        fixed (T* pointer = values)
        fixed (int* lengths = counts)
        fixed (int* begins = BufferPartition.Begins(counts))
        {
            var (address, lengthsAddress, beginsAddress) = ((nint)pointer, (nint)lengths, (nint)begins);
            Call(() => _library.AllGather((T*)address, (int*)lengthsAddress, (int*)beginsAddress));
        }
    }

    /// <inheritdoc/>
    public unsafe void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged, INumberBase<T>
    {
        for (; values.Length > LargestCall; values = values[LargestCall..])
            Broadcast(values[..LargestCall], from);
        fixed (T* pointer = values)
        {
            var (address, count) = ((nint)pointer, values.Length);
            Call(() => _library.Broadcast((T*)address, count, from));
        }
    }

    /// <inheritdoc/>
    public void Await() => Call(_library.Barrier);

    /// <inheritdoc/>
    public Task Begin(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
#pragma warning disable CA1031 // whatever it is, it belongs to whoever awaits the work
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Ends all ranks at once, whatever they are doing, and the job with this exit code. Does not return.</summary>
    public void Abort(int exitCode) => _library.Abort(exitCode);

    /// <summary>Leaves the ranks; returns when all do.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Call(_library.Complete);
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    /// <summary>
    /// Does it on the thread of communication, after what was begun before, and waits for it: addresses from a <c>fixed</c> statement around the call hold.
    /// </summary>
    private void Call(Action call)
    {
        if (Thread.CurrentThread == _thread)
        {
            call();
            return;
        }
        try
        {
            Begin(call).Wait();
        }
        catch (AggregateException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    private void Work()
    {
        foreach (var action in _queue.GetConsumingEnumerable())
            action();
    }
}
