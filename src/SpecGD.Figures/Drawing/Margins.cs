namespace SpecGD.Figures.Drawing;

/// <summary>Room around every plot of a figure, in units of the font size.</summary>
/// <param name="Left">For tic labels and the label of the y axis.</param>
/// <param name="Right">For the half of the last tic label that sticks out.</param>
/// <param name="KeyDepth">For tic labels and the label of the x axis: how far below the plot a key begins.</param>
/// <param name="KeyRoom">For a key below.</param>
/// <param name="Top">For the title of a panel.</param>
/// <param name="Above">For the title of the figure, above all panels.</param>
internal sealed record Margins(double Left, double Right, double KeyDepth, double KeyRoom, double Top, double Above)
{
    /// <summary>How far below the plot the middle of the label of the x axis stands.</summary>
    public const double XLabelDepth = 2.65;

    private const double TicGap = 0.9, LabelGap = 1.0, HalfLine = 0.7, Edge = 0.3;
    /// <summary>How much larger than the rest the title of the figure is, and how far below the upper edge its middle stands.</summary>
    public const double FigureTitleScale = 1.25, FigureTitleDepth = 1.2;

    private const double FigureTitleRoom = 1.9;

    /// <summary>Beneath a key below, so that it does not seem to belong to the panel of the next row.</summary>
    private const double AboveNextRow = 1.2;

    private const double WithTitle = 2.0, WithoutTitle = 0.9, DepthWithLabel = 3.5, DepthWithoutLabel = 2.1;

    /// <summary>The room below.</summary>
    public double Bottom => KeyDepth + KeyRoom;

    /// <summary>How far left of the plot the middle of the label of the y axis stands.</summary>
    public static double YLabelDistance(PanelPlan panel) => TicGap + panel.WidestTicLabel(panel.Y) + LabelGap;

    /// <summary>
    /// The room that the largest of <paramref name="panels"/> needs, which stand in so many rows, with a key of so many rows below and a title above
    /// all or none.
    /// </summary>
    public static Margins Of(IReadOnlyList<PanelPlan> panels, int rows, int keyRows, bool titled) => new(
        panels.Max(panel => (panel.Panel.Y.Label.IsEmpty ? TicGap + panel.WidestTicLabel(panel.Y) : YLabelDistance(panel) + HalfLine) + Edge),
        panels.Max(panel => panel.WidestTicLabel(panel.X) / 2) + Edge,
        panels.Max(panel => panel.Panel.X.Label.IsEmpty ? DepthWithoutLabel : DepthWithLabel),
        keyRows == 0 ? 0 : keyRows * KeyPlan.RowHeight + (rows > 1 ? AboveNextRow : Edge),
        panels.Any(panel => !panel.Panel.Title.IsEmpty) ? WithTitle : WithoutTitle,
        titled ? FigureTitleRoom : 0);

    /// <summary>Width of one plot in a figure of <paramref name="columns"/> columns.</summary>
    public double PlotWidth(double width, int columns) => width / columns - Left - Right;

    /// <summary>Height of one plot in a figure of <paramref name="rows"/> rows.</summary>
    public double PlotHeight(double height, int rows) => (height - Above) / rows - Bottom - Top;
}
