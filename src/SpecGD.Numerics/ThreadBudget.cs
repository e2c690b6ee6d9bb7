using System.Globalization;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Platform;

namespace SpecGD.Numerics;

/// <summary>
/// The one owner of parallelism. Outside <see cref="ForEach"/> and <see cref="Spread"/> every call into OpenBLAS may use the whole budget; inside, the
/// work items run side by side and OpenBLAS (or MathNet) uses one thread each. Never both.
/// </summary>
public static class ThreadBudget
{
    /// <summary>
    /// Environment variable with the number of threads a run may use. Where it is not set, all processors; those of the machine shared out where
    /// several ranks were started on it.
    /// </summary>
    public const string Variable = "SPECGD_THREADS";

    private static readonly Lock Gate = new();
    private static volatile int _parallelSections;
    private static int? _total;

    /// <summary>Threads that the process may keep busy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    /// <exception cref="InvalidOperationException">The environment variable holds something else than a whole number from 1 to <see cref="Most"/>.</exception>
    public static int Total
    {
        get => _total ??= Parse(Environment.GetEnvironmentVariable(Variable));
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            lock (Gate)
            {
                _total = value;
                Apply();
            }
        }
    }

    /// <summary>
    /// Does <paramref name="body"/> for every item, as many at a time as the budget allows, in the order of the list as far as threads are free. An item
    /// may have a loop of its own; the threads of both together stay within the budget. Once an item has failed no other begins, and the first that failed
    /// is told.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before every item had begun.</exception>
    public static void ForEach<TItem>(IReadOnlyList<TItem> items, Action<TItem> body, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        int budget = Total; // read first: a bad value of the variable is told before anything changes
        Section(+1);
        try
        {
            new SharedLoop(items.Count, index => body(items[index]), cancellation).Run(budget);
        }
        finally
        {
            Section(-1);
        }
    }

    /// <summary>
    /// Does short pieces of work 0, 1, …, <paramref name="pieces"/> − 1 side by side, as <see cref="ForEach"/> does long ones; one after another where
    /// the threads are taken already. At most <see cref="Shares"/> pieces are worth while.
    /// </summary>
    public static void Divide(int pieces, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (pieces > 1 && Shares > 1)
        {
            Section(+1);
            try
            {
                if (ThreadTeam.TryRun(Total, pieces, body))
                    return;
            }
            finally
            {
                Section(-1);
            }
        }
        for (int piece = 0; piece < pieces; piece++)
            body(piece);
    }

    /// <summary>
    /// Does pieces 0, 1, …, <paramref name="pieces"/> − 1, begun in this order, side by side as far as threads of the budget stand idle at this moment,
    /// within an item of <see cref="ForEach"/> too; one after another where none does, or another thread is at such work. Either way each piece has
    /// OpenBLAS with one thread, so that its results do not depend on who was idle; a single piece is done as it would be without this method.
    /// </summary>
    public static void Spread(int pieces, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (pieces == 1)
        {
            body(0);
            return;
        }
        int budget = Total, next = -1, helpers = 0;
        void Work()
        {
            for (int piece; (piece = Interlocked.Increment(ref next)) < pieces;)
                body(piece);
        }

        Section(+1);
        try
        {
            helpers = SharedLoop.EnterIdle(budget, pieces - 1);
            if (helpers > 0 && ThreadTeam.TryRun(helpers + 1, helpers + 1, _ => Work())) // the team has a piece for each thread that is free, and no more
                return;
            SharedLoop.Leave(helpers);
            helpers = 0;
            Work();
        }
        finally
        {
            SharedLoop.Leave(helpers);
            Section(-1);
        }
    }

    /// <summary>Into how many pieces work may be divided here: the whole budget, and 1 where it is divided already.</summary>
    public static int Shares => _parallelSections > 0 ? 1 : Total;

    /// <summary>Hands the budget to OpenBLAS and to MathNet; called once when it is loaded and whenever the owner changes.</summary>
    internal static void Apply()
    {
        int threads = _parallelSections > 0 ? 1 : Total;
        MathNet.Numerics.Control.MaxDegreeOfParallelism = threads;
        if (Backend.Library.IsLoaded)
            Backend.Library.Threads = threads;
    }

    /// <summary>More threads than any machine has processors; a hundred thousand are begun for minutes.</summary>
    public const int Most = 1024;

    /// <summary>The number of threads in <paramref name="text"/>, from 1 to <see cref="Most"/>; null where it is none.</summary>
    public static int? NumberIn(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is > 0 and <= Most ? threads : null;

    /// <summary>The number of threads in <paramref name="text"/>, or the number of processors where there is no text.</summary>
    internal static int Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return RankLaunch.From(Environment.GetEnvironmentVariable)?.ThreadsOf(Processors.OfMachine, Environment.ProcessorCount)
                ?? Environment.ProcessorCount;
        return NumberIn(text) ?? throw new InvalidOperationException($"{Variable}={text} is not a number of threads; use a whole number from 1 to {Most}.");
    }

    private static void Section(int change)
    {
        lock (Gate)
        {
            _parallelSections += change;
            Apply();
        }
    }
}
