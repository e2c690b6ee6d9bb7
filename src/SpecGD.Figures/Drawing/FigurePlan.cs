using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>
/// A figure with everything decided before it is drawn: axes, places of keys, margins. Lengths are in units of the font size, the em, so that all formats
/// show the same.
/// </summary>
internal sealed record FigurePlan(Figure Figure, IReadOnlyList<PanelPlan> Panels, IReadOnlyList<KeyPlan> Keys, Margins Margins, FigureFont Font)
{
    private const double PointsPerInch = 72;

    /// <summary>About how much of the width and height of a panel's share of the figure is plot.</summary>
    private const double UsualPlotShare = 0.8;

    /// <summary>Width of the figure in ems.</summary>
    public double Width => Ems(Figure.Width, Figure);

    /// <summary>Height of the figure in ems.</summary>
    public double Height => Ems(Figure.Height, Figure);

    /// <summary>Panels in a row.</summary>
    public int Columns => ColumnsOf(Figure);

    /// <summary>Rows of panels.</summary>
    public int Rows => RowsOf(Figure);

    /// <summary>The plan of <paramref name="figure"/> with its text in <paramref name="font"/>.</summary>
    /// <exception cref="ArgumentException">The figure is too small for its panels, or an axis has ends that cannot be.</exception>
    public static FigurePlan Of(Figure figure, FigureFont font)
    {
        double width = Ems(figure.Width, figure), height = Ems(figure.Height, figure);
        int columns = ColumnsOf(figure), rows = RowsOf(figure);
        PanelPlan[] panels = [.. figure.Panels.Select(panel => PanelPlan.Of(panel, UsualPlotShare * width / columns, UsualPlotShare * height / rows, font))];
        for (int keyRows = 0; ;)
        {
            var margins = Margins.Of(panels, rows, keyRows, !figure.Title.IsEmpty);
            double plotWidth = margins.PlotWidth(width, columns), plotHeight = margins.PlotHeight(height, rows);
            if (plotWidth <= 0 || plotHeight <= 0)
                throw new ArgumentException($"The figure '{figure.Name}' is too small for {columns}×{rows} panels.", nameof(figure));
            KeyPlan[] keys = [.. panels.Select(panel => KeyPlan.Of(panel, plotWidth, plotHeight, width / columns))];
            int needed = keys.Max(key => key.Placement == KeyPlacement.Below ? key.Rows : 0);
            if (needed <= keyRows)
                return new FigurePlan(figure, panels, keys, margins, font);
            keyRows = needed;
        }
    }

    /// <summary>Whether the key of panel <paramref name="number"/> fits into a corner where no curve runs.</summary>
    public bool IsFree(int number, KeyPlacement corner) => KeyPlan
        .BoxOf(corner, Panels[number], Margins.PlotWidth(Width, Columns), Margins.PlotHeight(Height, Rows))
        .IsFreeIn(Panels[number]);

    private static double Ems(double inches, Figure figure) => inches * PointsPerInch / figure.FontSize;

    private static int ColumnsOf(Figure figure) => Math.Clamp(figure.Columns, 1, figure.Panels.Count);

    private static int RowsOf(Figure figure) => (figure.Panels.Count + ColumnsOf(figure) - 1) / ColumnsOf(figure);
}
