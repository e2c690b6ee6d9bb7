using System.Text;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>The lines of a script that draw one panel. Each states all of its settings, since those of the panel before still hold.</summary>
internal static class PanelScript
{
    private const string BandOpacity = "0.25", BarOpacity = "0.35";
    private const string KeyLift = "0.02";
    private const double SinglePointSize = 0.5, MarkerSize = 0.85;

    /// <summary>gnuplot's number of an open circle.</summary>
    private const int HollowPoint = 6;

    /// <summary>Dashes and gaps in turn, in about half line widths; the round ends lengthen each dash by two.</summary>
    private static readonly Dictionary<Dash, string> Dashes =
        new()
        {
            [Dash.Dashed] = "(6,5)",
            [Dash.DashDot] = "(10,4.5,1,4.5)",
            [Dash.Dotted] = "(1,3.5)",
            [Dash.LongDashed] = "(16,5.5)",
            [Dash.DashDotDot] = "(10,4.5,1,4.5,1,4.5)",
        };

    /// <summary>Numbers of gnuplot's points, the same in all three terminals.</summary>
    private static readonly Dictionary<MarkerShape, int> PointTypes = new()
    {
        [MarkerShape.Circle] = 7,
        [MarkerShape.Triangle] = 9,
        [MarkerShape.Square] = 5,
        [MarkerShape.Diamond] = 13,
        [MarkerShape.InvertedTriangle] = 11,
        [MarkerShape.Pentagon] = 15,
    };

    /// <summary>Appends panel <paramref name="number"/> of the figure, counted from 0.</summary>
    public static void Append(StringBuilder text, FigurePlan plan, int number)
    {
        var panel = plan.Panels[number];
        double width = plan.Margins.PlotWidth(plan.Width, plan.Columns), height = plan.Margins.PlotHeight(plan.Height, plan.Rows);
        double middle = 0.5 + (plan.Margins.Right - plan.Margins.Left) / (2 * width);
        text.Append($"\n# Panel {number + 1}: {GnuplotSyntax.Commented(panel.Panel.Title)}\n");
        if (number > 0 && plan.Panels[number - 1].Curves.Any(curve => curve.Curve is VerticalLine))
            text.Append("unset arrow\n");
        if (number == 1 && !plan.Figure.Title.IsEmpty)
            text.Append("unset label 3\n");
        text.Append($"set title {GnuplotSyntax.Quoted(panel.Panel.Title)} offset 0,title_shift\n");
        string xLabel = GnuplotSyntax.Quoted(panel.Panel.X.Label), yLabel = GnuplotSyntax.Quoted(panel.Panel.Y.Label);
        text.Append($"set label 1 {xLabel} at graph 0.5, graph {GnuplotSyntax.Share(-Margins.XLabelDepth / height)} center\n");
        text.Append($"set label 2 {yLabel} at graph {GnuplotSyntax.Share(-Margins.YLabelDistance(panel) / width)}, graph 0.5 center rotate\n");
        AppendAxis(text, "x", panel.X, " offset 0,tic_shift");
        AppendAxis(text, "y", panel.Y, "");
        text.Append(Key(panel, plan.Keys[number], middle, plan.Margins.KeyDepth / height)).Append('\n');
        AppendVerticalLines(text, panel);
        PointNotes.Append(text, number > 0 ? plan.Panels[number - 1] : null, panel);
        text.Append("plot ").AppendJoin(", \\\n     ", Clauses(panel)).Append('\n');
    }

    /// <summary>Vertical lines are arrows without heads, since no function runs upward; the plot command adds what the key needs.</summary>
    private static void AppendVerticalLines(StringBuilder text, PanelPlan panel)
    {
        foreach (var (i, curve) in panel.Curves.Where(curve => curve.Curve is VerticalLine).Index())
        {
            string x = GnuplotSyntax.Number(((VerticalLine)curve.Curve).X);
            text.Append($"set arrow {i + 1} from first {x}, graph 0 to first {x}, graph 1 nohead front {Style(curve.Curve.Stroke)}\n");
        }
    }

