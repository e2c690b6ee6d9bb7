using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>A mark at a point: a shape around it.</summary>
/// <param name="Outline">Corners around the point; none for a circle.</param>
/// <param name="Radius">Radius of a circle.</param>
/// <param name="Pen">What the shape is drawn with.</param>
/// <param name="IsFilled">Whether the shape is filled with the colour of the pen, and not drawn as a line.</param>
internal sealed record Mark(IReadOnlyList<Spot> Outline, double Radius, Pen Pen, bool IsFilled)
{
    /// <summary>Radius of a point of size 1, to which a half of its line's width comes.</summary>
    private const double Unit = 3.15, Half = 0.5;

    /// <summary>Radii of the circles around shapes with corners, so that all shapes seem equally large.</summary>
    private const double AroundTriangle = 1.33, AroundSquare = 1.3, AroundPentagon = 1.2;

    private const double CrossSize = 0.8, Upward = -Math.PI / 2, Downward = Math.PI / 2, Eighth = Math.PI / 4;

    /// <summary>Whether the shape is a circle.</summary>
    public bool IsCircle => Outline.Count == 0;

    /// <summary>Whether the corners are joined by strokes through the point, two by two, and not around it.</summary>
    public bool IsCross { get; private init; }

    /// <summary>The point of a curve of points.</summary>
    public static Mark Point(double size, bool hollow, Stroke stroke) => new([], hollow ? size * Unit : (size * Unit) + (Half * stroke.Width), Solid(stroke), !hollow);

    /// <summary>A mark on a line.</summary>
    public static Mark Of(MarkerShape shape, double size, Stroke stroke)
    {
        double radius = (size * Unit) + (Half * stroke.Width);
        Spot[] corners = shape switch
        {
            MarkerShape.Triangle => Polygon(3, AroundTriangle * radius, Upward),
            MarkerShape.InvertedTriangle => Polygon(3, AroundTriangle * radius, Downward),
            MarkerShape.Square => Polygon(4, AroundSquare * radius, Eighth),
            MarkerShape.Diamond => Polygon(4, AroundSquare * radius, Upward),
            MarkerShape.Pentagon => Polygon(5, AroundPentagon * radius, Upward),
            _ => [],
        };
        return new Mark(corners, radius, Solid(stroke), IsFilled: true);
    }

    /// <summary>A cross.</summary>
    public static Mark Cross(Stroke stroke)
    {
        double half = CrossSize * Unit;
        return new Mark([new(-half, -half), new(half, half), new(-half, half), new(half, -half)], half, Solid(stroke), IsFilled: false) { IsCross = true };
    }

    private static Pen Solid(Stroke stroke) => Pen.Of(stroke with { Dash = Dash.Solid });

    private static Spot[] Polygon(int corners, double radius, double first) =>
    [
        .. Enumerable.Range(0, corners).Select(i => first + (2 * Math.PI * i / corners)).Select(angle => new Spot(radius * Math.Cos(angle), radius * Math.Sin(angle))),
    ];
}
