namespace SpecGD.Figures.Model;

/// <summary>
/// Something drawn in a panel. Values that are not finite, or not positive on a logarithmic axis, are gaps. Curves are drawn in the order of
/// their list, bands beneath all lines; the key names them in the same order.
/// </summary>
public abstract record Curve
{
    private protected Curve(Stroke stroke) => Stroke = stroke;

    /// <summary>Its entry in the key; empty for none.</summary>
    public FigureText Label { get; init; } = FigureText.Empty;

    /// <summary>Colour, width and dashes.</summary>
    public Stroke Stroke { get; }

    /// <summary>What the data file holds, x first; nothing for a curve that needs no data.</summary>
    internal abstract IReadOnlyList<Column> Columns { get; }

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

    internal override IReadOnlyList<Column> Columns { get; }
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

    internal override IReadOnlyList<Column> Columns { get; }
}

/// <summary>A horizontal line across the whole panel.</summary>
public sealed record HorizontalLine : Curve
{
    /// <summary>The line at height <paramref name="y"/>.</summary>
    public HorizontalLine(double y, Stroke stroke)
        : base(stroke) => Y = y;

    /// <summary>Its height.</summary>
    public double Y { get; }

    internal override IReadOnlyList<Column> Columns => [];
}
