namespace SpecGD.Figures.Drawing;

/// <summary>
/// Leaves out points that no eye can tell: a curve of a million points becomes some thousand that draw the same picture. The rows are parted
/// into bins of equal count, and of each bin the first, the last and, in every column, the smallest and the largest stay; a gap stays a gap.
/// </summary>
internal static class Thinning
{
    /// <summary>Curves of this many rows or fewer are kept whole.</summary>
    public const int Limit = 4000;

    private const int Bins = 1000;

    /// <summary>The rows to keep, ascending.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">The columns whose extremes count; NaN is a gap.</param>
    public static IReadOnlyList<int> Keep(int rows, IReadOnlyList<IReadOnlyList<double>> columns)
    {
        if (rows <= Limit)
            return [.. Enumerable.Range(0, rows)];
        var kept = new List<int>();
        for (int bin = 0; bin < Bins; bin++)
        {
            int begin = (int)((long)rows * bin / Bins), end = (int)((long)rows * (bin + 1) / Bins);
            kept.AddRange(OfBin(begin, end, columns).Distinct().Order());
        }
        return kept;
    }

    private static IEnumerable<int> OfBin(int begin, int end, IReadOnlyList<IReadOnlyList<double>> columns)
    {
        yield return begin;
        foreach (var column in columns)
        {
            var indices = Enumerable.Range(begin, end - begin);
            foreach (int gap in indices.Where(i => double.IsNaN(column[i])).Take(1))
                yield return gap;
            var present = indices.Where(i => !double.IsNaN(column[i])).ToArray();
            if (present.Length == 0)
                continue;
            yield return present.MinBy(i => column[i]);
            yield return present.MaxBy(i => column[i]);
        }
        yield return end - 1;
    }
}
