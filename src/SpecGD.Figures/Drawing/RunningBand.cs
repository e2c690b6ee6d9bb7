namespace SpecGD.Figures.Drawing;

/// <summary>
/// Running minimum, maximum and mean of a sequence that jumps up and down. Around each value the window takes <c>reach</c> values on either side, fewer at the ends;
/// values that are not finite are left out, and the band has a gap at their places. The mean is that of the straight lines from value to value (the trapezoidal
/// rule), in which an alternation of period two cancels exactly.
/// </summary>
/// <param name="Lower">Running minimum.</param>
/// <param name="Mean">Running mean.</param>
/// <param name="Upper">Running maximum.</param>
public sealed record RunningBand(IReadOnlyList<double> Lower, IReadOnlyList<double> Mean, IReadOnlyList<double> Upper)
{
    /// <summary>The band of <paramref name="values"/>.</summary>
    /// <param name="values">The sequence, evenly spaced.</param>
    /// <param name="reach">Values on either side that the window takes in; at least 1.</param>
    public static RunningBand Of(IReadOnlyList<double> values, int reach)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, 1);
        double[] lower = new double[values.Count], mean = new double[values.Count], upper = new double[values.Count];
        for (int i = 0; i < values.Count; i++)
        {
            double[] window = double.IsFinite(values[i]) ? Window(values, Math.Max(0, i - reach), Math.Min(values.Count - 1, i + reach)) : [double.NaN];
            (lower[i], mean[i], upper[i]) = (window.Min(), TrapezoidalMean(window), window.Max());
        }
        return new RunningBand(lower, mean, upper);
    }

    private static double[] Window(IReadOnlyList<double> values, int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(j => values[j]).Where(double.IsFinite)];

    private static double TrapezoidalMean(double[] window)
    {
        if (window.Length == 1)
            return window[0];
        double weight = 1.0 / (window.Length - 1), sum = 0;
        for (int i = 0; i + 1 < window.Length; i++)
            sum += weight * (0.5 * window[i] + 0.5 * window[i + 1]);
        return sum;
    }
}
