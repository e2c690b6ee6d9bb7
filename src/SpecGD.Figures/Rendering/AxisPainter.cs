using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>Paints the axes of a panel with their tics, and its title.</summary>
internal static class AxisPainter
{
    /// <summary>Lengths in ems: of a tic and of one without a number between them, from the axis to the numbers, of a number's line beneath the axis, and of the title's above.</summary>
    private const double TicLength = 0.36, MinorTicLength = 0.2, NumberGap = 0.62, NumberDepth = 1.5, TitleHeight = 0.72;

    /// <summary>Length of a decade with tics between, in ems.</summary>
    private const double LeastDecade = 1.25;

    private const double Em = FigurePicture.Em;

    private static readonly Pen Border = new("#000000", 0.8), Grid = new("#dddddd", 0.5);

    /// <summary>Lines across the plot at the tics of y.</summary>
    public static void PaintGrid(PanelFrame frame, ISurface surface)
    {
        surface.Open("tics grid");
        foreach (double tic in frame.Panel.Y.Tics.Select(tic => tic.Value).Concat(frame.Panel.Y.BareTics.Where(frame.Panel.Y.Shows)))
            surface.Rule(new Spot(frame.Left, frame.Y(tic)), new Spot(frame.Right, frame.Y(tic)), Grid);
        surface.Close();
    }

    /// <summary>The two axes, their tics and labels, and the title.</summary>
    public static void Paint(PanelFrame frame, ISurface surface)
    {
        surface.Open("tics");
        PaintAcross(frame, surface);
        PaintUp(frame, surface);
        surface.Close();
        surface.Rule(new Spot(frame.Left, frame.Top), new Spot(frame.Left, frame.Bottom), Border);
        surface.Rule(new Spot(frame.Left, frame.Bottom), new Spot(frame.Right, frame.Bottom), Border);
        Label(frame.Panel.Panel.Title, new Spot(frame.Left + (frame.Width / 2), frame.Top - (TitleHeight * Em)), upward: false);
        double line = frame.Bottom + ((Margins.XLabelDepth + TextLine.HalfHeight) * Em);
        Label(frame.Panel.Panel.X.Label, new Spot(frame.Left + (frame.Width / 2), line), upward: false);
        double beside = frame.Left - ((Margins.YLabelDistance(frame.Panel) - TextLine.HalfHeight) * Em);
        Label(frame.Panel.Panel.Y.Label, new Spot(beside, frame.Top + (frame.Height / 2)), upward: true);

        void Label(FigureText text, Spot at, bool upward)
        {
            if (!text.IsEmpty)
                surface.Text(frame.Line(text), at, TextAlign.Center, Em, upward);
        }
    }

    /// <summary>The tics between powers of ten, where these are far enough apart for eight to be told from one another.</summary>
    private static IEnumerable<double> MinorTics(ResolvedAxis axis, double length) =>
        axis.HasPowers && length >= LeastDecade * Em * Math.Log10(axis.To / axis.From) ? axis.MinorTics : [];

    private static void PaintAcross(PanelFrame frame, ISurface surface)
    {
        var axis = frame.Panel.X;
        foreach (var tic in axis.Tics)
        {
            Tic(tic.Value, TicLength);
            surface.Text(frame.Line(tic.Label), new Spot(frame.X(tic.Value), frame.Bottom + (NumberDepth * Em)), TextAlign.Center, Em);
        }
        foreach (double bare in axis.BareTics.Where(axis.Shows))
            Tic(bare, TicLength);
        foreach (double minor in MinorTics(axis, frame.Width))
            Tic(minor, MinorTicLength);

        void Tic(double value, double length) =>
            surface.Rule(new Spot(frame.X(value), frame.Bottom), new Spot(frame.X(value), frame.Bottom + (length * Em)), Border);
    }

    private static void PaintUp(PanelFrame frame, ISurface surface)
    {
        var axis = frame.Panel.Y;
        foreach (var tic in axis.Tics)
        {
            Tic(tic.Value, TicLength);
            var at = new Spot(frame.Left - (NumberGap * Em), frame.Y(tic.Value) + (TextLine.HalfHeight * Em));
            surface.Text(frame.Line(tic.Label), at, TextAlign.Right, Em);
        }
        foreach (double bare in axis.BareTics.Where(axis.Shows))
            Tic(bare, TicLength);
        foreach (double minor in MinorTics(axis, frame.Height))
            Tic(minor, MinorTicLength);

        void Tic(double value, double length) =>
            surface.Rule(new Spot(frame.Left - (length * Em), frame.Y(value)), new Spot(frame.Left, frame.Y(value)), Border);
    }
}
