namespace SpecGD.Figures.Drawing;

/// <summary>
/// Running minimum, maximum and mean of a sequence that jumps up and down. Around each value the window takes in <c>reach</c> values on either
/// side, fewer at the ends; values that are not finite are passed over, and the band has a gap (NaN) at their places. The mean is that of the
/// straight lines from value to value (the trapezoidal rule), in which an alternation of period two cancels exactly.
/// </summary>
/// <param name="Lower">Running minimum.</param>
/// <param name="Mean">Running mean.</param>
/// <param name="Upper">Running maximum.</param>
public sealed record RunningBand(IReadOnlyList<double> Lower, IReadOnlyList<double> Mean, IReadOnlyList<double> Upper)
{
    /// <summary>The band of <paramref name="values"/>, in time that does not grow with <paramref name="reach"/>.</summary>
    /// <param name="values">The sequence, evenly spaced.</param>
    /// <param name="reach">Values on either side that the window takes in; at least 1.</param>
    public static RunningBand Of(IReadOnlyList<double> values, int reach)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, 1);
        int[] places = [.. Enumerable.Range(0, values.Count).Where(i => double.IsFinite(values[i]))];
        double[] finite = [.. places.Select(i => values[i])];
        reach = Math.Min(reach, finite.Length);
        double[] lower = Largest([.. finite.Select(v => -v)], reach), upper = Largest(finite, reach), mean = TrapezoidalMean(finite, reach);
        for (int i = 0; i < finite.Length; i++)
            (lower[i], mean[i]) = (-lower[i], Math.Clamp(mean[i], -lower[i], upper[i]));
        return new RunningBand(Spread(lower), Spread(mean), Spread(upper));

        double[] Spread(double[] band)
        {
            double[] all = new double[values.Count];
            Array.Fill(all, double.NaN);
            for (int i = 0; i < places.Length; i++)
                all[places[i]] = band[i];
            return all;
        }
    }

    /// <summary>
    /// The largest value of each window. The list holds the candidates, falling: a value with a later and larger one never counts again.
    /// </summary>
    private static double[] Largest(double[] values, int reach)
    {
        double[] largest = new double[values.Length];
        var candidates = new LinkedList<int>();
        for (int i = 0, next = 0; i < values.Length; i++)
        {
            for (; next < values.Length && next <= i + reach; next++)
            {
                while (candidates.Last is { } last && values[last.Value] <= values[next])
                    candidates.RemoveLast();
                candidates.AddLast(next);
            }
            while (candidates.First!.Value < i - reach)
                candidates.RemoveFirst();
            largest[i] = values[candidates.First.Value];
        }
        return largest;
    }

    private static double[] TrapezoidalMean(double[] values, int reach)
    {
        double[] integral = new double[values.Length], mean = new double[values.Length];
        for (int i = 1; i < values.Length; i++)
            integral[i] = integral[i - 1] + 0.5 * values[i - 1] + 0.5 * values[i];
        for (int i = 0; i < values.Length; i++)
        {
            int first = Math.Max(0, i - reach), last = Math.Min(values.Length - 1, i + reach);
            mean[i] = last > first ? (integral[last] - integral[first]) / (last - first) : values[i];
        }
        return mean;
    }
}
