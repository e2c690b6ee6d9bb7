using SpecGD.Records;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>A quantity of many blocks in one line: what it is in each block once training is under way.</summary>
/// <param name="Least">The block with the smallest value.</param>
/// <param name="Median">The block in the middle.</param>
/// <param name="Most">The block with the largest value.</param>
/// <param name="Blocks">Number of blocks.</param>
public readonly record struct TrackedRange(double Least, double Median, double Most, int Blocks)
{
    /// <summary>
    /// The part of a run that is passed over: matrices that start at zero have gradients of low rank until what feeds them has grown.
    /// </summary>
    public const double WarmUp = 0.25;

    /// <summary>Over the blocks, the median of each one's values from a quarter of its run on; null where there are none.</summary>
    public static TrackedRange? Of(IEnumerable<TrackedSeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        double[] values = [.. series.Select(one => Numerics.Median.Of(Settled(one.Series))).Where(double.IsFinite).Order()];
        return values.Length == 0 ? null : new TrackedRange(values[0], Numerics.Median.Of(values), values[^1], values.Length);
    }

    /// <summary>The finite values from a quarter of the recorded run on.</summary>
    private static IEnumerable<double> Settled(Series series) =>
        series.Values.Where((value, i) => series.Steps[i] >= WarmUp * series.Steps[^1] && double.IsFinite(value));
}
