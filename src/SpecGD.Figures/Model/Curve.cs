namespace SpecGD.Figures.Model;

/// <summary>
/// Something drawn in a panel. Values that are not finite, or not positive on a logarithmic axis, are gaps. Curves are drawn in the order of
/// their list, bands and bars beneath all lines; the key names them in the same order.
/// </summary>
public abstract record Curve
{
    private protected Curve(Stroke stroke) => Stroke = stroke;

    /// <summary>Its entry in the key; empty for none.</summary>
    public FigureText Label { get; init; } = FigureText.Empty;

    /// <summary>Colour, width and dashes.</summary>
    public Stroke Stroke { get; }

    /// <summary>What a report tells of each point or tile, one text for each; where it is empty, its place.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What the data file holds, x first; nothing for a curve that needs no data.</summary>
    internal IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>How many rows there were before those were left out that no eye can tell; null where none were.</summary>
    internal int? ThinnedFrom { get; init; }

    private protected static void RequireLength(IReadOnlyList<double> x, IReadOnlyList<double> values, string parameter)
    {
        if (x.Count != values.Count)
            throw new ArgumentException($"A curve needs as many values as places on the x axis, not {values.Count} for {x.Count}.", parameter);
    }
}

/// <summary>A column of the data file.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Values">Its numbers.</param>
internal sealed record Column(string Name, IReadOnlyList<double> Values);

/// <summary>A line through points.</summary>
public sealed record LineCurve : Curve
{
    /// <summary>The line through (x[i], y[i]), x ascending.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public LineCurve(IReadOnlyList<double> x, IReadOnlyList<double> y, Stroke stroke)
        : base(stroke)
    {
        RequireLength(x, y, nameof(y));
        Columns = [new Column("x", x), new Column("y", y)];
    }
}

/// <summary>A lightly filled band, with a line on top where a centre is given.</summary>
public sealed record BandCurve : Curve
{
    /// <summary>The band between (x[i], lower[i]) and (x[i], upper[i]), x ascending.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public BandCurve(IReadOnlyList<double> x, IReadOnlyList<double> lower, IReadOnlyList<double> upper, IReadOnlyList<double>? centre, Stroke stroke)
        : base(stroke)
    {
        RequireLength(x, lower, nameof(lower));
        RequireLength(x, upper, nameof(upper));
        Columns = [new Column("x", x), new Column("lower", lower), new Column("upper", upper)];
        if (centre is null)
            return;
        RequireLength(x, centre, nameof(centre));
        Columns = [.. Columns, new Column("centre", centre)];
        HasCentre = true;
    }

    /// <summary>Whether a line is drawn on top of the band.</summary>
    public bool HasCentre { get; }
}

/// <summary>A horizontal line across the whole panel.</summary>
public sealed record HorizontalLine : Curve
{
    /// <summary>The line at height <paramref name="y"/>.</summary>
    public HorizontalLine(double y, Stroke stroke)
        : base(stroke) => Y = y;

    /// <summary>Its height.</summary>
    public double Y { get; }
}

/// <summary>A vertical line from the bottom of the panel to its top, which marks a place on the x axis.</summary>
public sealed record VerticalLine : Curve
{
    /// <summary>The line at <paramref name="x"/>.</summary>
    public VerticalLine(double x, Stroke stroke)
        : base(stroke) => X = x;

    /// <summary>Its place.</summary>
    public double X { get; }
}

/// <summary>Points that no line joins.</summary>
public sealed record PointCurve : Curve
{
    /// <summary>A point at every (x[i], y[i]), in any order.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public PointCurve(IReadOnlyList<double> x, IReadOnlyList<double> y, Stroke stroke)
        : base(stroke)
    {
        RequireLength(x, y, nameof(y));
        Columns = [new Column("x", x), new Column("y", y)];
    }

    /// <summary>Diameter of a point, in units of about half the size of the text.</summary>
    public double Size { get; init; } = 0.5;

    /// <summary>Whether the points are circles, and not discs.</summary>
    public bool IsHollow { get; init; }

    /// <summary>What stands beside the points, one text for each; none where it is empty.</summary>
    public IReadOnlyList<FigureText> Notes { get; init; } = [];
}

