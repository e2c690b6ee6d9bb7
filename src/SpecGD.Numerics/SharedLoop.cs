using System.Runtime.ExceptionServices;

namespace SpecGD.Numerics;

/// <summary>
/// A loop whose items are claimed by the calling thread and by helpers. Helpers of all loops of the process share the threads of the budget: those of
/// a loop within another's item begin when the outer one has no item left for them, so that never more threads are at work than the budget allows and
/// none is idle while items wait.
/// </summary>
internal sealed class SharedLoop(int count, Action<int> body, CancellationToken cancellation)
{
    private static readonly object Helpers = new();

    /// <summary>Threads at work beyond the one that called the outermost loop.</summary>
    private static int _helping;

    /// <summary>Threads that wait to be at work.</summary>
    private static int _waiting;

    private int _next = -1;
    private volatile bool _isOver, _leftOut;
    private (int Index, Exception Error)? _first;

    /// <summary>Does every item, and throws what the first of them to fail threw, as a plain loop does.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before every item had begun.</exception>
    public void Run(int threads)
    {
        var helpers = new Task[Math.Max(0, Math.Min(threads, count) - 1)];
        for (int i = 0; i < helpers.Length; i++)
            helpers[i] = Task.Factory.StartNew(() => Help(threads), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Work();
        if (helpers.Length > 0)
        {
            Leave(); // this thread only waits from here on: another may work in its place
            Task.WaitAll(helpers);
            lock (Helpers)
                Enter(threads, always: true);
        }
        if (_first is { } failed)
            ExceptionDispatchInfo.Throw(failed.Error);
        if (_leftOut)
            throw new OperationCanceledException(cancellation);
    }

    private void Help(int threads)
    {
        lock (Helpers)
            if (!Enter(threads, always: false))
                return;
        Work();
        Leave();
    }

    /// <summary>Waits, holding the lock, for a thread of the budget to be free; false where the loop is over before, unless one is wanted always.</summary>
    private bool Enter(int threads, bool always)
    {
        _waiting++;
        while ((always || !_isOver) && _helping >= threads - 1)
            Monitor.Wait(Helpers);
        _waiting--;
        if (_isOver && !always)
            return false;
        _helping++;
        return true;
    }

    /// <summary>
    /// Takes threads of the budget that stand idle now and that nobody waits for, at most <paramref name="wanted"/>, and tells how many; <see cref="Leave"/>
    /// gives them back.
    /// </summary>
    public static int EnterIdle(int threads, int wanted)
    {
        lock (Helpers)
        {
            int idle = Math.Clamp(threads - 1 - _helping - _waiting, 0, Math.Max(0, wanted));
            _helping += idle;
            return idle;
        }
    }

    /// <summary>Gives threads back to whoever waits for one.</summary>
    public static void Leave(int helpers = 1)
    {
        if (helpers == 0)
            return;
        lock (Helpers)
        {
            _helping -= helpers;
            Monitor.PulseAll(Helpers);
        }
    }

    /// <summary>Claims items and does them until there is none, one failed, or the work is cancelled.</summary>
    private void Work()
    {
        while (!_isOver)
        {
            int index = Interlocked.Increment(ref _next);
            if (index >= count)
                break;
            if (cancellation.IsCancellationRequested)
            {
                _leftOut = true;
                break;
            }
            try
            {
                body(index);
            }
            catch (Exception e)
            {
                lock (Helpers)
                    _first = _first is { } known && known.Index < index ? known : (index, e);
                break;
            }
        }
        lock (Helpers)
        {
            _isOver = true;
            Monitor.PulseAll(Helpers);
        }
    }
}
