namespace SpecGD.Figures.Model;

/// <summary>Ends of logarithmic axes.</summary>
internal static class PowersOfTen
{
    /// <summary>The largest power of ten that is at most the value.</summary>
    public static double Below(double value) => Math.Pow(10, Math.Floor(Math.Log10(value)));

    /// <summary>
    /// Where an axis of losses ends at the latest, from the largest first loss: the power of ten above it. What has grown beyond has not trained, and would
    /// squeeze the rest of a figure. Infinite where there is no such loss.
    /// </summary>
    public static double CeilingOf(double firstLoss) => firstLoss > 0 && double.IsFinite(firstLoss) ? 10 * Below(firstLoss) : double.PositiveInfinity;

    /// <summary>
    /// Where the axis of these losses, a list for each line, ends: at their ceiling where one has grown beyond it by more than a decade, else where
    /// the data end (null).
    /// </summary>
    public static double? EndOf(IReadOnlyList<IReadOnlyList<double>> losses)
    {
        var first = losses.Where(line => line.Count > 0).Select(line => line[0]).Where(double.IsFinite);
        double ceiling = CeilingOf(first.DefaultIfEmpty(double.NaN).Max());
        return losses.Any(line => line.Any(loss => loss > 10 * ceiling)) ? ceiling : null;
    }
}
