using SpecGD.Figures.Model;

namespace SpecGD.Figures.Description;

/// <summary>Curves to and from their description. Names of kinds, dashes, shapes and places are those of the model in small letters with hyphens.</summary>
internal static class CurveForm
{
    private const string Line = "line", Band = "band", Horizontal = "horizontal-line", Vertical = "vertical-line", Points = "points", Edge = "edge-marks", Tiles = "tiles",
        Bars = "bars", Sample = "key-sample";

    /// <summary>The kinds there are.</summary>
    private static readonly string[] Kinds = [Line, Band, Horizontal, Vertical, Points, Edge, Tiles, Bars, Sample];

    /// <summary>The description of a curve.</summary>
    public static CurveFile Of(Curve curve)
    {
        var file = new CurveFile(KindOf(curve))
        {
            Label = curve.Label.IsEmpty ? null : TextMarkup.Of(curve.Label),
            Color = curve.Stroke.Color,
            LineWidth = curve.Stroke.Width,
            Dash = curve.Stroke.Dash == Dash.Solid ? null : Words.Of(curve.Stroke.Dash),
            Marker = curve.Stroke.Marker is { } marker ? new MarkerFile(Words.Of(marker.Shape)) { Ordinal = marker.Ordinal, Lines = marker.Lines } : null,
            ThinnedFrom = curve.ThinnedFrom,
            Names = curve.Names.Count == 0 ? null : curve.Names,
        };
        return curve switch
        {
            HorizontalLine line => file with { At = line.Y },
            VerticalLine line => file with { At = line.X },
            PointCurve points => file with { Size = points.Size, Hollow = points.IsHollow ? true : null, Notes = points.Notes.Count == 0 ? null : [.. points.Notes.Select(TextMarkup.Of)] },
            EdgeMarks marks => file with { At = marks.Height, Places = marks.X, Notes = [.. marks.Notes.Select(TextMarkup.Of)] },
            _ => file,
        };
    }

    /// <summary>The curve of a description with its data.</summary>
    /// <exception cref="FormatException">Something of it cannot be.</exception>
    /// <exception cref="ArgumentException">Its data contradict each other.</exception>
    public static Curve Read(CurveFile file, IReadOnlyList<Column> data)
    {
        if (file.Color.Length != 7 || file.Color[0] != '#' || !file.Color[1..].All(char.IsAsciiHexDigit))
            throw new FormatException($"the colour '{file.Color}' is not of the form #RRGGBB");
        if (!(file.LineWidth > 0 && double.IsFinite(file.LineWidth)))
            throw new FormatException("a line must have a width above 0");
        var stroke = new Stroke(file.Color, file.LineWidth, file.Dash is null ? Dash.Solid : Words.Read<Dash>(file.Dash, "dash"))
        {
            Marker = file.Marker is { } marker ? new Marker(Words.Read<MarkerShape>(marker.Shape, "shape of a mark"), marker.Ordinal, Math.Max(1, marker.Lines)) : null,
        };
        var curve = Shape(file, data, stroke);
        if (file.Names is { Count: > 0 } names && (curve.Columns.Count == 0 || names.Count != curve.Columns[0].Values.Count))
            throw new FormatException("points need a name each, or none");
        return curve with { Label = TextMarkup.Read(file.Label ?? ""), ThinnedFrom = file.ThinnedFrom, Names = file.Names ?? [] };
    }

    private static string KindOf(Curve curve) => curve switch
    {
        LineCurve => Line,
        BandCurve => Band,
        HorizontalLine => Horizontal,
        VerticalLine => Vertical,
        PointCurve => Points,
        EdgeMarks => Edge,
        TileCurve => Tiles,
        HistogramCurve => Bars,
        KeySample => Sample,
        _ => throw new NotSupportedException($"A curve of the type {curve.GetType().Name} has no description."),
    };

    private static Curve Shape(CurveFile file, IReadOnlyList<Column> data, Stroke stroke)
    {
        IReadOnlyList<double> Of(string name) => Optional(name) ?? [];
        IReadOnlyList<double>? Optional(string name) => data.FirstOrDefault(column => column.Name == name)?.Values;
        FigureText[] notes = [.. (file.Notes ?? []).Select(TextMarkup.Read)];
        return file.Kind switch
        {
            Line => new LineCurve(Of("x"), Of("y"), stroke),
            Band => new BandCurve(Of("x"), Of("lower"), Of("upper"), Optional("centre"), stroke),
            Horizontal => new HorizontalLine(file.At ?? throw new FormatException($"a {Horizontal} needs 'at'"), stroke),
            Vertical => new VerticalLine(file.At ?? throw new FormatException($"a {Vertical} needs 'at'"), stroke),
            Points => new PointCurve(Of("x"), Of("y"), stroke) { Size = file.Size ?? 0.5, IsHollow = file.Hollow ?? false, Notes = notes.Length is 0 || notes.Length == Of("x").Count ? notes : throw new FormatException("points need a note each, or none") },
            Edge => new EdgeMarks(file.Places ?? [], notes, file.At ?? 0, stroke),
            Tiles => new TileCurve(Of("x"), Of("y"), stroke),
            Bars => HistogramCurve.Within(Of("x"), Of("outline"), stroke),
            Sample => new KeySample(stroke),
            _ => throw new FormatException($"there is no curve of the kind '{file.Kind}'; there are {string.Join(", ", Kinds)}.{Spelling.Hint(file.Kind, Kinds)}"),
        };
    }
}
