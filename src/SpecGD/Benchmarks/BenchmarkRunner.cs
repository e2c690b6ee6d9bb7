using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Benchmarks;

/// <summary>Times benchmarks.</summary>
/// <param name="clock">What tells the time.</param>
/// <param name="runCommand">Runs a command of the program, figures and logs in a folder of its own that goes afterwards, and waits for its end.</param>
/// <param name="stop">Asks to stop between two runs.</param>
public sealed class BenchmarkRunner(TimeProvider clock, Action<IReadOnlyList<string>> runCommand, CancellationToken stop = default)
{
    private const int RateSize = 2048;

    private static readonly TimeSpan RateFor = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Runs that do not count, at most: one compiles the code and fills the pools, more of short ones let the runtime compile again what is called often.
    /// </summary>
    private const int MostWarmUps = 10_000;

    private static readonly TimeSpan WarmUpFor = TimeSpan.FromSeconds(1);

    /// <summary>The rates of products of this machine as it is now: best of several 2048³.</summary>
    public MachineRate Rate() => new(GemmRate.Measure<double>(RateSize, RateFor, clock), GemmRate.Measure<float>(RateSize, RateFor, clock));

    /// <summary>
    /// Times one benchmark: work within this process after it has warmed up, a command as it is.
    /// </summary>
    /// <param name="benchmark">What to time.</param>
    /// <param name="runs">How often; null: as the benchmark says.</param>
    /// <param name="rate">The machine's rates, for the floor.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public BenchmarkResult Run(Benchmark benchmark, int? runs, MachineRate rate)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        var work = benchmark.Prepare?.Invoke();
        if (work is not null)
            WarmUp(work);
        else
            work = () => runCommand(benchmark.Command);
        var seconds = new double[runs ?? benchmark.Runs];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < seconds.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            work();
            seconds[i] = clock.GetElapsedTime(start).TotalSeconds / benchmark.Pieces;
        }
        allocated = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / seconds.Length;
        return new BenchmarkResult(benchmark, seconds, benchmark.Prepare is null ? null : allocated, rate);
    }

    private void WarmUp(Action work)
    {
        long begin = clock.GetTimestamp();
        int runs = 0;
        do
        {
            stop.ThrowIfCancellationRequested();
            work();
        }
        while (++runs < MostWarmUps && clock.GetElapsedTime(begin) < WarmUpFor);
    }
}
