namespace SpecGD.Figures.Drawing;

/// <summary>
/// Cuts the area between two curves at the frame: corners far outside of it are places that no picture can count. Where an edge leaves the frame there is
/// a further row, so that what lies within stays as it was.
/// </summary>
internal static class BandClip
{
    private static readonly int[] Edges = [1, 2];
    private static readonly double[] Ends = [0, 1];

    /// <summary>The rows of a band within the frame.</summary>
    /// <param name="columns">x, lower, upper and, where there is one, the line between; NaN where a row cannot be drawn.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    public static IReadOnlyList<IReadOnlyList<double>> Within(IReadOnlyList<IReadOnlyList<double>> columns, ResolvedAxis x, ResolvedAxis y)
    {
        double[][] places = [.. Enumerable.Range(0, columns[0].Count).Select(row =>
            columns.Select((column, i) => i == 0 ? x.Place(column[row]) : y.Place(column[row])).ToArray())];
        if (!places.Any(row => IsOutside(row[1]) || IsOutside(row[2])))
            return columns;
        var rows = new List<double[]>();
        for (int row = 0; row < places.Length; row++)
        {
            if (row > 0)
                rows.AddRange(Crossings(places[row - 1], places[row]).Select(share => Between(places[row - 1], places[row], share)));
            rows.Add(places[row]);
        }
        return [.. columns.Select((_, i) => (IReadOnlyList<double>)[.. rows.Select(row =>
            i == 0 ? x.ValueAt(row[0]) : y.ValueAt(i < 3 ? Math.Clamp(row[i], 0, 1) : row[i]))])];
    }

    private static bool IsOutside(double place) => place is < 0 or > 1;

    /// <summary>Where between two rows an edge crosses an end of the axis, as shares of the way, ascending.</summary>
    private static IEnumerable<double> Crossings(double[] before, double[] after) =>
        (from edge in Edges
         from end in Ends
         let share = (end - before[edge]) / (after[edge] - before[edge])
         where share is > 0 and < 1
         orderby share
         select share).Distinct();

    private static double[] Between(double[] before, double[] after, double share) => [.. before.Zip(after, (one, other) => one + (share * (other - one)))];
}
