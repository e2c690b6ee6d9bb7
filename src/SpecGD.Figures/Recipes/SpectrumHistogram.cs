using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// Histograms of singular values over a logarithmic axis, since one value often stands far above the others: bins of equal ratio, heights as density
/// over log₁₀ σ, so that the bars' area on the axis as it is drawn is 1.
/// </summary>
internal static class SpectrumHistogram
{
    /// <summary>Values that differ by less are one value for the eye, and their bins would have no width.</summary>
    private const double FewestDecades = 1e-6;

    private const int FewestBins = 20, MostBins = 90, ValuesPerBin = 60;

    /// <summary>Bins that a histogram of so many values has.</summary>
    public static int BinsFor(int count) => Math.Max(FewestBins, Math.Min(MostBins, count / ValuesPerBin));

    /// <summary>
    /// The edges of <paramref name="bins"/> bins of equal ratio from the smallest to the largest value; one decade around a single value.
    /// </summary>
    /// <param name="smallest">The smallest value, above 0.</param>
    /// <param name="largest">The largest value.</param>
    /// <param name="bins">Number of bins.</param>
    public static double[] Edges(double smallest, double largest, int bins)
    {
        double from = Math.Log10(smallest), to = Math.Log10(largest);
        if (!(to - from > FewestDecades))
            (from, to) = (from - 0.5, to + 0.5);
        return [.. Enumerable.Range(0, bins + 1).Select(i => Math.Pow(10, from + (to - from) * i / bins))];
    }

    /// <summary>
    /// The density of <paramref name="values"/> over log₁₀ σ in each bin: the share of the values over the bin's width in decades. Values beyond the
    /// edges count in the first and last bin, as zeros do.
    /// </summary>
    public static double[] Density(IReadOnlyList<double> values, double[] edges)
    {
        int bins = edges.Length - 1;
        double from = Math.Log10(edges[0]), width = (Math.Log10(edges[^1]) - from) / bins;
        double[] density = new double[bins];
        foreach (double value in values)
        {
            double place = value > 0 ? (Math.Log10(value) - from) / width : 0;
            density[(int)Math.Clamp(place, 0, bins - 1)] += 1 / (values.Count * width);
        }
        return density;
    }

    /// <summary>The bars, with the largest value marked.</summary>
    /// <param name="values">The values, at least one of them above 0.</param>
    /// <param name="edges">The edges of the bins.</param>
    /// <param name="stroke">Colour of the bars.</param>
    /// <param name="markLabel">Entry of the mark in the key.</param>
    public static Curve[] Curves(IReadOnlyList<double> values, double[] edges, Stroke stroke, FigureText markLabel) =>
        [new HistogramCurve(edges, Density(values, edges), stroke), new VerticalLine(values.Max(), Palette.Mark) { Label = markLabel }];

    /// <summary>The y axis of histograms: a bar of one value alone still rises above its lower end.</summary>
    /// <param name="curves">The curves of all panels that share the axis.</param>
    public static Axis DensityAxis(IEnumerable<Curve> curves)
    {
        double[] heights = [.. curves.OfType<HistogramCurve>().SelectMany(bars => bars.Columns[1].Values).Where(height => height > 0)];
        return new Axis("Density per decade of " + FigureText.Italic("σ"))
        {
            Logarithmic = true,
            Covers = heights.Length > 0 ? [0.5 * heights.Min(), heights.Max()] : [],
        };
    }
}
