using SkiaSharp;
using SpecGD.Figures.Fonts;

namespace SpecGD.Figures.Rendering;

/// <summary>A canvas of Skia: of a picture of dots or of a page of a PDF file.</summary>
/// <param name="canvas">The canvas.</param>
/// <param name="grain">Units of the canvas to a unit of the surface. On a page every place is a whole number of them, which keeps the file small.</param>
/// <param name="isPage">Whether it is a page, which has no dots.</param>
internal sealed class SkiaSurface(SKCanvas canvas, double grain, bool isPage) : ISurface
{
    private const float UpwardDegrees = -90;

    /// <summary>Faces to draw with in place of others.</summary>
    public IReadOnlyDictionary<SKTypeface, SKTypeface> Faces { get; init; } = new Dictionary<SKTypeface, SKTypeface>();

    /// <inheritdoc/>
    public void Rule(Spot from, Spot to, Pen pen)
    {
        if (!isPage)
            (from, to, pen) = CrispRule.Of(from, to, pen, grain);
        using var paint = Stroking(pen, SKStrokeCap.Square);
        canvas.DrawLine(Point(from), Point(to), paint);
    }

    /// <inheritdoc/>
    public void Line(IReadOnlyList<Spot> points, Pen pen)
    {
        using var paint = Stroking(pen, SKStrokeCap.Round);
        using var builder = new SKPathBuilder();
        foreach (var part in isPage && pen.Lengths() is { Length: > 0 } lengths ? Dashes.Of(points, lengths) : [points])
            builder.AddPoly([.. part.Select(Point)], false);
        using var path = builder.Detach();
        canvas.DrawPath(path, paint);
    }

    /// <inheritdoc/>
    public void Area(IReadOnlyList<Spot> outline, string color, double opacity, Pen? border)
    {
        using var path = PathOf(outline, close: true);
        using var filling = new SKPaint { Color = SKColor.Parse(color).WithAlpha((byte)Math.Round(opacity * byte.MaxValue)), IsAntialias = true };
        canvas.DrawPath(path, filling);
        if (border is not { } pen)
            return;
        using var paint = Stroking(pen, SKStrokeCap.Round);
        canvas.DrawPath(path, paint);
    }

    /// <inheritdoc/>
    public void Marks(IReadOnlyList<Spot> places, Mark mark)
    {
        using var paint = mark.IsFilled ? new SKPaint { Color = SKColor.Parse(mark.Pen.Color), IsAntialias = true } : Stroking(mark.Pen, SKStrokeCap.Round);
        foreach (var place in places)
        {
            if (mark.IsCircle)
            {
                canvas.DrawCircle(Point(place), Scaled(mark.Radius), paint);
                continue;
            }
            Spot[] corners = [.. mark.Outline.Select(corner => new Spot(place.X + corner.X, place.Y + corner.Y))];
            foreach (var part in mark.IsCross ? corners.Chunk(2) : [corners])
            {
                using var path = PathOf(part, close: !mark.IsCross);
                canvas.DrawPath(path, paint);
            }
        }
    }

    /// <inheritdoc/>
    public void Text(TextLine text, Spot at, TextAlign align, double size, bool upward = false)
    {
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.Save();
        canvas.Translate(Point(at));
        if (upward)
            canvas.RotateDegrees(UpwardDegrees);
        double begin = align switch { TextAlign.Left => 0, TextAlign.Right => -text.Width, _ => -text.Width / 2 };
        foreach (var piece in text.Pieces)
        {
            using var font = (piece.Piece with { Face = Faces.GetValueOrDefault(piece.Piece.Face, piece.Piece.Face) }).At(grain * size * piece.Size);
            canvas.DrawText(piece.Piece.Text, Scaled(size * (begin + piece.X)), Scaled(-size * piece.Rise), SKTextAlign.Left, font, paint);
        }
        canvas.Restore();
    }

    private SKPaint Stroking(Pen pen, SKStrokeCap ends)
    {
        var paint = new SKPaint
        {
            Color = SKColor.Parse(pen.Color),
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = Scaled(pen.Width),
            StrokeCap = ends,
            StrokeJoin = SKStrokeJoin.Round,
        };
        if (!isPage && pen.Lengths() is { Length: > 0 } lengths)
            paint.PathEffect = SKPathEffect.CreateDash([.. lengths.Select(Scaled)], 0);
        return paint;
    }

    private SKPath PathOf(IReadOnlyList<Spot> points, bool close)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly([.. points.Select(Point)], close);
        return builder.Detach();
    }

    private SKPoint Point(Spot spot) => new(Scaled(spot.X), Scaled(spot.Y));

    private float Scaled(double length) => (float)(isPage ? Math.Round(length * grain) : length * grain);
}
