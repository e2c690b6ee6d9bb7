using SpecGD.Numerics;

namespace SpecGD.Sweeps.Analysis;

/// <summary>Mean and confidence interval of repetitions.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Mean">Their mean; of logarithms, the geometric mean.</param>
/// <param name="Deviation">Their standard deviation (n − 1), of logarithms that of log₁₀; NaN for one value.</param>
/// <param name="Lower">Lower end of the interval; NaN for one value.</param>
/// <param name="Upper">Upper end of the interval; NaN for one value.</param>
public sealed record Estimate(int Count, double Mean, double Deviation, double Lower, double Upper)
{
    /// <summary>
    /// Student's interval x̄ ± t_{n−1, (1+c)/2} s/√n; where <paramref name="logarithmic"/>, of log₁₀ x, with mean and ends raised back to the
    /// values' own unit. A value that has no logarithm makes everything NaN.
    /// </summary>
    /// <param name="values">One value or more.</param>
    /// <param name="confidence">The level c, between 0 and 1.</param>
    /// <param name="logarithmic">Whether logarithms are averaged.</param>
    public static Estimate Of(IReadOnlyList<double> values, double confidence, bool logarithmic = false)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        double[] x = logarithmic ? [.. values.Select(Logarithm)] : [.. values];
        var (mean, deviation) = Moments(x);
        double half = x.Length > 1
            ? SpecialFunctions.StudentQuantile((1 + confidence) / 2, x.Length - 1) * deviation / Math.Sqrt(x.Length)
            : double.NaN;
        return logarithmic
            ? new Estimate(x.Length, Math.Pow(10, mean), deviation, Math.Pow(10, mean - half), Math.Pow(10, mean + half))
            : new Estimate(x.Length, mean, deviation, mean - half, mean + half);
    }

    /// <summary>The logarithm to base 10, or NaN where a number has none.</summary>
    internal static double Logarithm(double value) => value > 0 ? Math.Log10(value) : double.NaN;

    /// <summary>Mean, and standard deviation with n − 1, which is NaN for one value.</summary>
    internal static (double Mean, double Deviation) Moments(double[] x)
    {
        double mean = x.Average();
        return (mean, x.Length > 1 ? Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / (x.Length - 1)) : double.NaN);
    }
}

/// <summary>A two-sided test of whether two means are equal.</summary>
/// <param name="Name">The test: paired-t or welch-t.</param>
/// <param name="T">The statistic; positive where the first mean is larger.</param>
/// <param name="DegreesOfFreedom">Its degrees of freedom; not whole for Welch's test.</param>
/// <param name="P">The probability of a statistic at least as far from 0 where the means are equal.</param>
public sealed record Significance(string Name, double T, double DegreesOfFreedom, double P)
{
    /// <summary>Names of the tests.</summary>
    public const string PairedName = "paired-t", WelchName = "welch-t";

    /// <summary>
    /// Compares repetitions that were made with the same seeds by the differences of each pair, and else as two samples of unequal variance.
    /// Null where either has fewer than two repetitions, or all differences vanish.
    /// </summary>
    /// <param name="values">Values by repetition.</param>
    /// <param name="baseline">What they are compared with, by repetition.</param>
    public static Significance? Between(IReadOnlyDictionary<string, double> values, IReadOnlyDictionary<string, double> baseline)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(baseline);
        return values.Count == baseline.Count && values.Keys.All(baseline.ContainsKey)
            ? Paired([.. values.Select(v => v.Value - baseline[v.Key])])
            : Welch([.. values.Values], [.. baseline.Values]);
    }

    /// <summary>Student's test of whether differences have mean 0: t = d̄/(s/√n) with n − 1 degrees of freedom.</summary>
    public static Significance? Paired(double[] differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        if (differences.Length < 2)
            return null;
        var (mean, deviation) = Estimate.Moments(differences);
        return Of(PairedName, mean, deviation / Math.Sqrt(differences.Length), differences.Length - 1);
    }

    /// <summary>Welch's test: t = (x̄ − ȳ)/√(s²ₓ/n + s²ᵧ/m), with Welch's and Satterthwaite's degrees of freedom.</summary>
    public static Significance? Welch(double[] x, double[] y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Length < 2 || y.Length < 2)
            return null;
        var ((meanX, deviationX), (meanY, deviationY)) = (Estimate.Moments(x), Estimate.Moments(y));
        double a = deviationX * deviationX / x.Length, b = deviationY * deviationY / y.Length;
        return Of(WelchName, meanX - meanY, Math.Sqrt(a + b), (a + b) * (a + b) / ((a * a / (x.Length - 1)) + (b * b / (y.Length - 1))));
    }

    private static Significance? Of(string name, double difference, double error, double degrees)
    {
        double t = difference / error;
        return double.IsFinite(t) ? new Significance(name, t, degrees, 2 * SpecialFunctions.StudentProbability(-Math.Abs(t), degrees)) : null;
    }
}
