using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>Paints the curves of a panel: tiles, bars and bands beneath all lines, marks above them, then lines that mark a place on the x axis.</summary>
internal static class CurvePainter
{
    /// <summary>How much areas cover.</summary>
    public const double BandOpacity = 0.25, BarOpacity = 0.35;

    /// <summary>Sizes of the point of a curve without two neighbours, and of a mark on a line.</summary>
    public const double SinglePointSize = 0.5, MarkerSize = 0.85;

    private const double HalfTile = 0.5;

    /// <summary>The edge of a tile.</summary>
    public static readonly Pen TileEdge = new("#ffffff", 1);

    /// <summary>Outlines of bars.</summary>
    public static Pen BarEdge(Stroke stroke) => new(stroke.Color, 1);

    /// <summary>Paints all of them.</summary>
    public static void Paint(PanelFrame frame, ISurface surface)
    {
        Each(curve => curve.Curve is TileCurve, PaintTiles);
        Each(curve => curve.Curve is HistogramCurve, PaintBars);
        Each(curve => curve.Curve is BandCurve, PaintBand);
        Each(HasLine, PaintLine);
        Each(HasMarks, PaintMarks);
        Each(curve => curve.Curve is VerticalLine, static (frame, curve, surface) =>
        {
            double x = frame.X(((VerticalLine)curve.Curve).X);
            PaintClipped(frame, [new Spot(x, frame.Bottom), new Spot(x, frame.Top)], curve.Curve.Stroke, surface);
        });

        void Each(Func<CurvePlan, bool> which, Action<PanelFrame, CurvePlan, ISurface> paint)
        {
            foreach (var (number, curve) in frame.Panel.Curves.Index().Where(entry => which(entry.Item)))
            {
                surface.Open("curve", PanelData.Of(number, curve.Curve, NamesOf(frame, curve)));
                paint(frame, curve, surface);
                surface.Close();
            }
        }
    }

    /// <summary>What is told of the points or tiles that are drawn.</summary>
    private static IReadOnlyList<string> NamesOf(PanelFrame frame, CurvePlan curve) => curve.Curve.Names.Count == 0 ? []
        : [.. curve.Curve.Names.Where((_, i) => curve.Curve is TileCurve ? double.IsFinite(curve.Columns[1][i]) : PointAt(frame, curve, i) is not null)];

    /// <summary>Whether a line or points are drawn for the curve.</summary>
    public static bool HasLine(CurvePlan curve) =>
        curve.Curve is not (BandCurve { HasCentre: false } or HistogramCurve or TileCurve or EdgeMarks or VerticalLine or KeySample);

    /// <summary>Whether marks stand on the line of the curve.</summary>
    public static bool HasMarks(CurvePlan curve) => HasLine(curve) && curve.Columns.Count > 0 && !curve.IsScattered && curve.Curve.Stroke.Marker is not null;

    /// <summary>The point by which a curve without two neighbours is seen.</summary>
    public static Mark PointOf(Curve curve) => curve is PointCurve points
        ? Mark.Point(points.Size, points.IsHollow, curve.Stroke)
        : Mark.Point(SinglePointSize, hollow: false, curve.Stroke);

    private static void PaintTiles(PanelFrame frame, CurvePlan curve, ISurface surface)
    {
        foreach (var (x, y) in curve.Columns[0].Zip(curve.Columns[1]).Where(tile => double.IsFinite(tile.Second)))
        {
            Spot[] corners = [frame.At(x - HalfTile, y - HalfTile), frame.At(x + HalfTile, y - HalfTile), frame.At(x + HalfTile, y + HalfTile), frame.At(x - HalfTile, y + HalfTile)];
            surface.Area(PlotClip.Area(frame, corners), curve.Curve.Stroke.Color, 1, TileEdge);
        }
    }

