namespace SpecGD.Figures.Model;

/// <summary>How a line is drawn.</summary>
/// <param name="Color">Its colour as #RRGGBB.</param>
/// <param name="Width">Its width in points.</param>
/// <param name="Dash">Its dashes.</param>
public sealed record Stroke(string Color, double Width, Dash Dash = Dash.Solid)
{
    /// <summary>What stands on the line here and there; null for nothing.</summary>
    public Marker? Marker { get; init; }
}

/// <summary>Dashes of a line, so that curves differ without their colours.</summary>
public enum Dash
{
    /// <summary>No gaps.</summary>
    Solid,

    /// <summary>Short dashes.</summary>
    Dashed,

    /// <summary>A long dash and a dot in turn.</summary>
    DashDot,

    /// <summary>Dots.</summary>
    Dotted,

    /// <summary>Long dashes.</summary>
    LongDashed,

    /// <summary>A long dash and two dots in turn.</summary>
    DashDotDot,
}
