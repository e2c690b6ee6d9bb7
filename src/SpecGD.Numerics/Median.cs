namespace SpecGD.Numerics;

/// <summary>The middle of numbers.</summary>
public static class Median
{
    /// <summary>The middle of the finite values, or the mean of the middle two; NaN where there are none.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
