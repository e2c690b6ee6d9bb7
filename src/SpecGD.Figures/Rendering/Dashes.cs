namespace SpecGD.Figures.Rendering;

/// <summary>Cuts a line into dashes. Skia writes a dashed line into a page as the outline of each of its dashes, which is many times longer.</summary>
internal static class Dashes
{
    /// <summary>The dashes of a line through points.</summary>
    /// <param name="points">The points.</param>
    /// <param name="lengths">Lengths of dashes and gaps in turn, an even number of them, all positive.</param>
    public static IEnumerable<IReadOnlyList<Spot>> Of(IReadOnlyList<Spot> points, IReadOnlyList<double> lengths)
    {
        int phase = 0;
        double left = lengths[0];
        List<Spot> dash = [points[0]];
        for (int i = 0; i + 1 < points.Count; i++)
        {
            var (from, to) = (points[i], points[i + 1]);
            double length = Math.Sqrt(((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y))), gone = 0;
            for (; length - gone > left; phase = (phase + 1) % lengths.Count, left = lengths[phase])
            {
                gone += left;
                var end = new Spot(from.X + (gone / length * (to.X - from.X)), from.Y + (gone / length * (to.Y - from.Y)));
                if (phase % 2 == 0)
                    yield return [.. dash, end];
                dash = [end];
            }
            left -= length - gone;
            dash.Add(to);
            if (phase % 2 == 1)
                dash = [to];
        }
        if (phase % 2 == 0 && dash.Count > 1)
            yield return dash;
    }
}
