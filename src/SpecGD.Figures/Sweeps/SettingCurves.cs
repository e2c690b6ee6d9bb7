using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>
/// The settings along one line of a sweep's figure. Those of which every repetition ran to its end are results: marks, joined, with bands wherever
/// there are two repetitions or more. Of the others the survivors alone have a mean, which is no result: a hollow mark that nothing joins, and how
/// many they are beside it.
/// </summary>
internal static class SettingCurves
{
    /// <summary>What a line's crosses at the upper edge take of the panel's height.</summary>
    public const double RowHeight = 0.08;

    /// <summary>Height of the first line's crosses, as a share of the panel.</summary>
    public const double FirstRow = 0.95;

    private const double MarkSize = 0.7;

    /// <summary>Size of a hollow mark, in units of about half the size of the text.</summary>
    public const double HollowSize = 1.1;

    /// <summary>Where an interval of logarithms ends whose lower end has underflown to 0, which a logarithmic axis has no place for.</summary>
    private const double Underflown = 1e-300;

    /// <summary>The curves of one line.</summary>
    /// <param name="along">Its settings, x ascending.</param>
    /// <param name="holds">Whether a setting has an estimate that the axis has a place for; where one has not, the line has a gap.</param>
    /// <param name="xOf">Where a setting stands.</param>
    /// <param name="joined">Whether the line runs along an option; else every setting is a point.</param>
    /// <param name="stroke">Its stroke.</param>
    /// <param name="label">Its entry in the key.</param>
    public static IEnumerable<Curve> Of(
        IReadOnlyList<SettingResult> along, Func<SettingResult, bool> holds, Func<SettingResult, double> xOf, bool joined, Stroke stroke, FigureText label)
    {
        SettingResult[] shown = [.. along.Where(holds)], whole = [.. shown.Where(s => s.IsWhole)], survivors = [.. shown.Where(s => !s.IsWhole)];
        if (joined)
        {
            foreach (var curve in Joined(along, s => s.IsWhole && holds(s), xOf, stroke))
                yield return curve;
        }
        yield return new KeySample(stroke) { Label = label };
        if (whole.Length > 0)
            yield return new PointCurve([.. whole.Select(xOf)], [.. whole.Select(Mean)], stroke) { Size = MarkSize };
        if (survivors.Length > 0)
            yield return new PointCurve([.. survivors.Select(xOf)], [.. survivors.Select(Mean)], stroke)
            {
                Size = HollowSize,
                IsHollow = true,
                Notes = [.. survivors.Select(s => (FigureText)s.CountText)],
            };
    }

    /// <summary>The settings that have no place on the axis, as crosses below the upper edge, the first line's highest.</summary>
    /// <param name="outside">Settings of which every repetition diverged, or whose mean lies beyond the axis.</param>
    /// <param name="xOf">Where a setting stands.</param>
    /// <param name="row">How many lines have crosses above these.</param>
    /// <param name="stroke">The stroke of their line.</param>
    public static EdgeMarks Outside(IReadOnlyList<SettingResult> outside, Func<SettingResult, double> xOf, int row, Stroke stroke) =>
        new([.. outside.Select(xOf)], [.. outside.Select(NoteOf)], FirstRow - (row * RowHeight), stroke);

    /// <summary>Beside a cross: "0 of 3" of what diverged, and of what did not the power of ten of the mean that the axis has no place for.</summary>
    private static FigureText NoteOf(SettingResult setting) => setting.IsWhole
        ? "10" + FigureText.Superscript(Math.Floor(Math.Log10(Mean(setting))).ToString(CultureInfo.InvariantCulture))
        : setting.CountText;

    /// <summary>What captions say of crosses, with the chart's own numbers; nothing where there are none.</summary>
    /// <param name="outside">The settings that have a cross.</param>
    public static string ExplainCrosses(IReadOnlyList<SettingResult> outside)
    {
        var kinds = new List<string>();
        if (Counts(outside.Where(s => s.Estimate is null)) is { Length: > 0 } gone)
            kinds.Add($"where every repetition diverged ({gone})");
        if (Counts(outside.Where(s => s is { Estimate: not null, IsWhole: false })) is { Length: > 0 } left)
            kinds.Add($"where the mean of those that did not diverge lies beyond the axis ({left})");
        if (outside.Any(s => s is { Estimate: not null, IsWhole: true }))
            kinds.Add("where the mean grew beyond the power of ten above the first losses (beside it stands the power of ten that the mean has)");
        return kinds.Count == 0 ? "" : $" Crosses at the upper edge, in a row for each line and at no value of the axis, stand {string.Join(", and ", kinds)}.";
    }

    /// <summary>What captions say of hollow marks, with the chart's own numbers; nothing where there are none.</summary>
    /// <param name="shown">The settings that have a mark.</param>
    public static string Explain(IEnumerable<SettingResult> shown) => ExplainHollow([.. shown.Where(s => !s.IsWhole).Select(s => s.CountText)]);

    /// <summary>As <see cref="Explain"/>, of the texts beside the marks.</summary>
    public static string ExplainHollow(IReadOnlyCollection<string> counts) => counts.Count == 0
        ? ""
        : $" Hollow marks (circles), which nothing joins, are where some repetitions diverged: means of those that did not ({Quoted(counts)}). They are no results.";

    /// <summary>The texts in quotation marks, each once.</summary>
    public static string Quoted(IEnumerable<string> counts) => string.Join(", ", counts.Distinct().Select(count => $"\"{count}\""));

    private static string Counts(IEnumerable<SettingResult> settings) => Quoted(settings.Select(s => s.CountText));

    private static IEnumerable<Curve> Joined(
        IReadOnlyList<SettingResult> along, Func<SettingResult, bool> isResult, Func<SettingResult, double> xOf, Stroke stroke)
    {
        double[] x = [.. along.Select(xOf)];
        bool[] hasInterval = [.. along.Select(s => isResult(s) && HasInterval(s))];
        double[] lower = [.. along.Select((s, i) => hasInterval[i] ? Lower(s) : double.NaN)];
        double[] upper = [.. along.Select((s, i) => hasInterval[i] ? s.Estimate!.Upper : double.NaN)];
        if (lower.Any(double.IsFinite))
            yield return new BandCurve(x, lower, upper, null, stroke);
        yield return new LineCurve(x, [.. along.Select(s => isResult(s) ? Mean(s) : double.NaN)], stroke);
        var thin = stroke with { Width = stroke.Width / 2, Dash = Dash.Solid };
        for (int i = 0; i < x.Length; i++) // a band needs a neighbour that has one
            if (hasInterval[i] && !(i > 0 && BothHave(i - 1, i)) && !(i + 1 < x.Length && BothHave(i, i + 1)))
                yield return new LineCurve([x[i], x[i]], [Lower(along[i]), along[i].Estimate!.Upper], thin);

        bool BothHave(int i, int next) => double.IsFinite(lower[i]) && double.IsFinite(lower[next]);
    }

    private static bool HasInterval(SettingResult setting) =>
        double.IsFinite(setting.Estimate!.Lower) && double.IsFinite(setting.Estimate.Upper);

    private static double Lower(SettingResult setting) => setting.Estimate!.Lower == 0 && Mean(setting) > 0 ? Underflown : setting.Estimate.Lower;

    private static double Mean(SettingResult setting) => setting.Estimate!.Mean;
}
