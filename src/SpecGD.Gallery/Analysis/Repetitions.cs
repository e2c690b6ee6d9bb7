using SpecGD.Sweeps.Analysis;

namespace SpecGD.Gallery.Analysis;

/// <summary>Numbers of several seeds.</summary>
internal static class Repetitions
{
    private const double Level = 0.95;

    /// <summary>The standard error of their mean, s/√n; NaN for one value.</summary>
    public static double StandardError(this IEnumerable<double> values)
    {
        var estimate = Estimate.Of([.. values], Level);
        return estimate.Deviation / Math.Sqrt(estimate.Count);
    }
}
