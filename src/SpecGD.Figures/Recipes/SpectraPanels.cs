using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The panels of animations of the activations' spectra: series until the frame's step, and a histogram for each layer.</summary>
internal static class SpectraPanels
{
    private const int Bins = 30;

    /// <summary>Singular values come in single precision: below this share of the largest they are rounding errors.</summary>
    public const double SmallestShare = 1e-8;

    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Dotted];

    /// <summary>Whether there is anything to show.</summary>
    public static bool HasValues(ActivationSpectra spectra) =>
        spectra.Frames.Any(frame => frame.Spectra.Any(values => values.Any(value => value > 0)));

    /// <summary>The series of the method; none where the log has spectra alone.</summary>
    public static MethodLog MethodOf(RunLog log, ActivationSpectra spectra) => log.Methods.GetValueOrDefault(spectra.Method) ?? new MethodLog();

    /// <summary>The spectra that have the same layers as <paramref name="spectra"/>, itself among them: their histograms share their bins.</summary>
    public static ActivationSpectra[] Alike(ActivationSpectra[] all, ActivationSpectra spectra) =>
        [.. all.Where(other => other.Layers.SequenceEqual(spectra.Layers))];

    /// <summary>Series up to the frame's step, each ending in a point.</summary>
    public static Panel Past(
        int totalSteps, int frameStep, string title, Axis y, IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> series)
    {
        var curves = new List<Curve>();
        foreach (var (values, label, stroke) in series)
        {
            int count = values?.Steps.Count(step => step <= frameStep) ?? 0;
            if (count == 0)
                continue;
            double[] steps = [.. values!.Steps.Take(count).Select(step => (double)step)];
            if (!label.IsEmpty)
                curves.Add(new KeySample(stroke) { Label = label }); // the key stays the same while a line is still a point
            curves.Add(new LineCurve(steps, [.. values.Values.Take(count)], stroke));
            curves.Add(new PointCurve([steps[^1]], [values.Values[count - 1]], stroke) { Size = 0.8 });
        }
        var x = new Axis("Training iteration") { WholeNumbers = true, From = 0, To = Math.Max(1, totalSteps) };
        return new Panel(title, x, y, curves);
    }

    /// <summary>The singular values of a layer in one frame, with the largest marked.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="layer">The layer, counted from 0.</param>
    /// <param name="edges">The bins; null where no frame has a value above 0.</param>
    /// <param name="name">What the title calls the layer.</param>
    /// <param name="stroke">Colour of the bars.</param>
    /// <param name="words">What the title calls the recorded stable rank.</param>
    public static Panel Histogram(SpectrumFrame frame, int layer, double[]? edges, FigureText name, Stroke stroke, StableRankWords words)
    {
        double[] values = [.. frame.Spectra[layer]];
        bool shows = edges is not null && values.Any(value => value > 0);
        var mark = "largest, " + FigureText.Italic("σ") + FigureText.Subscript("1");
        Curve[] curves = shows ? SpectrumHistogram.Curves(values, edges!, stroke, mark) : [];
        var title = name;
        if (frame.StableRanks[layer] is { } st && double.IsFinite(st))
            title += ",  st(" + FigureText.Italic("A") + FigureText.Subscript(Invariant($"{layer + 1}")) + Invariant($"){words.Relation}{st:0.00}");
        var x = new Axis("Singular value " + FigureText.Italic("σ")) { Logarithmic = true, Covers = edges is null ? [] : [edges[0], edges[^1]] };
        return new Panel(title, x, SpectrumHistogram.DensityAxis(curves), curves);
    }

    /// <summary>Bins for one layer that hold its values in every frame of every method; null where it has none above 0.</summary>
    public static double[]? EdgesOf(ActivationSpectra[] alike, int layer)
    {
        double[] values = [.. alike.SelectMany(spectra => spectra.Frames).SelectMany(frame => frame.Spectra[layer]).Where(value => value > 0)];
        return values.Length == 0 ? null : SpectrumHistogram.Edges(Math.Max(values.Min(), SmallestShare * values.Max()), values.Max(), Bins);
    }

    /// <summary>What captions say of the panels above the histograms; nothing where there are none.</summary>
    public static string Above(IEnumerable<MethodLog> methods, StableRankWords words, string colours = "")
    {
        string[] names = [.. methods.SelectMany(method => method.Series).Where(series => series.Value.Count > 0).Select(series => series.Key)];
        var shown = new List<string>();
        if (names.Contains(LayeredLog.Loss))
            shown.Add("training loss");
        if (names.Any(name => name.StartsWith("activations.", StringComparison.Ordinal)))
            shown.Add(words.Name + " of the activations");
        if (names.Any(name => name.StartsWith("grad_ratio.", StringComparison.Ordinal)))
            shown.Add("nuclear rank of the gradients");
        string text = shown.Count > 1 ? $"{string.Join(", ", shown.SkipLast(1))} and {shown[^1]}" : string.Concat(shown);
        return shown.Count == 0 ? "" : $"Above: {text} until the frame's step{colours}. ";
    }

    /// <summary>The axis of a rank that every layer has.</summary>
    public static Axis Ranks(string measure, string of) =>
        new(measure + "(" + FigureText.Italic(of) + FigureText.Subscript("ℓ") + ")") { From = 0 };

    /// <summary>The stroke of a layer, counted from 0.</summary>
    public static Stroke StrokeOf(int layer) => Palette.Other(layer) with { Dash = DashOf(layer) };

    /// <summary>The dash of a layer, counted from 0.</summary>
    public static Dash DashOf(int layer) => Dashes[layer % Dashes.Length];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
