namespace SpecGD.Hardening.Memory;

/// <summary>What one routine came to under pressure.</summary>
/// <param name="Routine">Its name.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="Deviating">How many calls gave something else than the quiet one.</param>
/// <param name="Largest">The largest deviation, relative to the largest number of the result; NaN where a result was not a number.</param>
public sealed record MemoryRow(string Routine, long Calls, long Deviating, double Largest);

/// <summary>
/// Every routine of linear algebra and every spectral measure, on temporaries, first in quiet, then while another thread collects garbage without pause
/// and overwrites what was freed. The results must be the same: an array that the collector takes while native code reads it would show.
/// </summary>
public static class MemoryCheck
{
    /// <summary>
    /// Largest deviation allowed, relative to the largest number of a result. The same operations are done in the same order, but which of OpenBLAS's
    /// threads does which part is left open; freed memory gives NaN or numbers of no likeness.
    /// </summary>
    public const double Allowed = 1e-4;

    /// <summary>
    /// Calls of each routine with small matrices before the check, with pauses: the compiler inlines callees, and shortens the lives of what their
    /// arguments refer to, only once it has seen a method called often.
    /// </summary>
    private const int WarmingRounds = 4, CallsOfRound = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Calls the routines in turn, a round after the other, for about <paramref name="duration"/> and at least one round.</summary>
    /// <returns>A row for each routine, and the number of collections.</returns>
    public static (IReadOnlyList<MemoryRow> Rows, long Collections) Run(TimeSpan duration, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Warm(cancellation);
        double[][] quiet = [.. MemoryCase.All.Select(routine => routine.Run(MemoryCase.Usual))];
        var rows = MemoryCase.All.Select(routine => new MemoryRow(routine.Name, 0, 0, 0)).ToArray();
        using var pressure = new CollectorPressure();
        long begin = clock.GetTimestamp();
        do
        {
            for (int i = 0; i < rows.Length && !cancellation.IsCancellationRequested; i++)
                rows[i] = After(rows[i], Deviation(quiet[i], MemoryCase.All[i].Run(MemoryCase.Usual)));
        }
        while (clock.GetElapsedTime(begin) < duration && !cancellation.IsCancellationRequested);
        return (rows, pressure.Collections);
    }

    private static void Warm(CancellationToken cancellation)
    {
        for (int round = 0; round < WarmingRounds && !cancellation.IsCancellationRequested; round++)
        {
            foreach (var routine in MemoryCase.All)
                for (int call = 0; call < CallsOfRound; call++)
                    routine.Run(MemoryCase.Least);
            cancellation.WaitHandle.WaitOne(Pause); // compilation goes on in the background, and tells nobody when it is done
        }
    }

    private static MemoryRow After(MemoryRow row, double deviation) => row with
    {
        Calls = row.Calls + 1,
        Deviating = row.Deviating + (deviation <= Allowed ? 0 : 1),
        Largest = double.IsNaN(row.Largest) || double.IsNaN(deviation) ? double.NaN : Math.Max(row.Largest, deviation),
    };

    private static double Deviation(double[] expected, double[] actual)
    {
        double scale = expected.Max(Math.Abs), largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            if (double.IsNaN(difference))
                return double.NaN;
            largest = Math.Max(largest, difference);
        }
        return largest / scale;
    }
}
