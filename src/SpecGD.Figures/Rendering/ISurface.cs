using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>A place on a picture: to the right and down from its upper left corner, twelve to the em of its text.</summary>
internal readonly record struct Spot(double X, double Y);

/// <summary>How a line is drawn.</summary>
/// <param name="Color">Its colour as #RRGGBB.</param>
/// <param name="Width">Its width, twelve to the em.</param>
/// <param name="Dash">Its dashes.</param>
internal readonly record struct Pen(string Color, double Width, Dash Dash = Dash.Solid)
{
    /// <summary>Dashes and gaps in turn, in half widths of the line; round ends lengthen each dash by two.</summary>
    private static readonly Dictionary<Dash, double[]> Patterns = new()
    {
        [Dash.Solid] = [],
        [Dash.Dashed] = [6, 5],
        [Dash.DashDot] = [10, 4.5, 1, 4.5],
        [Dash.Dotted] = [1, 3.5],
        [Dash.LongDashed] = [16, 5.5],
        [Dash.DashDotDot] = [10, 4.5, 1, 4.5, 1, 4.5],
    };

    /// <summary>The pen of a stroke.</summary>
    public static Pen Of(Stroke stroke) => new(stroke.Color, stroke.Width, stroke.Dash);

    /// <summary>Lengths of dashes and gaps in turn; none for a line without gaps.</summary>
    public double[] Lengths()
    {
        double half = Width / 2;
        return [.. Patterns[Dash].Select(length => length * half)];
    }
}

/// <summary>What of a text stands at its place.</summary>
internal enum TextAlign
{
    /// <summary>Its begin.</summary>
    Left,

    /// <summary>Its middle.</summary>
    Center,

    /// <summary>Its end.</summary>
    Right,
}

/// <summary>What a figure is drawn on: a picture of dots, a page, or a file of vectors. All draw the same from the same calls.</summary>
internal interface ISurface
{
    /// <summary>What follows, up to <see cref="Close"/>, belongs together: a panel, a curve, the entry of a key. Files of vectors keep it, for reports whose figures answer.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="data">What is known of it, by name.</param>
    void Open(string kind, params IEnumerable<(string Name, string Value)> data)
    {
    }

    /// <summary>Ends what was opened last.</summary>
    void Close()
    {
    }

    /// <summary>A straight line along one side of the picture, such as an axis, as crisp as the picture's dots allow.</summary>
    void Rule(Spot from, Spot to, Pen pen);

    /// <summary>A line through points, with round ends and corners.</summary>
    void Line(IReadOnlyList<Spot> points, Pen pen);

    /// <summary>A filled area.</summary>
    /// <param name="outline">Its corners.</param>
    /// <param name="color">Its colour as #RRGGBB.</param>
    /// <param name="opacity">How much it covers what is beneath it, from 0 to 1.</param>
    /// <param name="border">What its outline is drawn with; null for none.</param>
    void Area(IReadOnlyList<Spot> outline, string color, double opacity, Pen? border);

    /// <summary>The same mark at many places.</summary>
    void Marks(IReadOnlyList<Spot> places, Mark mark);

    /// <summary>A line of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">A place on its line.</param>
    /// <param name="align">What of the text stands there.</param>
    /// <param name="size">Its size, twelve to the em of the figure.</param>
    /// <param name="upward">Whether it runs from the bottom to the top, and not from left to right.</param>
    void Text(TextLine text, Spot at, TextAlign align, double size, bool upward = false);
}