    /// <summary>The outline of all bars as one area: areas side by side would show hairlines between them. Bars stand on the lower end of the axis.</summary>
    private static void PaintBars(PanelFrame frame, CurvePlan curve, ISurface surface)
    {
        double floor = frame.Panel.Y.From;
        var outline = curve.Columns[0].Zip(curve.Columns[1], (x, y) => (x, double.IsFinite(y) ? Math.Max(y, floor) : y));
        foreach (var run in Runs(outline))
        {
            var area = PlotClip.Area(frame, [.. run.Select(point => frame.At(point.X, point.Y))]);
            if (area.Count > 2)
                surface.Area(area, curve.Curve.Stroke.Color, BarOpacity, BarEdge(curve.Curve.Stroke));
        }
    }

    private static void PaintBand(PanelFrame frame, CurvePlan curve, ISurface surface)
    {
        var rows = curve.Columns[0].Select((x, i) => (X: x, Y: i)).ToArray();
        foreach (var run in Runs(rows.Select(row => (row.X, double.IsFinite(curve.Columns[1][row.Y]) ? row.Y : double.NaN))))
        {
            var lower = run.Select(row => frame.At(row.X, curve.Columns[1][(int)row.Y]));
            var upper = run.Select(row => frame.At(row.X, curve.Columns[2][(int)row.Y]));
            var area = PlotClip.Area(frame, [.. lower, .. upper.Reverse()]);
            if (area.Count > 2)
                surface.Area(area, curve.Curve.Stroke.Color, BandOpacity, null);
        }
    }

    private static void PaintLine(PanelFrame frame, CurvePlan curve, ISurface surface)
    {
        if (curve.Curve is HorizontalLine across)
        {
            PaintClipped(frame, [new Spot(frame.Left, frame.Y(across.Y)), new Spot(frame.Right, frame.Y(across.Y))], across.Stroke, surface);
            return;
        }
        if (curve.IsScattered)
        {
            surface.Marks([.. Points(frame, curve)], PointOf(curve.Curve));
            return;
        }
        foreach (var run in Runs(curve.Columns[0].Zip(curve.Columns[^1])))
            PaintClipped(frame, [.. run.Select(point => frame.At(point.X, point.Y))], curve.Curve.Stroke, surface);
    }

    private static void PaintMarks(PanelFrame frame, CurvePlan curve, ISurface surface)
    {
        var marker = curve.Curve.Stroke.Marker!;
        var (every, first) = marker.Rows(curve.Columns[0].Count);
        surface.Marks([.. Points(frame, curve, first, every)], Mark.Of(marker.Shape, MarkerSize, curve.Curve.Stroke));
    }

    /// <summary>The places of a curve's values within the plot: of every so many rows from a first one on.</summary>
    private static IEnumerable<Spot> Points(PanelFrame frame, CurvePlan curve, int first = 0, int every = 1)
    {
        for (int i = first; i < curve.Columns[0].Count; i += every)
        {
            if (PointAt(frame, curve, i) is { } spot)
                yield return spot;
        }
    }

    private static Spot? PointAt(PanelFrame frame, CurvePlan curve, int row) =>
        double.IsFinite(curve.Columns[0][row]) && double.IsFinite(curve.Columns[^1][row]) && frame.At(curve.Columns[0][row], curve.Columns[^1][row]) is var spot && frame.Holds(spot)
            ? spot : null;

    private static void PaintClipped(PanelFrame frame, IReadOnlyList<Spot> points, Stroke stroke, ISurface surface)
    {
        foreach (var part in PlotClip.Line(frame, points))
            surface.Line(part, Pen.Of(stroke));
    }

    /// <summary>The parts between gaps.</summary>
    private static IEnumerable<IReadOnlyList<(double X, double Y)>> Runs(IEnumerable<(double X, double Y)> points)
    {
        var run = new List<(double X, double Y)>();
        foreach (var point in points)
        {
            if (double.IsFinite(point.X) && double.IsFinite(point.Y))
            {
                run.Add(point);
                continue;
            }
            if (run.Count > 0)
                yield return run;
            run = [];
        }
        if (run.Count > 0)
            yield return run;
    }
}
