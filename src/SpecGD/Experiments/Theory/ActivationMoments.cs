using SpecGD.Models;
using SpecGD.Numerics;

namespace SpecGD.Experiments.Theory;

/// <summary>
/// An activation σ with its moments under Gaussians in closed form, and the bound of Figure 12 on the noise-to-signal ratio of σ(g), g ~ N(0, C).
/// </summary>
/// <param name="Name">Name in logs and tables.</param>
/// <param name="Activation">σ itself.</param>
/// <param name="Mean">E σ(g) for a Gaussian g of the given variance.</param>
/// <param name="Product">E σ(g)σ(h) for centred Gaussians with the variances of g and h and their covariance, in this order.</param>
/// <param name="NsrBound">Upper bound on NSR(σ(g)) from the least variance of a coordinate; infinite where there is none.</param>
public sealed record ActivationMoments(
    string Name,
    Activation Activation,
    Func<double, double> Mean,
    Func<double, double, double, double> Product,
    Func<double, double> NsrBound)
{
    /// <summary>ReLU: NSR = π.</summary>
    public static ActivationMoments Relu { get; } = PiecewiseLinear("relu", 1, 0);

    /// <summary>|t|: NSR = π/2.</summary>
    public static ActivationMoments Absolute { get; } = PiecewiseLinear("abs", 1, -1);

    /// <summary>σ(t) = t, whose mean is zero: nothing bounds its ratio.</summary>
    public static ActivationMoments Linear { get; } = PiecewiseLinear("linear", 1, 1);

    /// <summary>max(0, t)²: NSR = 6 where all variances are equal, and always, since both moments go with the variance squared.</summary>
    public static ActivationMoments ReluSquare { get; } = new(
        "relu_square",
        Activation.Named("relu_square"),
        static v => v / 2,
        static (v, w, c) => v * w * ArcCosineKernel.ReluSquare(Correlation(v, w, c)),
        static _ => 6);

    /// <summary>GELU: NSR ≤ 2π(1 + s)/s with s the least variance (the paper prints s²; E σ(g) = s/√(2π(1+s)) and E σ(g)² ≤ s give s).</summary>
    public static ActivationMoments Gelu { get; } = new(
        "gelu",
        Activation.Named("gelu"),
        static v => v / Math.Sqrt(2 * Math.PI * (1 + v)),
        GeluProduct,
        static s => 2 * Math.PI * (1 + s) / s);

    /// <summary>Slope q for t ≥ 0 and p for t &lt; 0: E σ(g) = (q − p)√v/√(2π), and NSR = π(q² + p²)/(p − q)² whatever the covariance.</summary>
    public static ActivationMoments PiecewiseLinear(string name, double q, double p) => new(
        name,
        Activation.LeakyRelu(q, p),
        v => (q - p) * Math.Sqrt(v) * ArcCosineKernel.ReluMean,
        (v, w, c) =>
        {
            double rho = Correlation(v, w, c);
            return Math.Sqrt(v * w) * ((((q * q) + (p * p)) * ArcCosineKernel.Relu(rho)) - (2 * q * p * ArcCosineKernel.Relu(-rho)));
        },
        _ => Math.PI * ((q * q) + (p * p)) / ((p - q) * (p - q)));

    /// <summary>E σ(gᵢ) for the covariance C (k × k).</summary>
    public double[] Means(Matrix<double> covariance) => [.. Enumerable.Range(0, covariance.Rows).Select(i => Mean(covariance[i, i]))];

    /// <summary>M = E σ(g)σ(g)ᵀ, k × k, for the covariance C (k × k).</summary>
    public Matrix<double> SecondMoment(Matrix<double> covariance)
    {
        var moment = new Matrix<double>(covariance.Rows, covariance.Rows);
        for (int i = 0; i < covariance.Rows; i++)
            for (int j = 0; j <= i; j++)
                moment[j, i] = moment[i, j] = Product(covariance[i, i], covariance[j, j], covariance[i, j]);
        return moment;
    }

    /// <summary>NSR(σ(g)) = Σ E σ(gᵢ)² / Σ (E σ(gᵢ))² for the covariance C (k × k); infinite where every mean is zero.</summary>
    public double NoiseToSignalRatio(Matrix<double> covariance)
    {
        double noise = 0, signal = 0;
        for (int i = 0; i < covariance.Rows; i++)
        {
            double variance = covariance[i, i], mean = Mean(variance);
            noise += Product(variance, variance, variance);
            signal += mean * mean;
        }
        return noise / signal;
    }

    /// <summary>The bound of Figure 12 for the covariance C (k × k), by its least variance.</summary>
    public double Bound(Matrix<double> covariance) => NsrBound(Enumerable.Range(0, covariance.Rows).Min(i => covariance[i, i]));

    private static double Correlation(double v, double w, double c) => v > 0 && w > 0 ? c / Math.Sqrt(v * w) : 0;

    /// <summary>
    /// E gΦ(g)hΦ(h), by Stein's lemma in g and then in h: with D = E φ(g)φ(h) = 1/(2π√det(I + C)),
    /// E hφ(g)Φ(h) = (w − c²/(1+v))D, E gΦ(h)φ(g) = c/(1+v)·D and E Φ(g)Φ(h) = ¼ + arcsin(c/√((1+v)(1+w)))/(2π).
    /// </summary>
    private static double GeluProduct(double v, double w, double c)
    {
        double density = 1 / (2 * Math.PI * Math.Sqrt(((1 + v) * (1 + w)) - (c * c)));
        double orthant = 0.25 + (Math.Asin(c / Math.Sqrt((1 + v) * (1 + w))) / (2 * Math.PI));
        return (v * (w - (c * c / (1 + v))) * density) + (c * (orthant + (c / (1 + w) * density)));
    }
}
