namespace SpecGD.Gallery.Analysis;

/// <summary>Spearman's rank correlation: Pearson's of the ranks, where equal values share the mean of their ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>ρ of two lists of one length; NaN with fewer than three pairs, or where one of them is constant.</summary>
    public static double Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count)
            throw new ArgumentException($"A correlation needs pairs, not {Counted.Of(x.Count, "value")} and {y.Count}.", nameof(y));
        return x.Count < 3 ? double.NaN : Pearson(Ranks(x), Ranks(y));
    }

    /// <summary>Ranks from 1 on.</summary>
    internal static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] ranks = new double[values.Count];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && values[order[to]].Equals(values[order[from]]); to++)
            {
            }
            for (int i = from; i < to; i++)
                ranks[order[i]] = (from + to + 1) / 2.0;
        }
        return ranks;
    }

    private static double Pearson(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            (xy, xx, yy) = (xy + (dx * dy), xx + (dx * dx), yy + (dy * dy));
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : double.NaN;
    }
}
