using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>Paints the key of a panel: of each curve with a label a sample and its label.</summary>
internal static class KeyPainter
{
    private const double Em = FigurePicture.Em;

    /// <summary>Half the height of the sample of an area, in ems.</summary>
    private const double HalfSample = 0.35;

    private const string Ground = "#ffffff";

    /// <summary>Paints it.</summary>
    public static void Paint(PanelFrame frame, ISurface surface)
    {
        CurvePlan[] entries = [.. frame.Panel.Curves.Where(curve => !curve.Curve.Label.IsEmpty)];
        if (frame.Key.Placement == KeyPlacement.None)
            return;
        double widest = frame.Panel.KeyEntries.Max(frame.Panel.WidthOf);
        double column = KeyPlan.Sample + KeyPlan.Gap + widest + KeyPlan.AfterText + KeyPlan.BetweenColumns;
        foreach (var (i, entry) in entries.Index())
        {
            surface.Open("entry", PanelData.Of(frame.Panel.Curves.Index().First(curve => ReferenceEquals(curve.Item, entry)).Index, entry.Curve, []));
            double line = TopOf(frame, entries.Length) + (((i % frame.Key.Rows) + 0.5) * KeyPlan.RowHeight * Em);
            double across = i / frame.Key.Rows * column * Em;
            var (sample, text, align) = PlacesOf(frame, widest, column);
            PaintSample(entry, new Spot(sample + across, line), surface);
            surface.Text(frame.Line(entry.Curve.Label), new Spot(text + across, line + (TextLine.HalfHeight * Em)), align, Em);
            surface.Close();
        }
    }

    /// <summary>White beneath the key, so that no line of the grid runs through its texts.</summary>
    public static void PaintGround(PanelFrame frame, ISurface surface)
    {
        if (frame.Key.Placement is KeyPlacement.None or KeyPlacement.Below)
            return;
        double widest = frame.Panel.KeyEntries.Max(frame.Panel.WidthOf), width = KeyPlan.Side + KeyPlan.Sample + KeyPlan.Gap + widest + KeyPlan.AfterText;
        bool isRight = frame.Key.Placement is KeyPlacement.TopRight or KeyPlacement.BottomRight;
        double left = isRight ? frame.Right - (width * Em) : frame.Left;
        double height = ((frame.Panel.KeyEntries.Count * KeyPlan.RowHeight) + KeyPlan.Inset) * Em;
        double top = frame.Key.Placement is KeyPlacement.TopLeft or KeyPlacement.TopRight ? frame.Top : frame.Bottom - height;
        surface.Area([new(left, top), new(left + (width * Em), top), new(left + (width * Em), top + height), new(left, top + height)], Ground, 1, null);
    }

    private static double TopOf(PanelFrame frame, int entries)
    {
        double height = entries * KeyPlan.RowHeight * Em, inset = KeyPlan.Inset * Em;
        return frame.Key.Placement switch
        {
            KeyPlacement.Below => frame.KeyTop,
            KeyPlacement.TopLeft or KeyPlacement.TopRight => frame.Top + inset,
            _ => frame.Bottom - height - inset,
        };
    }

    /// <summary>Where the sample of the first column begins, and its text with what stands there of it: at the right of a plot samples stand to the right of texts.</summary>
    private static (double Sample, double Text, TextAlign Align) PlacesOf(PanelFrame frame, double widest, double column)
    {
        if (frame.Key.Placement is KeyPlacement.TopRight or KeyPlacement.BottomRight)
        {
            double end = frame.Right - ((KeyPlan.Side + KeyPlan.Sample) * Em);
            return (end, end - (KeyPlan.Gap * Em), TextAlign.Right);
        }
        double width = (frame.Key.Columns * column) - KeyPlan.BetweenColumns - KeyPlan.AfterText;
        double begin = frame.Key.Placement == KeyPlacement.Below ? frame.Middle - (width * Em / 2) : frame.Left + (KeyPlan.Side * Em);
        return (begin, begin + ((KeyPlan.Sample + KeyPlan.Gap) * Em), TextAlign.Left);
    }

    private static void PaintSample(CurvePlan entry, Spot begin, ISurface surface)
    {
        double width = KeyPlan.Sample * Em;
        var (end, middle) = (begin with { X = begin.X + width }, begin with { X = begin.X + (width / 2) });
        var stroke = entry.Curve.Stroke;
        switch (entry.Curve)
        {
            case TileCurve:
                surface.Area(Box(begin, end), stroke.Color, 1, CurvePainter.TileEdge);
                return;
            case HistogramCurve:
                surface.Area(Box(begin, end), stroke.Color, CurvePainter.BarOpacity, CurvePainter.BarEdge(stroke));
                return;
            case BandCurve { HasCentre: false }:
                surface.Area(Box(begin, end), stroke.Color, CurvePainter.BandOpacity, null);
                return;
            case EdgeMarks:
                surface.Marks([middle], Mark.Cross(stroke));
                return;
            case not (HorizontalLine or VerticalLine or KeySample) when entry.IsScattered:
                surface.Marks([middle], CurvePainter.PointOf(entry.Curve));
                return;
        }
        surface.Line([begin, end], Pen.Of(stroke));
        if (stroke.Marker is { } marker)
            surface.Marks([middle], Mark.Of(marker.Shape, CurvePainter.MarkerSize, stroke));
    }

    private static Spot[] Box(Spot begin, Spot end)
    {
        double half = HalfSample * Em;
        return [new(begin.X, begin.Y - half), new(end.X, begin.Y - half), new(end.X, begin.Y + half), new(begin.X, begin.Y + half)];
    }
}
