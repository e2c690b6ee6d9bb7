namespace SpecGD.Figures.Rendering;

/// <summary>Cuts lines and areas at the frame of a plot by their geometry: a line along the frame keeps its whole width, and no place lies further out than a renderer counts.</summary>
internal static class PlotClip
{
    /// <summary>The parts of a line through points that lie in the plot.</summary>
    public static IEnumerable<IReadOnlyList<Spot>> Line(PanelFrame frame, IReadOnlyList<Spot> points)
    {
        var part = new List<Spot>();
        for (int i = 0; i + 1 < points.Count; i++)
        {
            if (Segment(frame, points[i], points[i + 1]) is not { } kept)
                continue;
            if (part.Count > 0 && part[^1] != kept.From)
            {
                yield return part;
                part = [];
            }
            if (part.Count == 0)
                part.Add(kept.From);
            part.Add(kept.To);
        }
        if (part.Count > 0)
            yield return part;
    }

    /// <summary>The part of an area that lies in the plot.</summary>
    public static IReadOnlyList<Spot> Area(PanelFrame frame, IReadOnlyList<Spot> outline)
    {
        outline = Half(outline, spot => spot.X - frame.Left);
        outline = Half(outline, spot => frame.Right - spot.X);
        outline = Half(outline, spot => spot.Y - frame.Top);
        return Half(outline, spot => frame.Bottom - spot.Y);
    }

    /// <summary>The part of an area on the side where <paramref name="inside"/> is not negative.</summary>
    private static List<Spot> Half(IReadOnlyList<Spot> outline, Func<Spot, double> inside)
    {
        var kept = new List<Spot>(outline.Count);
        for (int i = 0; i < outline.Count; i++)
        {
            var (from, to) = (outline[i], outline[(i + 1) % outline.Count]);
            double before = inside(from), after = inside(to);
            if (before >= 0)
                kept.Add(from);
            if ((before < 0) != (after < 0))
                kept.Add(Between(from, to, before / (before - after)));
        }
        return kept;
    }

    /// <summary>The part of a straight line in the plot: from and to as shares of the way, cut at each side in turn.</summary>
    private static (Spot From, Spot To)? Segment(PanelFrame frame, Spot from, Spot to)
    {
        double begin = 0, end = 1, across = to.X - from.X, down = to.Y - from.Y;
        return Cut(-across, from.X - frame.Left) && Cut(across, frame.Right - from.X) && Cut(-down, from.Y - frame.Top) && Cut(down, frame.Bottom - from.Y)
            ? (begin == 0 ? from : Between(from, to, begin), end == 1 ? to : Between(from, to, end))
            : null;

        bool Cut(double outward, double room)
        {
            const double Slack = 1e-9;
            if (outward == 0)
                return room >= -Slack;
            double share = room / outward;
            if (outward < 0)
                begin = Math.Max(begin, share);
            else
                end = Math.Min(end, share);
            return begin <= end;
        }
    }

    private static Spot Between(Spot from, Spot to, double share) => new(from.X + (share * (to.X - from.X)), from.Y + (share * (to.Y - from.Y)));
}
