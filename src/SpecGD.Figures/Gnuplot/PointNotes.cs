using System.Text;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>The texts beside points, as labels of a script; of marks at the edge of a panel the labels draw the crosses too.</summary>
internal static class PointNotes
{
    /// <summary>The labels before this one are those of the axes and of the figure.</summary>
    private const int FirstLabel = 10;

    /// <summary>gnuplot's number of a cross, and its size.</summary>
    private const int CrossPoint = 2;
    private const double CrossSize = 0.8;

    /// <summary>From one row of texts to the next, in heights of a character.</summary>
    private const double RowHeight = 1.2;

    /// <summary>Appends the notes of a panel, and takes those of the panel before away.</summary>
    public static void Append(StringBuilder text, PanelPlan? before, PanelPlan panel)
    {
        for (int i = 0; i < (before is null ? 0 : NotesOf(before).Count()); i++)
            text.Append($"unset label {FirstLabel + i}\n");
        var room = new NoteRoom(panel);
        foreach (var (i, note) in NotesOf(panel).Index())
        {
            var place = room.Take(note.X, note.HeightIn(panel), panel.WidthOf(note.Text));
            var (alignment, across, up) = OffsetOf(place ?? default, note.Shift);
            text.Append($"set label {FirstLabel + i} {GnuplotSyntax.Quoted(place is null ? FigureText.Empty : note.Text)} at first {GnuplotSyntax.Number(note.X)}, {note.Height} ");
            text.Append($"{alignment} offset character {across},{up} front{note.Mark}\n");
        }
    }

    /// <summary>The place in gnuplot's words, its distances in characters.</summary>
    private static (string Alignment, string Across, string Up) OffsetOf(NotePlace place, string beside)
    {
        string up = GnuplotSyntax.Number(Math.Sign(place.Rows) * (1 + ((Math.Abs(place.Rows) - 1) * RowHeight)));
        return place switch
        {
            { Rows: 0, Alignment: NoteAlignment.Right } => ("right", $"-{beside}", "0"),
            { Rows: 0 } => ("left", beside, "0"),
            { Alignment: NoteAlignment.Left } => ("left", "-0.5", up),
            { Alignment: NoteAlignment.Right } => ("right", "0.5", up),
            _ => ("center", "0", up),
        };
    }

    /// <summary>A text beside a point.</summary>
    /// <param name="X">Place of the point on the x axis.</param>
    /// <param name="Y">Its place on the y axis, or its height as a share of the panel's where a label draws it.</param>
    /// <param name="Text">The text.</param>
    /// <param name="Mark">How the label draws the point itself; empty where a curve draws it.</param>
    private sealed record Note(double X, double Y, FigureText Text, string Mark)
    {
        /// <summary>The height, as gnuplot reads it.</summary>
        public string Height => $"{(Mark.Length == 0 ? "first" : "graph")} {GnuplotSyntax.Number(Y)}";

        /// <summary>Characters between the point and the text: a label puts its own point nearer than a curve does.</summary>
        public string Shift => Mark.Length == 0 ? "0.8" : "1.6";

        /// <summary>The height as a share of the panel's.</summary>
        public double HeightIn(PanelPlan panel) => Mark.Length == 0 ? panel.Y.Place(Y) : Y;
    }

    private static IEnumerable<Note> NotesOf(PanelPlan panel) => panel.Curves.SelectMany(curve => curve.Curve switch
    {
        PointCurve { Notes.Count: > 0 } points =>
            from point in points.Notes.Index()
            let y = curve.Columns[1][point.Index]
            where double.IsFinite(y)
            select new Note(curve.Columns[0][point.Index], y, point.Item, ""),
        EdgeMarks marks =>
            from mark in marks.Notes.Index()
            where ResolvedAxis.CanDraw(marks.X[mark.Index], panel.X.IsLogarithmic)
            select new Note(marks.X[mark.Index], marks.Height, mark.Item, Cross(marks.Stroke)),
        _ => [],
    });

    private static string Cross(Stroke stroke) =>
        $" point pointtype {CrossPoint} pointsize {GnuplotSyntax.Number(CrossSize)}*{GnuplotScript.PointVariable} "
        + $"linecolor rgb '{stroke.Color}' linewidth {GnuplotSyntax.Number(stroke.Width)}";
}
