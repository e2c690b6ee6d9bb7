using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>A curve as it will be drawn.</summary>
/// <param name="Curve">What it is.</param>
/// <param name="Columns">Its rows after thinning, x first; a row that cannot be drawn is NaN in every column but x.</param>
internal sealed record CurvePlan(Curve Curve, IReadOnlyList<IReadOnlyList<double>> Columns)
{
    /// <summary>Whether no two neighbours can be drawn, so that only points can show the curve.</summary>
    public bool IsScattered => Curve is PointCurve || (Columns.Count > 0
        && !Columns[1].Zip(Columns[1].Skip(1)).Any(pair => double.IsFinite(pair.First) && double.IsFinite(pair.Second)));
}

/// <summary>A panel as it will be drawn: its axes resolved, its curves without those that have nothing to show.</summary>
/// <param name="Panel">What it is.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Curves">The curves that have something to show.</param>
/// <param name="Font">The font of its texts.</param>
internal sealed record PanelPlan(Panel Panel, ResolvedAxis X, ResolvedAxis Y, IReadOnlyList<CurvePlan> Curves, FigureFont Font)
{
    private const double EmsPerTicRow = 1.9, EmsBetweenLabels = 1.2;
    private const int MostTicsAcross = 10, MostTicsUp = 9, FewestTics = 2;

    /// <summary>About how wide and how high the plot is, in units of the font size.</summary>
    public required (double Width, double Height) Size { get; init; }

    /// <summary>The key entries, in order.</summary>
    public IReadOnlyList<FigureText> KeyEntries => [.. Curves.Select(c => c.Curve.Label).Where(label => !label.IsEmpty)];

    /// <summary>The plan of <paramref name="panel"/>.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">About how wide the plot is, in units of the font size.</param>
    /// <param name="height">About how high the plot is, in units of the font size.</param>
    /// <param name="font">The font of its texts.</param>
    public static PanelPlan Of(Panel panel, double width, double height, FigureFont font)
    {
        var curves = Shown(panel);
        var (left, right) = Extent(curves.SelectMany(XValues), panel.X);
        var (bottom, top) = Extent(curves.SelectMany(YValues), panel.Y);
        int upward = Math.Clamp((int)(height / EmsPerTicRow), FewestTics, MostTicsUp);
        var y = ResolvedAxis.Of(panel.Y, bottom, top, roundEnds: true, upward);
        var x = Across(panel.X, left, right, width, font);
        curves = [.. curves.Select(curve => curve.Curve is BandCurve ? curve with { Columns = BandClip.Within(curve.Columns, x, y) } : curve)];
        return new PanelPlan(panel, x, y, curves, font) { Size = (width, height) };
    }

    /// <summary>The panel with curves of as many rows as can be told apart, which draw the same.</summary>
    public static Panel Thinned(Panel panel) => panel with { Curves = [.. panel.Curves.Select(curve => Thinned(curve, panel))] };

    /// <summary>Smallest and largest x and y of what <paramref name="panel"/> shows and must cover; NaN where that is nothing.</summary>
    public static (double Left, double Right, double Bottom, double Top) ExtentOf(Panel panel)
    {
        var curves = Shown(panel);
        var (left, right) = Extent(curves.SelectMany(XValues), panel.X);
        var (bottom, top) = Extent(curves.SelectMany(YValues), panel.Y);
        return (left, right, bottom, top);
    }

    /// <summary>Whether the panel shows anything that was measured: a key and straight lines across it alone are nothing.</summary>
    public static bool HasData(Panel panel) => Shown(panel).Any(plan => plan.Curve is not (KeySample or HorizontalLine or VerticalLine));

    /// <summary>Whether a curve has something to show in its panel.</summary>
    public static bool Shows(Curve curve, Panel panel) => Shown(panel with { Curves = [curve] }).Count > 0;

    /// <summary>Width of <paramref name="text"/>, in units of the font size.</summary>
    public double WidthOf(FigureText text) => TextLine.WidthOf(text, Font);

    /// <summary>Width of the widest tic label of <paramref name="axis"/>, in units of the font size.</summary>
    public double WidestTicLabel(ResolvedAxis axis) => axis.TicLabels.Select(WidthOf).DefaultIfEmpty(0).Max();

    /// <summary>The x axis with as many tics as their labels leave room for.</summary>
    private static ResolvedAxis Across(Axis axis, double left, double right, double width, FigureFont font)
    {
        for (int tics = MostTicsAcross; ; tics--)
        {
            var resolved = ResolvedAxis.Of(axis, left, right, roundEnds: axis.Logarithmic, tics);
            if (tics == FewestTics || resolved.TicLabels.Sum(label => TextLine.WidthOf(label, font) + EmsBetweenLabels) <= width)
                return resolved;
        }
    }

