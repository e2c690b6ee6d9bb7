using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>What all figures of sweeps have in common: how many panels there are at most and how they stand, and the words for means and intervals.</summary>
internal static class SweepSheet
{
    /// <summary>Most panels of a figure, and most lines of a panel.</summary>
    public const int MostPanels = 9, MostLines = 12;

    private const int PanelsAcross = 3;

    /// <summary>Sizes in inches; a panel that stands alone is wider, and the caption takes a strip below.</summary>
    private const double PanelWidth = 5, PanelHeight = 3.6, WiderAlone = 1.5, Strip = 0.4;

    /// <summary>The panels side by side, three across.</summary>
    /// <param name="name">Name of the figure; what no file name should have becomes a hyphen.</param>
    /// <param name="panels">One or more.</param>
    /// <param name="caption">The caption.</param>
    public static Figure Of(string name, IReadOnlyList<Panel> panels, string caption)
    {
        int columns = Math.Min(panels.Count, PanelsAcross), rows = (panels.Count + columns - 1) / columns;
        return new Figure(string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')), panels, caption)
        {
            Columns = columns,
            Width = panels.Count == 1 ? PanelWidth + WiderAlone : PanelWidth * columns,
            Height = (PanelHeight * rows) + Strip,
        };
    }

    /// <summary>The label of an axis with means of something, or with single values where nothing repeats.</summary>
    public static string MeanOf(SweepPart part, string what, bool repeats = true) => what + (!repeats ? "" : part.Analysis.Logarithmic ? ", geometric mean" : ", mean");

    /// <summary>What a caption begins with, where there are repetitions.</summary>
    public static string Means(SweepPart part) => part.Analysis.Logarithmic ? "Geometric means" : "Means";

    /// <summary>What a caption begins with: "Means over the repetitions (seed)", or "Values" where nothing repeats.</summary>
    /// <param name="part">The part.</param>
    /// <param name="repeats">Whether any setting has more than one repetition.</param>
    /// <param name="of">What they are means of, in words that follow "Means"; empty for none.</param>
    public static string MeansOver(SweepPart part, bool repeats, string of = "") =>
        repeats ? $"{Means(part)}{of} over the repetitions ({part.Analysis.Replicate})" : $"Values{of}";

    /// <summary>What a caption says of means and intervals that are not there; nothing where all are.</summary>
    public static string Undefined(SweepPart part, IReadOnlyList<SettingResult> settings, Func<Metric, string>? nameOf = null) =>
        string.Concat(UndefinedWords.Of(part, settings, nameOf).Select(sentence => " " + sentence));

    /// <summary>What a caption says of bands and bars, and of those that the frame cuts, behind a semicolon; a full stop alone where no setting has an interval.</summary>
    public static string Intervals(SweepPart part, IReadOnlyList<Panel> panels, IEnumerable<SettingResult> settings)
    {
        if (!settings.Any(s => s.IsWhole && s.Estimate is { Count: > 1, Lower: var low, Upper: var high } && double.IsFinite(low) && double.IsFinite(high)))
            return ".";
        bool isCut = CutsBands(panels) || panels.Any(panel => panel.Y.Logarithmic && EdgesOf(panel).Any(edge => edge <= 0));
        return $"; bands, or bars where no neighbour has one, are the {Interval(part)}{(isCut ? "; the frame cuts those that reach beyond it" : "")}.";
    }

    /// <summary>Whether a band reaches beyond an axis, other than to where a logarithmic one has no place.</summary>
    public static bool CutsBands(IReadOnlyList<Panel> panels) =>
        panels.Any(panel => EdgesOf(panel).Any(edge => (edge > 0 || !panel.Y.Logarithmic) && IsBeyond(edge, panel.Y)));

    private static IEnumerable<double> EdgesOf(Panel panel) =>
        panel.Curves.OfType<BandCurve>().SelectMany(band => band.Columns.Skip(1).Take(2)).SelectMany(edge => edge.Values);

    private static bool IsBeyond(double value, Axis axis) =>
        value < (axis.From ?? double.NegativeInfinity) || value > (axis.To ?? double.PositiveInfinity);

    /// <summary>"95 % confidence interval (Student's t)".</summary>
    public static string Interval(SweepPart part) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * part.Analysis.Confidence:0.##} % confidence interval (Student's t{(part.Analysis.Logarithmic ? ", of logarithms" : "")})");
}
