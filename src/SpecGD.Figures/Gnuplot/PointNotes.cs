using System.Text;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>The texts beside points, as labels of a script.</summary>
internal static class PointNotes
{
    /// <summary>The labels before this one are those of the axes and of the figure.</summary>
    private const int FirstLabel = 10;

    /// <summary>A text stands on the side of its point that is the farther from the frame.</summary>
    private const double Middle = 0.5;

    /// <summary>Appends the notes of a panel, and takes those of the panel before away.</summary>
    public static void Append(StringBuilder text, PanelPlan? before, PanelPlan panel)
    {
        for (int i = 0; i < (before is null ? 0 : NotesOf(before).Count()); i++)
            text.Append($"unset label {FirstLabel + i}\n");
        foreach (var (i, (x, y, note)) in NotesOf(panel).Index())
        {
            var (side, shift) = panel.X.Place(x) < Middle ? ("left", "0.8") : ("right", "-0.8");
            text.Append($"set label {FirstLabel + i} {GnuplotSyntax.Quoted(note)} at first {GnuplotSyntax.Number(x)}, first {GnuplotSyntax.Number(y)} ");
            text.Append($"{side} offset character {shift},0 front\n");
        }
    }

    private static IEnumerable<(double X, double Y, FigureText Note)> NotesOf(PanelPlan panel) =>
        from curve in panel.Curves
        where curve.Curve is PointCurve { Notes.Count: > 0 }
        from point in ((PointCurve)curve.Curve).Notes.Index()
        let y = curve.Columns[1][point.Index]
        where double.IsFinite(y)
        select (curve.Columns[0][point.Index], y, point.Item);
}
