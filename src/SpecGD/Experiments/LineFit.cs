namespace SpecGD.Experiments;

/// <summary>A least-squares line y = slope·x + intercept through points.</summary>
/// <param name="Slope">Rise of y for a unit of x.</param>
/// <param name="Intercept">y at x = 0.</param>
/// <param name="Explained">R², the share of the variance of y that the line explains; NaN where y does not vary.</param>
public readonly record struct LineFit(double Slope, double Intercept, double Explained)
{
    /// <summary>The line through the points (x[i], y[i]); all NaN where x takes fewer than two values.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static LineFit Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count)
            throw new ArgumentException($"A line needs as many values as places, not {y.Count} for {x.Count}.", nameof(y));
        double meanX = x.DefaultIfEmpty(double.NaN).Average(), meanY = y.DefaultIfEmpty(double.NaN).Average();
        double covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        double variance = x.Sum(a => (a - meanX) * (a - meanX)), total = y.Sum(b => (b - meanY) * (b - meanY));
        double slope = covariance / variance; // 0/0 is NaN, as it should be
        return new LineFit(slope, meanY - (slope * meanX), covariance * covariance / (variance * total));
    }

    /// <summary>The line through (ln x, ln y): its slope is the exponent of a power law y ∝ x^slope.</summary>
    public static LineFit OfLogarithms(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return Of([.. x.Select(a => Math.Log(a))], [.. y.Select(b => Math.Log(b))]);
    }
}
