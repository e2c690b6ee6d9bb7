using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Numerics;

namespace SpecGD.Benchmarks;

/// <summary>One piece of work at growing sizes, whose time should be a power of the size.</summary>
public sealed record ScalingSeries
{
    /// <summary>Name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What is timed, in the few words that stand above a panel.</summary>
    public required string Title { get; init; }

    /// <summary>What is done.</summary>
    public required string Description { get; init; }

    /// <summary>What grows: dim, n, T, layers, threads.</summary>
    public required string Parameter { get; init; }

    /// <summary>Its values, ascending.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>The exponent that the count of operations has for large sizes.</summary>
    public required double Theory { get; init; }

    /// <summary>Makes everything ready for a size and gives the work.</summary>
    public required Func<int, Action> Prepare { get; init; }

    /// <summary>Whether the size is the number of threads that the work may use.</summary>
    public bool SizeIsThreads { get; init; }
}

/// <summary>Times of one series.</summary>
/// <param name="Series">What was timed.</param>
/// <param name="Seconds">The median at each size.</param>
public sealed record ScalingResult(ScalingSeries Series, IReadOnlyList<double> Seconds)
{
    /// <summary>The power law through all points, fitted to the logarithms.</summary>
    public LineFit Fit { get; } = LineFit.OfLogarithms([.. Series.Sizes.Select(size => (double)size)], Seconds);

    /// <summary>The exponent between the last two sizes, where what does not grow weighs least.</summary>
    public double LastExponent => Series.Sizes.Count < 2
        ? double.NaN
        : Math.Log(Seconds[^1] / Seconds[^2]) / Math.Log((double)Series.Sizes[^1] / Series.Sizes[^2]);

    /// <summary>Everything for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Series.Name,
        ["description"] = Series.Description,
        ["parameter"] = Series.Parameter,
        ["sizes"] = new JsonArray([.. Series.Sizes.Select(size => (JsonNode)size)]),
        ["seconds"] = new JsonArray([.. Seconds.Select(s => (JsonNode)s)]),
        ["exponent"] = Records.JsonNumber.From(Fit.Slope),
        ["explained"] = Records.JsonNumber.From(Fit.Explained),
        ["last_exponent"] = Records.JsonNumber.From(LastExponent),
        ["theory"] = Series.Theory,
    };
}

/// <summary>Times series.</summary>
/// <param name="clock">What tells the time.</param>
/// <param name="stop">Asks to stop between two pieces of work.</param>
public sealed class ScalingRunner(TimeProvider clock, CancellationToken stop = default)
{
    /// <summary>Each size is repeated until so much time is over, at least so often and at most so often.</summary>
    private const int LeastRuns = 3, MostRuns = 50, MostWarmUps = 10_000;

    private static readonly TimeSpan TimeForSize = TimeSpan.FromSeconds(1);

    /// <summary>What does not count before a series: the runtime compiles what is called often once more, and better.</summary>
    private static readonly TimeSpan TimeToWarmUp = TimeSpan.FromSeconds(3);

    /// <summary>The median time at every size, after the code has warmed up at the first of them, and after a first run at each.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public ScalingResult Run(ScalingSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        int threads = ThreadBudget.Total;
        try
        {
            Time(series, series.Sizes[0], MostWarmUps, TimeToWarmUp);
            return new ScalingResult(series, [.. series.Sizes.Select(size => Time(series, size, MostRuns, TimeForSize))]);
        }
        finally
        {
            ThreadBudget.Total = threads;
        }
    }

    private double Time(ScalingSeries series, int size, int mostRuns, TimeSpan duration)
    {
        if (series.SizeIsThreads)
            ThreadBudget.Total = size;
        var work = series.Prepare(size);
        work();
        var seconds = new List<double>();
        long begin = clock.GetTimestamp();
        while (seconds.Count < LeastRuns || (seconds.Count < mostRuns && clock.GetElapsedTime(begin) < duration))
        {
            stop.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            work();
            seconds.Add(clock.GetElapsedTime(start).TotalSeconds);
        }
        return Median.Of(seconds);
    }
}
