using SpecGD.Figures.Model;

namespace SpecGD.Figures;

/// <summary>A figure in the size that was chosen.</summary>
internal static class FigureSize
{
    /// <summary>The least width of a panel with its labels, and the least height, in ems: fewer panels stand side by side where they would be narrower.</summary>
    private const double LeastPanelWidth = 19, LeastPanelHeight = 15;

    private const double PointsPerInch = 72;

    /// <summary>
    /// The figure in the chosen width and size of text. Its panels keep the ratio of their sides, but those that list names on their y axis the height of
    /// each name.
    /// </summary>
    public static Figure Of(Figure figure, DrawingStyle style)
    {
        if (style.Width is null && style.FontSize is null)
            return figure;
        double size = style.FontSize ?? figure.FontSize, width = style.Width ?? figure.Width, em = size / PointsPerInch;
        int before = Math.Clamp(figure.Columns, 1, figure.Panels.Count), columns = Math.Clamp((int)(width / (LeastPanelWidth * em)), 1, before);
        double panelWidth = figure.Width / before, panelHeight = figure.Height / Rows(figure, before), scale = width / columns / panelWidth;
        bool hasNames = figure.Panels.Any(panel => panel.Y.TicTexts.Count > 0);
        double height = Math.Max(LeastPanelHeight * em, panelHeight * (hasNames ? size / figure.FontSize : scale));
        return figure with { Width = width, Height = height * Rows(figure, columns), Columns = columns, FontSize = size };
    }

    private static int Rows(Figure figure, int columns) => (figure.Panels.Count + columns - 1) / columns;
}
