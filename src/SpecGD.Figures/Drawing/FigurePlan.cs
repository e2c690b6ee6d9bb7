using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>
/// A figure with everything decided that a script states: axes, places of keys, margins. Lengths are in units of the font size, the em, and
/// from them in shares of the figure, so that all terminals draw the same.
/// </summary>
internal sealed record FigurePlan(Figure Figure, IReadOnlyList<PanelPlan> Panels, IReadOnlyList<KeyPlan> Keys, Margins Margins)
{
    /// <summary>Size of the text in points.</summary>
    public const double FontSize = 12;

    private const double PointsPerInch = 72;

    /// <summary>About how much of the width and height of a panel's share of the figure is plot.</summary>
    private const double UsualPlotShare = 0.8;

    /// <summary>Width of the figure in ems.</summary>
    public double Width => Ems(Figure.Width);

    /// <summary>Height of the figure in ems.</summary>
    public double Height => Ems(Figure.Height);

    /// <summary>Panels in a row.</summary>
    public int Columns => ColumnsOf(Figure);

    /// <summary>Rows of panels.</summary>
    public int Rows => RowsOf(Figure);

    /// <summary>The plan of <paramref name="figure"/> with its text in <paramref name="font"/>.</summary>
    /// <exception cref="ArgumentException">The figure is too small for its panels, or an axis has ends that cannot be.</exception>
    public static FigurePlan Of(Figure figure, string font)
    {
        double width = Ems(figure.Width), height = Ems(figure.Height);
        int columns = ColumnsOf(figure), rows = RowsOf(figure), index = 0;
        var panels = new List<PanelPlan>();
        foreach (var panel in figure.Panels)
        {
            panels.Add(PanelPlan.Of(panel, index, UsualPlotShare * width / columns, UsualPlotShare * height / rows, TextMetrics.FontScale(font)));
            index += panels[^1].Curves.Count(curve => curve.Index >= 0);
        }
        for (int keyRows = 0; ;)
        {
            var margins = Margins.Of(panels, rows, keyRows, !figure.Title.IsEmpty);
            double plotWidth = margins.PlotWidth(width, columns), plotHeight = margins.PlotHeight(height, rows);
            if (plotWidth <= 0 || plotHeight <= 0)
                throw new ArgumentException($"The figure '{figure.Name}' is too small for {columns}×{rows} panels.", nameof(figure));
            KeyPlan[] keys = [.. panels.Select(panel => KeyPlan.Of(panel, plotWidth, plotHeight, width / columns))];
            int needed = keys.Max(key => key.Placement == KeyPlacement.Below ? key.Rows : 0);
            if (needed <= keyRows)
                return new FigurePlan(figure, panels, keys, margins);
            keyRows = needed;
        }
    }

    /// <summary>Whether the key of panel <paramref name="number"/> fits into a corner where no curve runs.</summary>
    public bool IsFree(int number, KeyPlacement corner) => KeyPlan
        .BoxOf(corner, Panels[number], Margins.PlotWidth(Width, Columns), Margins.PlotHeight(Height, Rows))
        .IsFreeIn(Panels[number]);

    private static double Ems(double inches) => inches * PointsPerInch / FontSize;

    private static int ColumnsOf(Figure figure) => Math.Clamp(figure.Columns, 1, figure.Panels.Count);

    private static int RowsOf(Figure figure) => (figure.Panels.Count + ColumnsOf(figure) - 1) / ColumnsOf(figure);
}