/// <summary>Crosses at one height of the panel, for places on the x axis that have no value to show, with a text beside each.</summary>
public sealed record EdgeMarks : Curve
{
    /// <summary>A cross at every x[i], with notes[i] beside it.</summary>
    /// <param name="x">The places, in any order.</param>
    /// <param name="notes">What stands beside each.</param>
    /// <param name="height">Their height as a share of the panel's.</param>
    /// <param name="stroke">Their colour.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public EdgeMarks(IReadOnlyList<double> x, IReadOnlyList<FigureText> notes, double height, Stroke stroke)
        : base(stroke)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(notes);
        if (x.Count != notes.Count)
            throw new ArgumentException($"Marks need as many texts as places, not {notes.Count} for {x.Count}.", nameof(notes));
        (X, Notes, Height) = (x, notes, height);
    }

    /// <summary>The places on the x axis.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>What stands beside each.</summary>
    public IReadOnlyList<FigureText> Notes { get; }

    /// <summary>Their height: 0 at the lower edge of the panel, 1 at the upper.</summary>
    public double Height { get; }
}

/// <summary>Tiles of width and height 1 around their middles, filled: one colour of a map.</summary>
public sealed record TileCurve : Curve
{
    /// <summary>A tile around every (x[i], y[i]).</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public TileCurve(IReadOnlyList<double> x, IReadOnlyList<double> y, Stroke stroke)
        : base(stroke)
    {
        RequireLength(x, y, nameof(y));
        Columns = [new Column("x", x), new Column("y", y)];
    }
}

/// <summary>Bars side by side, lightly filled, with one outline around neighbours. On a logarithmic y axis bars stand on its lower end.</summary>
public sealed record HistogramCurve : Curve
{
    /// <summary>Bars from edges[i] to edges[i + 1] of height heights[i], beneath all lines.</summary>
    /// <exception cref="ArgumentException">
    /// The edges do not ascend or are not one more than the heights, or a height is negative or not finite.
    /// </exception>
    public HistogramCurve(IReadOnlyList<double> edges, IReadOnlyList<double> heights, Stroke stroke)
        : base(stroke)
    {
        if (edges.Count != heights.Count + 1 || heights.Count == 0)
            throw new ArgumentException($"A histogram needs one edge more than bars, not {edges.Count} for {heights.Count}.", nameof(edges));
        if (!edges.Zip(edges.Skip(1)).All(pair => pair.First < pair.Second))
            throw new ArgumentException("The edges of a histogram must ascend.", nameof(edges));
        if (!heights.All(height => height >= 0 && double.IsFinite(height)))
            throw new ArgumentException("The bars of a histogram must have finite heights from 0 on.", nameof(heights));
        var outline = Outline(edges, heights).ToArray();
        Columns = [new Column("x", [.. outline.Select(point => point.X)]), new Column("outline", [.. outline.Select(point => point.Y)])];
    }

    /// <summary>The bars within an outline, as the data file holds it.</summary>
    internal static HistogramCurve Within(IReadOnlyList<double> x, IReadOnlyList<double> outline, Stroke stroke)
    {
        RequireLength(x, outline, nameof(outline));
        return new HistogramCurve([0, 1], [1], stroke) { Columns = [new Column("x", x), new Column("outline", outline)] };
    }

    /// <summary>Around each run of bars that are not empty, from the axis and back to it; a gap follows.</summary>
    private static IEnumerable<(double X, double Y)> Outline(IReadOnlyList<double> edges, IReadOnlyList<double> heights)
    {
        for (int i = 0; i < heights.Count; i++)
        {
            if (heights[i] == 0)
                continue;
            if (i == 0 || heights[i - 1] == 0)
                yield return (edges[i], 0);
            yield return (edges[i], heights[i]);
            yield return (edges[i + 1], heights[i]);
            if (i + 1 < heights.Count && heights[i + 1] != 0)
                continue;
            yield return (edges[i + 1], 0);
            yield return (edges[i + 1], double.NaN);
        }
    }
}

/// <summary>An entry of the key without anything drawn: what a dash or a colour means where many curves share it.</summary>
public sealed record KeySample : Curve
{
    /// <summary>A sample of <paramref name="stroke"/>.</summary>
    public KeySample(Stroke stroke)
        : base(stroke)
    {
    }
}
