using System.Globalization;
using System.Security;
using System.Text;
using SpecGD.Figures.Fonts;

namespace SpecGD.Figures.Rendering;

/// <summary>
/// A file of vectors. Skia's own canvas for SVG writes text glyph by glyph at fixed places and names no family to take where the font is missing;
/// this one writes text that can be searched and selected.
/// </summary>
internal sealed class SvgSurface(FigurePicture picture) : ISurface
{
    private const double CssPixelsPerInch = 96;

    /// <summary>What a viewer takes where it lacks the font: the same widths first.</summary>
    private const string SerifFallbacks = "Liberation Serif, Times New Roman, Tinos, Times, serif", SansFallbacks = "Arial, Helvetica, sans-serif";

    /// <summary>Digits after the point of a place: a hundredth is far less than a dot.</summary>
    private const string PlaceFormat = "0.##";

    /// <summary>The class of a figure that says what it shows, which a report takes in as it is.</summary>
    internal const string LiveClass = "live";

    private readonly StringBuilder _body = new();
    private readonly List<Mark> _marks = [];

    /// <summary>The whole file.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        var figure = picture.Plan.Figure;
        string width = Number(figure.Width * CssPixelsPerInch), height = Number(figure.Height * CssPixelsPerInch);
        text.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        text.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{width}\" height=\"{height}\" ");
        text.Append($"class=\"{LiveClass}\" viewBox=\"0 0 {Number(picture.Width)} {Number(picture.Height)}\">\n");
        text.Append($"<title>{Escaped(figure.Name)}</title>\n");
        if (figure.Caption.Length > 0)
            text.Append($"<desc>{Escaped(figure.Caption)}</desc>\n");
        text.Append("<style>text{white-space:pre}</style>\n");
        if (_marks.Count > 0)
            text.Append("<defs>\n").AppendJoin("", _marks.Select(Definition)).Append("</defs>\n");
        text.Append($"<rect width=\"{Number(picture.Width)}\" height=\"{Number(picture.Height)}\" fill=\"#ffffff\"/>\n");
        text.Append($"<g fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\" font-family=\"{Escaped(FamilyOf(picture.Plan.Font.Name))}\">\n");
        return text.Append(_body).Append("</g>\n</svg>\n").ToString();
    }

    /// <inheritdoc/>
    public void Open(string kind, params IEnumerable<(string Name, string Value)> data)
    {
        _body.Append($"<g class=\"{kind}\"");
        foreach (var (name, value) in data.Where(pair => pair.Value.Length > 0))
            _body.Append($" data-{name}=\"{Escaped(value)}\"");
        _body.Append(">\n");
    }

    /// <inheritdoc/>
    public void Close() => _body.Append("</g>\n");

    /// <inheritdoc/>
    public void Rule(Spot from, Spot to, Pen pen)
    {
        (from, to, pen) = CrispRule.Of(from, to, pen, CssPixelsPerInch * picture.Plan.Figure.Width / picture.Width);
        _body.Append($"<path d=\"M{RulePlace(from)}L{RulePlace(to)}\" stroke-linecap=\"square\"{Stroke(pen)}/>\n");
    }

    /// <inheritdoc/>
    public void Line(IReadOnlyList<Spot> points, Pen pen) => _body.Append($"<path d=\"{Path(points)}\"{Stroke(pen)}/>\n");

    /// <inheritdoc/>
    public void Area(IReadOnlyList<Spot> outline, string color, double opacity, Pen? border)
    {
        string covering = opacity < 1 ? $" fill-opacity=\"{Number(opacity)}\"" : "";
        _body.Append($"<path d=\"{Path(outline)}Z\" fill=\"{color}\"{covering}{(border is { } pen ? Stroke(pen) : "")}/>\n");
    }

    /// <inheritdoc/>
    public void Marks(IReadOnlyList<Spot> places, Mark mark)
    {
        int number = _marks.FindIndex(known => Definition(known, 0) == Definition(mark, 0));
        if (number < 0)
        {
            _marks.Add(mark);
            number = _marks.Count - 1;
        }
        foreach (var place in places)
            _body.Append($"<use xlink:href=\"#{NameOf(number)}\" x=\"{Coordinate(place.X)}\" y=\"{Coordinate(place.Y)}\"/>\n");
    }

    /// <inheritdoc/>
    public void Text(TextLine text, Spot at, TextAlign align, double size, bool upward = false)
    {
        if (text.Pieces.Count == 0)
            return;
        string anchor = align switch { TextAlign.Left => "", TextAlign.Right => " text-anchor=\"end\"", _ => " text-anchor=\"middle\"" };
        string place = upward ? $" transform=\"translate({Coordinate(at.X)},{Coordinate(at.Y)}) rotate(-90)\"" : $" x=\"{Coordinate(at.X)}\" y=\"{Coordinate(at.Y)}\"";
        _body.Append($"<text xml:space=\"preserve\"{place}{anchor} font-size=\"{Number(size)}\" fill=\"#000000\">");
        double rise = 0, reached = 0;
        foreach (var piece in text.Pieces)
        {
            AppendPiece(piece, size, rise, reached);
            (rise, reached) = (piece.Rise, piece.X + piece.Width);
        }
        _body.Append("</text>\n");
    }

    /// <summary>A piece in the flow of its line, so that it follows the one before in every font; a superscript over a subscript goes back.</summary>
    private void AppendPiece(SetPiece piece, double size, double rise, double reached)
    {
        var attributes = new StringBuilder();
        if (piece.Italic)
            attributes.Append(" font-style=\"italic\"");
        if (piece.Size != 1)
            attributes.Append($" font-size=\"{Number(size * piece.Size)}\"");
        if (Math.Abs(piece.X - reached) > 1e-6)
            attributes.Append($" dx=\"{Coordinate(size * (piece.X - reached))}\"");
        if (piece.Rise != rise)
            attributes.Append($" dy=\"{Coordinate(size * (rise - piece.Rise))}\"");
        if (piece.Piece.Face.FamilyName != picture.Plan.Font.Name)
            attributes.Append($" font-family=\"{Escaped(FamilyOf(piece.Piece.Face.FamilyName))}\"");
        string characters = Escaped(piece.Piece.Text);
        _body.Append(attributes.Length == 0 ? characters : $"<tspan{attributes}>{characters}</tspan>");
    }

    private static string FamilyOf(string font) => $"{font}, {(font == PackageFont.Family ? SansFallbacks : SerifFallbacks)}";

    private string NameOf(int mark) => $"{picture.Plan.Figure.Name}-mark{mark.ToString(CultureInfo.InvariantCulture)}";

    private string Definition(Mark mark, int number)
    {
        string how = mark.IsFilled ? $" fill=\"{mark.Pen.Color}\"" : Stroke(mark.Pen);
        if (mark.IsCircle)
            return $"<circle id=\"{NameOf(number)}\" r=\"{Coordinate(mark.Radius)}\"{how}/>\n";
        string path = mark.IsCross ? string.Concat(mark.Outline.Chunk(2).Select(Path)) : Path(mark.Outline) + "Z";
        return $"<path id=\"{NameOf(number)}\" d=\"{path}\"{how}/>\n";
    }

    private static string Stroke(Pen pen)
    {
        string dashes = pen.Lengths() is { Length: > 0 } lengths ? $" stroke-dasharray=\"{string.Join(' ', lengths.Select(Number))}\"" : "";
        return $" stroke=\"{pen.Color}\" stroke-width=\"{Number(pen.Width)}\"{dashes}";
    }

    private static string Path(IReadOnlyList<Spot> points)
    {
        var text = new StringBuilder("M");
        for (int i = 0; i < points.Count; i++)
            text.Append(i switch { 0 => "", 1 => "L", _ => " " }).Append(Place(points[i]));
        return text.ToString();
    }

    private static string Place(Spot spot) => $"{Coordinate(spot.X)},{Coordinate(spot.Y)}";

    /// <summary>A place with as many digits as a line in whole dots needs.</summary>
    private static string RulePlace(Spot spot) => $"{Number(spot.X)},{Number(spot.Y)}";

    private static string Coordinate(double value) => value.ToString(PlaceFormat, CultureInfo.InvariantCulture) is var text && text == "-0" ? "0" : text;

    private static string Number(double value) => Math.Round(value, 4).ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
