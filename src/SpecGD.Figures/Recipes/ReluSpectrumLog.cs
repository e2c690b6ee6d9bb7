using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The spectrum of one dimension.</summary>
/// <param name="Dimension">Input dimension d.</param>
/// <param name="StableRank">st(A).</param>
/// <param name="Values">The singular values above 0.</param>
internal sealed record ReluSpectrumRow(double Dimension, double StableRank, double[] Values)
{
    /// <summary>d and st(A), as titles carry them.</summary>
    public FigureText Title =>
        FigureText.Italic("d") + Invariant($" = {Dimension}")
        + (double.IsFinite(StableRank) ? ",  " + LeastSquaresLabels.StableRank + Invariant($" = {StableRank:0.00}") : FigureText.Empty);

    /// <summary>The same with the largest singular value, for panels that have no room for a key.</summary>
    public FigureText LongTitle => Title + ",  " + Largest;

    private FigureText Largest => FigureText.Italic("σ") + FigureText.Subscript("1") + Invariant($" = {Values.Max():G4}");

    /// <summary>The histogram, with as many bins as its count of values asks for and the largest marked.</summary>
    public Curve[] Curves() => SpectrumHistogram.Curves(
        Values,
        SpectrumHistogram.Edges(Values.Min(), Values.Max(), SpectrumHistogram.BinsFor(Values.Length)),
        Palette.GradientDescent,
        "largest, " + Largest);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The rows of a relu-spectrum log, in the order of the log.</summary>
internal static class ReluSpectrumLog
{
    private const double Room = 1.5;

    /// <summary>Name of the experiment.</summary>
    public static string Experiment { get; } = new ReluSpectrum().Name;

    /// <summary>The axis of singular values, with some room on either side of those of all rows.</summary>
    public static Axis Values(IReadOnlyList<ReluSpectrumRow> rows) => new("Singular value " + FigureText.Italic("σ"))
    {
        Logarithmic = true,
        From = rows.Min(row => row.Values.Min()) / Room,
        To = rows.Max(row => row.Values.Max()) * Room,
    };

    /// <summary>
    /// The rows that have singular values above 0, at most so many and evenly spread; none where the log is of another experiment. Without a
    /// configuration a log is known by rows with singular values.
    /// </summary>
    /// <exception cref="BadInputException">The log is of this experiment and a row has not the form that it should have.</exception>
    public static IReadOnlyList<ReluSpectrumRow> Rows(RunLog log, int most)
    {
        ArgumentNullException.ThrowIfNull(log);
        var rows = LogNode.Section(log, ReluSpectrum.Rows);
        if (!(log.ConfigText("experiment") is { } experiment ? experiment == Experiment : rows.IsListOf("singular_values")))
            return [];
        return [.. Sampling.Spread([.. rows.Items.Where(row => row.Exists)], most).Select(Row).Where(row => row.Values.Length > 0)];
    }

    /// <summary>The sentences that explain the histograms.</summary>
    public static string Caption(string each) =>
        $"Singular values of A = ReLU(WX) with W (2d × d) and X (d × 8d) Gaussian, {each} for each input dimension d. "
        + "Bins of equal ratio; a bar's height is the share of all values in its bin over the bin's width in decades, the density over log₁₀ σ, so "
        + "that the bars' area over the logarithmic axis is 1. Dashed: the largest singular value, which the common mean "
        + "of the features makes. It grows like d and the others like the root of d, so that st(A), the sum of all (σ/σ₁)², stays bounded; it tends to 3.";

    private static ReluSpectrumRow Row(LogNode row) => new(
        row["d"].Required(),
        row["stable_rank"].Number ?? double.NaN,
        [.. row["singular_values"].Numbers.Where(value => value > 0 && double.IsFinite(value))]);
}
