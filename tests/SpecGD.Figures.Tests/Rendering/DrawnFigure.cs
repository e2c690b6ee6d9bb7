using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Tests.Rendering;

/// <summary>A surface that notes what is drawn on it.</summary>
internal sealed class DrawnFigure : ISurface
{
    public List<(string Text, Spot At, TextAlign Align, bool Upward, double Width)> Texts { get; } = [];

    public List<(Spot From, Spot To, Pen Pen)> Rules { get; } = [];

    public List<(IReadOnlyList<Spot> Points, Pen Pen)> Lines { get; } = [];

    public List<(IReadOnlyList<Spot> Outline, string Color, double Opacity, Pen? Border)> Areas { get; } = [];

    public List<(IReadOnlyList<Spot> Places, Mark Mark)> AllMarks { get; } = [];

    /// <summary>What is drawn of a figure in the font that is the same everywhere.</summary>
    public static DrawnFigure Of(Figure figure)
    {
        var drawn = new DrawnFigure();
        FigurePainter.Paint(FigurePlan.Of(figure, FigureFont.Package), drawn);
        return drawn;
    }

    /// <summary>Where the texts lie, as boxes.</summary>
    public IEnumerable<(string Text, double Left, double Top, double Right, double Bottom)> Boxes() => Texts.Select(text =>
    {
        const double Above = 0.75 * FigurePicture.Em, Below = 0.22 * FigurePicture.Em;
        double begin = text.Align switch { TextAlign.Left => 0, TextAlign.Right => -text.Width, _ => -text.Width / 2 };
        return text.Upward
            ? (text.Text, text.At.X - Above, text.At.Y - begin - text.Width, text.At.X + Below, text.At.Y - begin)
            : (text.Text, text.At.X + begin, text.At.Y - Above, text.At.X + begin + text.Width, text.At.Y + Below);
    });

    public int Count(string text) => Texts.Count(one => one.Text == text);

    public void Rule(Spot from, Spot to, Pen pen) => Rules.Add((from, to, pen));

    public void Line(IReadOnlyList<Spot> points, Pen pen) => Lines.Add(([.. points], pen));

    public void Area(IReadOnlyList<Spot> outline, string color, double opacity, Pen? border) => Areas.Add(([.. outline], color, opacity, border));

    public void Marks(IReadOnlyList<Spot> places, Mark mark) => AllMarks.Add(([.. places], mark));

    public void Text(TextLine text, Spot at, TextAlign align, double size, bool upward = false) =>
        Texts.Add((string.Concat(text.Pieces.Select(piece => piece.Piece.Text)), at, align, upward, size * text.Width));
}
