using System.Text;
using SpecGD.Figures.Drawing;

namespace SpecGD.Figures.Gnuplot;

/// <summary>
/// The data file of a figure: a block for each curve, parted by two blank lines, in the order of the panels and of their curves. The first
/// column is x, with as many digits as it needs; the others have 17 significant digits.
/// </summary>
internal static class GnuplotData
{
    /// <summary>The text of the file.</summary>
    public static string Render(FigurePlan plan)
    {
        var text = new StringBuilder();
        text.Append("# Data of the figure ").Append(plan.Figure.Name);
        text.Append(": a block for each curve, numbered from 0 as gnuplot's \"index\" counts them.\n");
        text.Append("# NaN is a gap: a value that is not a finite number or, on a logarithmic axis, not positive.\n");
        foreach (var panel in plan.Panels)
        {
            foreach (var curve in panel.Curves.Where(curve => curve.Index >= 0))
                AppendBlock(text, panel, curve);
        }
        return text.ToString();
    }

    private static void AppendBlock(StringBuilder text, PanelPlan panel, CurvePlan curve)
    {
        if (curve.Index > 0)
            text.Append("\n\n");
        text.Append("# index ").Append(curve.Index).Append(": panel ").Append(GnuplotSyntax.Commented(panel.Panel.Title));
        if (!curve.Curve.Label.IsEmpty)
            text.Append(", curve ").Append(GnuplotSyntax.Commented(curve.Curve.Label));
        int all = curve.Curve.Columns[0].Values.Count, kept = curve.Columns[0].Count;
        if (kept < all)
            text.Append(", thinned from ").Append(all).Append(" rows to ").Append(kept).Append(" that draw the same");
        text.Append("\n# ").AppendJoin("  ", curve.Curve.Columns.Select(column => column.Name)).Append('\n');
        for (int i = 0; i < kept; i++)
        {
            text.Append(double.IsFinite(curve.Columns[0][i]) ? GnuplotSyntax.Number(curve.Columns[0][i]) : "NaN");
            foreach (var column in curve.Columns.Skip(1))
                text.Append("  ").Append(GnuplotSyntax.Exact(column[i]));
            text.Append('\n');
        }
    }
}
