using System.Globalization;
using System.Numerics.Tensors;
using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Experiments.Theory;

/// <summary>Section 3.1.1: for ReLU features A = σ(VX) of Gaussian X, E[AAᵀ/n] = μμᵀ + Σ, and the function φ in Σ.</summary>
public static class CovarianceStatements
{
    /// <summary>Name of the statement on φ, and its two cases.</summary>
    public const string Phi = "phi", PhiCase = "φ", ReluMeanCase = "mean of ReLU(g)";

    /// <summary>
    /// Standard errors by which the mean over the seeds of a Monte Carlo estimate may miss: of a hundred estimates, one beyond 4.5 has a
    /// probability of 0.07 %.
    /// </summary>
    public const double MostStandardErrors = 4.5;

    /// <summary>
    /// The error of AAᵀ/n, in units of its own root mean square, is a sum over some d directions: it lies within this of 1 from d = 32 on.
    /// </summary>
    private const double ErrorTolerance = 0.5;

    /// <summary>The error falls like n^−½; the fitted exponent of the means may miss by this.</summary>
    private const double RateTolerance = 0.1;

    /// <summary>Pairs of Gaussians for each unit of d, a point.</summary>
    public const int PairsPerDimension = 256;

    private static readonly int[] SamplesPerDimension = [2, 8, 32];
    private static readonly Activation Relu = Activation.Named("relu");

    internal static IReadOnlyList<Statement> All { get; } =
    [
        new(
            Phi,
            "Section 3.1.1, Figure 16",
            "2π·Cov(ReLU(g), ReLU(h)) = φ(cos∠), and E ReLU(g) = 1/√(2π)",
            "2π·Cov",
            "cos∠",
            MeasurePhi,
            static _ => Judges.WithinStandardErrors(MostStandardErrors))
        {
            Threshold = FormattableString.Invariant($"within {MostStandardErrors} standard errors"),
        },
        new(
            "sec3.1.1",
            "Section 3.1.1",
            "E[AAᵀ/n] = μμᵀ + Σ: the relative error is the expected one and falls like n^−½",
            "relative error of AAᵀ/n",
            "n",
            MeasureMoments,
            static _ => Judges.Both(Judges.Within(ErrorTolerance), Judges.GoesLike(-0.5, RateTolerance)))
        {
            Threshold = FormattableString.Invariant($"within {ErrorTolerance:P0} of the expected error, and an exponent within {RateTolerance} of −½"),
        },
    ];

    /// <summary>Pairs of Gaussians with cosines from −1 to 1. The covariance is estimated around the sample means, so that it owes nothing to
    /// μ.</summary>
    private static IEnumerable<Measurement> MeasurePhi(Trial trial)
    {
        const int steps = 10;
        int n = PairsPerDimension * trial.Dimension;
        var random = trial.Random();
        for (int i = -steps; i <= steps; i++)
        {
            double cosine = (double)i / steps, sine = Math.Sqrt(1 - (cosine * cosine));
            double[] a = random.Normal(1, n).Row(0).ToArray(), b = random.Normal(1, n).Row(0).ToArray();
            for (int s = 0; s < n; s++)
                (a[s], b[s]) = (Math.Max(0, a[s]), Math.Max(0, (cosine * a[s]) + (sine * b[s])));
            if (i == 0)
                yield return Estimate(ReluMeanCase, 0, a, ArcCosineKernel.ReluMean, 1);
            double meanA = a.Average(), meanB = b.Average();
            double[] products = [.. a.Zip(b, (x, y) => (x - meanA) * (y - meanB))];
            yield return Estimate(PhiCase, cosine, products, ArcCosineKernel.Phi(cosine), 2 * Math.PI);
        }
    }

    /// <summary>The mean of the values and its standard error, both times a factor.</summary>
    private static Measurement Estimate(string name, double at, double[] values, double predicted, double factor)
    {
        double mean = values.Average(), variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
        return new Measurement(name, at, factor * mean, predicted) { StandardError = factor * Math.Sqrt(variance / values.Length) };
    }

    /// <summary>
    /// ‖AAᵀ/n − M‖_F/‖M‖_F against its root mean square √(Σ Var(a_i a_j)/n)/‖M‖_F, which E a_i²a_j² gives in closed form. M is μμᵀ + Σ.
    /// </summary>
    private static IEnumerable<Measurement> MeasureMoments(Trial trial)
    {
        int d = trial.Dimension, most = SamplesPerDimension[^1] * d;
        var v = RandomFeatures.Gaussian(trial.FixedRandom(), d, d, d);
        var (moment, variance) = ExpectedMoment(v);
        double norm = Measures.FrobeniusNorm(moment);
        var features = RandomFeatures.Of(v, trial.Random().Normal(d, most), Relu);
        var estimate = new Matrix<double>(d, d);
        foreach (int perDimension in SamplesPerDimension)
        {
            int n = perDimension * d;
            Linear.Gram(1.0 / n, features.ColumnSlice(0, n), transposeFirst: false, estimate);
            estimate.AddScaled(-1, moment);
            yield return new Measurement(
                string.Create(CultureInfo.InvariantCulture, $"d = {d}"), n, Measures.FrobeniusNorm(estimate) / norm, Math.Sqrt(variance / n) / norm);
        }
    }

    /// <summary>M = μμᵀ + Σ for the rows v_i of V, and Σ_ij Var(a_i a_j) for a = ReLU(Vx).</summary>
    internal static (Matrix<double> Moment, double Variance) ExpectedMoment(Matrix<double> v)
    {
        var gram = new Matrix<double>(v.Rows, v.Rows);
        Linear.Gram(1, v, transposeFirst: false, gram);
        var moment = ActivationMoments.Relu.SecondMoment(gram);
        var squares = ActivationMoments.ReluSquare.SecondMoment(gram);
        return (moment, TensorPrimitives.Sum<double>(squares.AsSpan()) - moment.SumOfSquares());
    }
}
