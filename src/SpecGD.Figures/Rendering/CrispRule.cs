namespace SpecGD.Figures.Rendering;

/// <summary>Straight lines along a side of a picture, moved by less than a dot so that they fill whole rows of dots with no grey beside them.</summary>
internal static class CrispRule
{
    /// <summary>The line in whole dots.</summary>
    /// <param name="from">Its begin.</param>
    /// <param name="to">Its end.</param>
    /// <param name="pen">What it is drawn with.</param>
    /// <param name="dots">Dots to a unit of the surface.</param>
    public static (Spot From, Spot To, Pen Pen) Of(Spot from, Spot to, Pen pen, double dots)
    {
        double width = Math.Max(1, Math.Round(pen.Width * dots));
        bool isUpright = from.X == to.X, isOdd = width % 2 == 1;
        double Snapped(double place) => (isOdd ? Math.Floor(place * dots) + 0.5 : Math.Round(place * dots)) / dots;
        Spot Moved(Spot spot) => isUpright ? spot with { X = Snapped(spot.X) } : spot with { Y = Snapped(spot.Y) };
        return (Moved(from), Moved(to), pen with { Width = width / dots });
    }
}
