using System.Runtime.ExceptionServices;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics;

/// <summary>
/// Standing threads that help the calling one with short pieces of work: fork and join in microseconds, nothing allocated. Pieces are claimed, not
/// handed out, so a helper that the system has taken off its processor holds up nobody. Between pieces helpers look out for more for a moment and then sleep.
/// </summary>
internal static class ThreadTeam
{
    /// <summary>How often a helper looks for work before it sleeps: some fifty microseconds, the time between the products of a small model.</summary>
    private const int LooksBeforeSleep = 200, SpinsPerLook = 20;

    /// <summary>The lower half of the state counts pieces nobody has claimed; the upper half tells one piece of work from the next.</summary>
    private const int Half = 32;

    private static readonly SemaphoreSlim Wake = new(0);
    private static int _helpers, _asleep, _busy, _finished;
    private static long _state;
    private static Action<int>? _body;
    private static ExecutionContext? _context;
    private static Exception? _error;

    /// <summary>
    /// Does pieces 0, 1, …, on the calling thread and the helpers, and returns true when all are done; false, with nothing done, where the team is at
    /// work already (for another thread, or for one of whose pieces this is).
    /// </summary>
    /// <param name="threads">Threads at work at most, the calling one among them.</param>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="body">From a piece's number, its work.</param>
    public static bool TryRun(int threads, int pieces, Action<int> body)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            return false;
        try
        {
            int helpers = Math.Min(threads, pieces) - 1;
            Enlist(helpers);
            (_body, _context, _error) = (body, Backend.IsOverridden ? ExecutionContext.Capture() : null, null);
            Volatile.Write(ref _finished, 0);
            Interlocked.Exchange(ref _state, (((_state >> Half) + 1) << Half) + pieces);
            if (Volatile.Read(ref _asleep) is var asleep and > 0)
                Wake.Release(Math.Min(asleep, helpers));
            while (TryPiece())
            {
            }
            var patience = default(SpinWait);
            while (Volatile.Read(ref _finished) < pieces)
                patience.SpinOnce(sleep1Threshold: -1);
            var error = _error;
            (_body, _context, _error) = (null, null, null);
            if (error is not null)
                ExceptionDispatchInfo.Throw(error);
            return true;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Enlist(int wanted)
    {
        for (; _helpers < wanted; _helpers++)
            new Thread(Help) { IsBackground = true, Name = $"SpecGD helper {_helpers + 1}" }.Start();
    }

    private static void Help()
    {
        for (int looks = 0; ;)
        {
            if (TryPiece())
            {
                looks = 0;
            }
            else if (looks++ < LooksBeforeSleep)
            {
                Thread.SpinWait(SpinsPerLook);
            }
            else
            {
                Interlocked.Increment(ref _asleep);
                if ((int)Volatile.Read(ref _state) == 0) // whoever writes the state looks at the sleepers after it
                    Wake.Wait();
                Interlocked.Decrement(ref _asleep);
                looks = 0;
            }
        }
    }

    /// <summary>Claims a piece and does it; false where there is none.</summary>
    private static bool TryPiece()
    {
        long seen = Volatile.Read(ref _state);
        while ((int)seen > 0)
        {
            long before = Interlocked.CompareExchange(ref _state, seen - 1, seen);
            if (before == seen)
            {
                Do((int)seen - 1); // claimed: until this piece is finished, the fields are those of its work
                return true;
            }
            seen = before;
        }
        return false;
    }

    private static void Do(int piece)
    {
        try
        {
            if (_context is { } context)
                ExecutionContext.Run(context, static state => ((Claim)state!).Do(), new Claim(_body!, piece));
            else
                _body!(piece);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, e, null);
        }
        Interlocked.Increment(ref _finished);
    }

    /// <summary>A piece on its way into the caller's flow of control, where that has a backend of its own (<see cref="Backend.Use"/>).</summary>
    private sealed record Claim(Action<int> Body, int Piece)
    {
        public void Do() => Body(Piece);
    }
}
