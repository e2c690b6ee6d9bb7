using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>Where a panel's plot lies on the surface.</summary>
/// <param name="Panel">The panel.</param>
/// <param name="Key">Its key.</param>
/// <param name="Font">The font of its texts.</param>
/// <param name="Left">Left end of the plot, in units of the surface.</param>
/// <param name="Top">Upper end of the plot.</param>
/// <param name="Width">Width of the plot.</param>
/// <param name="Height">Height of the plot.</param>
/// <param name="Middle">Middle of the panel's share of the figure, margins included.</param>
/// <param name="KeyTop">Where a key below begins.</param>
internal sealed record PanelFrame(
    PanelPlan Panel, KeyPlan Key, FigureFont Font, double Left, double Top, double Width, double Height, double Middle, double KeyTop)
{
    private const double Furthest = 1e9;

    /// <summary>Lower end of the plot.</summary>
    public double Bottom => Top + Height;

    /// <summary>Right end of the plot.</summary>
    public double Right => Left + Width;

    /// <summary>The frame of panel <paramref name="number"/>, counted from 0.</summary>
    public static PanelFrame Of(FigurePlan plan, int number)
    {
        int column = number % plan.Columns, row = number / plan.Columns;
        double cellWidth = plan.Width / plan.Columns, cellHeight = (plan.Height - plan.Margins.Above) / plan.Rows;
        double left = (column * cellWidth) + plan.Margins.Left, top = plan.Margins.Above + (row * cellHeight) + plan.Margins.Top;
        double width = plan.Margins.PlotWidth(plan.Width, plan.Columns), height = plan.Margins.PlotHeight(plan.Height, plan.Rows);
        const double Em = FigurePicture.Em;
        return new PanelFrame(
            plan.Panels[number] with { Size = (width, height) }, plan.Keys[number], plan.Font, Em * left, Em * top, Em * width, Em * height,
            Em * (column + 0.5) * cellWidth, Em * (top + height + plan.Margins.KeyDepth));
    }

    /// <summary>Where a value of x lies.</summary>
    public double X(double value) => Left + (Width * Panel.X.Place(value));

    /// <summary>Where a value of y lies.</summary>
    public double Y(double value) => Bottom - (Height * Panel.Y.Place(value));

    /// <summary>Where a point lies; further out than any eye follows a line at most, so that sums of places stay exact.</summary>
    public Spot At(double x, double y) => new(Math.Clamp(X(x), -Furthest, Furthest), Math.Clamp(Y(y), -Furthest, Furthest));

    /// <summary>Whether a place lies in the plot, its edges included.</summary>
    public bool Holds(Spot spot)
    {
        const double Slack = 1e-6;
        return spot.X >= Left - Slack && spot.X <= Right + Slack && spot.Y >= Top - Slack && spot.Y <= Bottom + Slack;
    }

    /// <summary>A text in the font of the figure.</summary>
    public TextLine Line(FigureText text) => TextLine.Of(text, Font);
}