    /// <summary>The curves that have something to show.</summary>
    private static List<CurvePlan> Shown(Panel panel)
    {
        var curves = new List<CurvePlan>();
        foreach (var curve in Thinned(panel).Curves)
        {
            var columns = Drawable(curve, panel);
            bool hasData = columns.Count > 0;
            bool shows = curve switch
            {
                HorizontalLine line => ResolvedAxis.CanDraw(line.Y, panel.Y.Logarithmic),
                VerticalLine line => ResolvedAxis.CanDraw(line.X, panel.X.Logarithmic),
                EdgeMarks marks => marks.X.Any(x => ResolvedAxis.CanDraw(x, panel.X.Logarithmic)),
                KeySample => true,
                HistogramCurve => columns[0].All(x => ResolvedAxis.CanDraw(x, panel.X.Logarithmic)) && columns[1].Any(height => height > 0),
                _ => hasData && columns[1].Any(double.IsFinite),
            };
            if (shows)
                curves.Add(new CurvePlan(curve, columns));
        }
        return curves;
    }

    private static List<IReadOnlyList<double>> Drawable(Curve curve, Panel panel)
    {
        if (curve.Columns.Count == 0 || curve is HistogramCurve)
            return [.. curve.Columns.Select(column => column.Values)];
        var x = curve.Columns[0].Values;
        var values = curve.Columns.Skip(1).Select(column => column.Values).ToArray();
        if (curve is BandCurve && panel.Y.Logarithmic)
            values[0] = ToTheEdge(values[0], values[1], panel);
        bool[] drawn = [.. Enumerable.Range(0, x.Count).Select(i =>
            ResolvedAxis.CanDraw(x[i], panel.X.Logarithmic) && values.All(column => ResolvedAxis.CanDraw(column[i], panel.Y.Logarithmic)))];
        return [.. values.Select(column => column.Select((value, i) => drawn[i] ? value : double.NaN).ToArray()).Prepend([.. x])];
    }

    /// <summary>The curve without rows that no eye can tell in its panel.</summary>
    private static Curve Thinned(Curve curve, Panel panel)
    {
        if (curve.Columns.Count == 0 || curve.ThinnedFrom is not null || curve is PointCurve or TileCurve or HistogramCurve || curve.Columns[0].Values.Count <= Thinning.Limit)
            return curve;
        var kept = Thinning.Keep(curve.Columns[0].Values.Count, [.. Drawable(curve, panel).Skip(1)]);
        return curve with
        {
            Columns = [.. curve.Columns.Select(column => column with { Values = [.. kept.Select(i => column.Values[i])] })],
            ThinnedFrom = curve.Columns[0].Values.Count,
        };
    }

    /// <summary>
    /// Lower ends of a band where a logarithmic axis has no place for zero and below: the band goes down to the edge, or it would vanish where it is
    /// widest.
    /// </summary>
    private static double[] ToTheEdge(IReadOnlyList<double> lower, IReadOnlyList<double> upper, Panel panel)
    {
        double edge = panel.Y.From ?? panel.Curves.SelectMany(curve => curve.Columns.Skip(1)).SelectMany(column => column.Values)
            .Where(value => ResolvedAxis.CanDraw(value, logarithmic: true)).DefaultIfEmpty(double.NaN).Min();
        return [.. lower.Zip(upper, (low, high) => low <= 0 && high > 0 ? edge : low)];
    }

    private static IEnumerable<double> XValues(CurvePlan curve) => curve.Curve switch
    {
        VerticalLine line => [line.X],
        EdgeMarks marks => marks.X,
        _ => curve.Columns.Count == 0 ? [] : curve.Columns[0].Where((_, i) => double.IsFinite(curve.Columns[1][i])),
    };

    private static IEnumerable<double> YValues(CurvePlan curve) =>
        curve.Curve is HorizontalLine line ? [line.Y] : curve.Columns.Skip(1).SelectMany(column => column);

    /// <summary>Smallest and largest of the values that <paramref name="axis"/> can show and of what it must cover.</summary>
    private static (double Low, double High) Extent(IEnumerable<double> values, Axis axis)
    {
        double[] all = [.. values.Concat(axis.Covers).Where(value => ResolvedAxis.CanDraw(value, axis.Logarithmic))];
        return all.Length == 0 ? (double.NaN, double.NaN) : (all.Min(), all.Max());
    }
}
