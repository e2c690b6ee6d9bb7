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
}