    private static void AppendAxis(StringBuilder text, string name, ResolvedAxis axis, string ticOptions)
    {
        text.Append(axis.IsLogarithmic ? $"set logscale {name}\n" : $"unset logscale {name}\n");
        var (below, above) = axis.IsLogarithmic ? ($"/{GnuplotScript.BeyondVariable}", $"*{GnuplotScript.BeyondVariable}") : ("", "");
        text.Append($"set {name}range [{GnuplotSyntax.Number(axis.From)}{below}:{GnuplotSyntax.Number(axis.To)}{above}]\n");
        IEnumerable<string> given = axis.HasTicTexts
            ? axis.GivenTics.Zip(axis.TicLabels, (tic, text) => $"{GnuplotSyntax.Quoted(text)} {GnuplotSyntax.Number(tic)}")
            : axis.GivenTics.Select(GnuplotSyntax.Number);
        string tics = axis.GivenTics.Count == 0
            ? $"{GnuplotSyntax.Number(axis.FirstTic)},{GnuplotSyntax.Number(axis.Step)}"
            : $"({string.Join(", ", given.Concat(axis.BareTics.Select(tic => $"'' {GnuplotSyntax.Number(tic)}")))})";
        text.Append($"set {name}tics {tics}{ticOptions}\n");
        text.Append(axis.HasPowers && axis.Step == 10 ? $"set m{name}tics 10\n" : $"unset m{name}tics\n");
        text.Append($"set format {name} '{(axis.HasPowers ? "10^{%T}" : "%g")}'\n");
    }

    /// <summary>The key. gnuplot counts the characters of its widest entry, and is told by how many that count differs from the width.</summary>
    private static string Key(PanelPlan panel, KeyPlan key, double middle, double depth)
    {
        if (key.Placement == KeyPlacement.None)
            return "unset key";
        string ems = GnuplotSyntax.Number(Math.Round(KeyPlan.AfterText + panel.KeyEntries.Max(panel.WidthOf), 2));
        string width = $"width {ems}/key_character-{panel.KeyEntries.Max(entry => entry.Length)}";
        string style = $"vertical maxrows {key.Rows} spacing key_row samplen key_sample {width}";
        return key.Placement switch
        {
            KeyPlacement.TopRight => $"set key at graph 1, graph 1 right top Right noreverse {style}",
            KeyPlacement.TopLeft => $"set key at graph 0, graph 1 left top Left reverse {style}",
            KeyPlacement.BottomRight => $"set key at graph 1, graph {KeyLift} right bottom Right noreverse {style}",
            KeyPlacement.BottomLeft => $"set key at graph 0, graph {KeyLift} left bottom Left reverse {style}",
            KeyPlacement.Below =>
                $"set key at graph {GnuplotSyntax.Share(middle)}, graph {GnuplotSyntax.Share(-depth)} center top Left reverse {style}",
            _ => throw new ArgumentException("The place of a key must be decided before its script is written.", nameof(key)),
        };
    }

    /// <summary>
    /// What the plot command lists: bands and bars first, beneath all lines, and marks last, above them; neighbours
    /// that differ in nothing but their block become one loop.
    /// </summary>
    private static IEnumerable<string> Clauses(PanelPlan panel)
    {
        Clause[] clauses =
        [
            .. panel.Curves.Where(c => c.Curve is TileCurve).Select(Tiles),
            .. panel.Curves.Where(c => c.Curve is HistogramCurve).Select(c => Bars(c, panel.Y)),
            .. panel.Curves.Where(c => c.Curve is BandCurve).Select(Band),
            .. panel.Curves.Where(HasLine).SelectMany(Line),
            .. panel.Curves.Where(HasMarks).Select(Marks),
        ];
        for (int i = 0; i < clauses.Length;)
        {
            int length = 1;
            while (i + length < clauses.Length && clauses[i].Continues(clauses[i + length], length))
                length++;
            yield return clauses[i].Text(length);
            i += length;
        }
        if (clauses.Length == 0)
            yield return "NaN notitle";
    }

    private static bool HasLine(CurvePlan curve) => curve.Curve is not (BandCurve { HasCentre: false } or HistogramCurve or TileCurve or EdgeMarks);

    /// <summary>The outline of all bars as one area: areas side by side would show hairlines between them.</summary>
    private static Clause Bars(CurvePlan curve, ResolvedAxis y)
    {
        string floor = GnuplotSyntax.Number(y.From), color = curve.Curve.Stroke.Color;
        string fill = $"fillcolor rgb '{color}' fillstyle transparent solid {BarOpacity} border linecolor rgb '{color}'";
        return new Clause(curve.Index, $"using 1:($2 > {floor} ? $2 : {floor}) with filledcurves closed {fill} {Title(curve.Curve)}");
    }

