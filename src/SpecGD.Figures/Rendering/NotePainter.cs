using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>Paints the texts beside points, and the crosses at the edge of a panel that stand for values without a place on the axis.</summary>
internal static class NotePainter
{
    private const double Em = FigurePicture.Em;

    /// <summary>Paints them. A text that has no room is left out.</summary>
    public static void Paint(PanelFrame frame, ISurface surface)
    {
        foreach (var marks in frame.Panel.Curves.Select(curve => curve.Curve).OfType<EdgeMarks>())
            surface.Marks([.. marks.X.Where(x => ResolvedAxis.CanDraw(x, frame.Panel.X.IsLogarithmic)).Select(x => At(frame, x, marks.Height)).Where(frame.Holds)], Mark.Cross(marks.Stroke));
        var room = new NoteRoom(frame.Panel);
        foreach (var (x, height, text) in NotesOf(frame.Panel))
        {
            var line = frame.Line(text);
            if (text.IsEmpty || room.Take(x, height, line.Width) is not { } place)
                continue;
            var (across, up) = NoteRoom.LineOf(place);
            var point = At(frame, x, height);
            surface.Text(line, new Spot(point.X + (across * Em), point.Y - (up * Em)), place.Alignment, Em);
        }
    }

    private static Spot At(PanelFrame frame, double x, double height) => new(frame.X(x), frame.Bottom - (height * frame.Height));

    /// <summary>Place on the x axis, height as a share of the panel's, and text.</summary>
    private static IEnumerable<(double X, double Height, FigureText Text)> NotesOf(PanelPlan panel) => panel.Curves.SelectMany(curve => curve.Curve switch
    {
        PointCurve { Notes.Count: > 0 } points =>
            from point in points.Notes.Index()
            let y = curve.Columns[1][point.Index]
            where double.IsFinite(y)
            select (curve.Columns[0][point.Index], panel.Y.Place(y), point.Item),
        EdgeMarks marks =>
            from mark in marks.Notes.Index()
            where ResolvedAxis.CanDraw(marks.X[mark.Index], panel.X.IsLogarithmic)
            select (marks.X[mark.Index], marks.Height, mark.Item),
        _ => [],
    });
}