    private static Clause Tiles(CurvePlan curve) => new(
        curve.Index,
        $"using 1:2:(0.5):(0.5) with boxxyerror fillcolor rgb '{curve.Curve.Stroke.Color}' fillstyle solid border linecolor rgb '#ffffff' {Title(curve.Curve)}");

    private static Clause Band(CurvePlan curve)
    {
        string title = HasLine(curve) ? "notitle" : Title(curve.Curve);
        string fill = $"fillcolor rgb '{curve.Curve.Stroke.Color}' fillstyle transparent solid {BandOpacity} noborder";
        return new Clause(curve.Index, $"using 1:2:3 with filledcurves {fill} {title}");
    }

    private static bool HasMarks(CurvePlan curve) =>
        HasLine(curve) && curve.Index >= 0 && !curve.IsScattered && curve.Curve.Stroke.Marker is not null;

    /// <summary>The line with its entry in the key; of a line with marks the entry stands alone, so that the key shows both.</summary>
    private static IEnumerable<Clause> Line(CurvePlan curve)
    {
        bool apart = HasMarks(curve) && !curve.Curve.Label.IsEmpty;
        string style = $"{Style(curve.Curve.Stroke)} {(apart ? "notitle" : Title(curve.Curve))}";
        string point = curve.Curve is PointCurve points
            ? Points(points.IsHollow ? HollowPoint : PointTypes[MarkerShape.Circle], points.Size)
            : Points(PointTypes[MarkerShape.Circle], SinglePointSize);
        yield return curve.Curve switch
        {
            HorizontalLine line => new Clause(-1, $"{GnuplotSyntax.Number(line.Y)} with lines {style}"),
            KeySample => Sample(curve.Curve),
            VerticalLine => new Clause(-1, $"NaN with lines {style}"),
            _ when curve.IsScattered => new Clause(curve.Index, $"using 1:{curve.Columns.Count} with points {point} {style}"),
            _ => new Clause(curve.Index, $"using 1:{curve.Columns.Count} with lines {style}"),
        };
        if (apart)
            yield return Sample(curve.Curve);
    }

    /// <summary>An entry of the key alone, as the curve is drawn.</summary>
    private static Clause Sample(Curve curve)
    {
        string how = curve.Stroke.Marker is { } marker ? $"linespoints {Points(marker)}" : "lines";
        return new Clause(-1, $"NaN with {how} {Style(curve.Stroke)} {Title(curve)}");
    }

    private static Clause Marks(CurvePlan curve)
    {
        var marker = curve.Curve.Stroke.Marker!;
        var (every, first) = marker.Rows(curve.Columns[0].Count);
        return new Clause(
            curve.Index,
            $"every {every}::{first} using 1:{curve.Columns.Count} with points {Points(marker)} linecolor rgb '{curve.Curve.Stroke.Color}' notitle");
    }

    private static string Points(Marker marker) => Points(PointTypes[marker.Shape], MarkerSize);

    private static string Points(int type, double size) => $"pointtype {type} pointsize {GnuplotSyntax.Number(size)}*{GnuplotScript.PointVariable}";

    private static string Style(Stroke stroke)
    {
        string dashes = Dashes.TryGetValue(stroke.Dash, out var pattern) ? $" dashtype {pattern}" : "";
        return $"linecolor rgb '{stroke.Color}' linewidth {GnuplotSyntax.Number(stroke.Width)}{dashes}";
    }

    private static string Title(Curve curve) => curve.Label.IsEmpty ? "notitle" : $"title {GnuplotSyntax.Quoted(curve.Label)}";

    /// <summary>A clause of the plot command: a block of the data file, or -1 for none, and how it is drawn.</summary>
    private readonly record struct Clause(int Index, string How)
    {
        public bool Continues(Clause later, int distance) => Index >= 0 && later == this with { Index = Index + distance };

        public string Text(int length) => (Index, length) switch
        {
            ( < 0, _) => How,
            (_, 1) => $"data index {Index} {How}",
            _ => $"for [i={Index}:{Index + length - 1}] data index i {How}",
        };
    }
}
