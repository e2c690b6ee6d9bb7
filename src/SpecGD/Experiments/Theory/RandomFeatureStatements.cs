using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Experiments.Theory;

/// <summary>
/// Theorems 2.6 and 2.7: the stable rank of σ(WX) is at most the NSR bound of Figure 12, with either factor Gaussian and the other fixed, as
/// the number
/// of random vectors grows. Theorem 2.8: for σ(t) = t², layer upon layer.
/// </summary>
internal static class RandomFeatureStatements
{
    /// <summary>Random vectors for each unit of d, in both roles: columns of X, or rows of W.</summary>
    public const int VectorsPerDimension = 4;

    /// <summary>
    /// C in the factor 1 + C/√n that the theorems leave open. Measured ratios approach 1 from below, so that any would do; this one lets a
    /// bound that is
    /// wrong by 5 % fail from d = 128 on.
    /// </summary>
    public const double FiniteSampleConstant = 1;

    /// <summary>"Bounded" for t²: the exponent of growth over the last doubling of d.</summary>
    private const double BoundedExponent = 0.25;

    private const int Deepest = 3;

    private static readonly (string Label, ActivationMoments Moments)[] Activations =
        [("ReLU", ActivationMoments.Relu), ("|t|", ActivationMoments.Absolute), ("leaky ReLU", ActivationMoments.PiecewiseLinear("leaky_relu", 1, 0.1))];

    /// <summary>Squared singular values of the fixed factor, up to scale, in order.</summary>
    private static readonly (string Label, Func<int, int, double> Energy)[] Spectra =
    [
        ("flat spectrum", static (_, _) => 1),
        ("power law", static (i, _) => 1.0 / (i + 1)),
        ("one direction", static (i, d) => i == 0 ? 1 : 0.1 / d),
    ];

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "thm2.6",
            "Theorem 2.6",
            "W fixed, X Gaussian with n = 4d columns: st(σ(WX)) stays below its NSR bound times 1 + O(n^−½)",
            "st(σ(WX)) / bound",
            "d",
            MeasureFixedWeights,
            static _ => Judges.AtMost(FiniteSample))
        {
            Threshold = FiniteSampleWords,
        },
        new(
            "thm2.7",
            "Theorem 2.7",
            "X fixed, W Gaussian with n = 4d rows: st(σ(WX)) stays below its NSR bound times 1 + O(n^−½)",
            "st(σ(WX)) / bound",
            "d",
            MeasureFixedData,
            static _ => Judges.AtMost(FiniteSample))
        {
            Threshold = FiniteSampleWords,
        },
        new(
            "thm2.8",
            "Theorem 2.8",
            "σ(t) = t²: the stable rank of every depth is bounded independently of the width",
            "st(A)",
            "d",
            MeasureSquares,
            static _ => Judges.Both(Judges.AtMost(FiniteSample), Judges.LevelsOff(BoundedExponent)))
        {
            Threshold = FormattableString.Invariant($"at most the theorem's constant, and over the last doubling no faster than d^{BoundedExponent}"),
        },
    ];

    private static string FiniteSampleWords => FormattableString.Invariant($"at most 1 + {FiniteSampleConstant}/√n times the bound, with every seed");

    /// <summary>C/√n for the number n of random vectors at dimension d.</summary>
    internal static double FiniteSample(int d) => FiniteSampleConstant / Math.Sqrt(VectorsPerDimension * d);

    /// <summary>
    /// The constant of Theorem 2.8 at a depth L: pre-activations are polynomials of degree m = 2^(L−1) in Gaussians, and such a q has
    /// E q⁴ ≤ 9^m (E q²)² by hypercontractivity.
    /// </summary>
    internal static double HypercontractiveConstant(int depth) => Math.Pow(9, Math.Pow(2, depth - 1));

    /// <summary>W (d × d) is the same for all repetitions, X (d × n) is fresh.</summary>
    private static IEnumerable<Measurement> MeasureFixedWeights(Trial trial)
    {
        int d = trial.Dimension;
        var x = trial.Random().Normal(d, VectorsPerDimension * d);
        return Spectra.Index().SelectMany(spectrum =>
        {
            var w = FixedGaussian(trial, spectrum.Index, d, d);
            ScaleRows(w, spectrum.Item.Energy, transpose: true);
            return Measure(trial, spectrum.Item.Label, ("st(W)", Measures.StableRank(w)!.Value), Linear.Product(w, x));
        });
    }

    /// <summary>X (d × 2d) is the same for all repetitions, W (n × d, variance 1/d) is fresh: its rows are the random vectors.</summary>
    private static IEnumerable<Measurement> MeasureFixedData(Trial trial)
    {
        int d = trial.Dimension;
        var w = RandomFeatures.Gaussian(trial.Random(), VectorsPerDimension * d, d, d);
        return Spectra.Index().SelectMany(spectrum =>
        {
            var x = FixedGaussian(trial, spectrum.Index, d, 2 * d);
            ScaleRows(x, spectrum.Item.Energy, transpose: false);
            return Measure(trial, spectrum.Item.Label, ("st(X)", Measures.StableRank(x)!.Value), Linear.Product(w, x));
        });
    }

    private static IEnumerable<Measurement> Measure(Trial trial, string spectrum, (string, double) ofFixed, Matrix<double> z)
    {
        var features = new Matrix<double>(z.Rows, z.Columns);
        foreach (var (name, moments) in Activations)
        {
            moments.Activation.Forward(z, features);
            double bound = moments.NsrBound(1);
            yield return new Measurement(spectrum, trial.Dimension, Measures.StableRank(features)!.Value / bound, 1)
            {
                Group = name,
                Details = [("n", VectorsPerDimension * trial.Dimension), ofFixed, ("NSR bound", bound)],
            };
        }
    }

    private static Matrix<double> FixedGaussian(Trial trial, int stream, int rows, int columns) =>
        RandomFeatures.Gaussian(trial.FixedRandom(stream), rows, columns, columns);

    /// <summary>Scales the rows, or the columns, of a matrix with d of them to energies that sum to d.</summary>
    private static void ScaleRows(Matrix<double> matrix, Func<int, int, double> energy, bool transpose)
    {
        int d = transpose ? matrix.Columns : matrix.Rows;
        double[] energies = [.. Enumerable.Range(0, d).Select(i => energy(i, d))];
        double sum = energies.Sum();
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                matrix[i, j] *= Math.Sqrt(energies[transpose ? j : i] * d / sum);
    }

    /// <summary>A ← (W_ℓ A)² for fixed W_ℓ and Gaussian X, of constant width; no scale matters to a stable rank.</summary>
    private static IEnumerable<Measurement> MeasureSquares(Trial trial)
    {
        int d = trial.Dimension;
        var a = trial.Random().Normal(d, VectorsPerDimension * d);
        for (int depth = 1; depth <= Deepest; depth++)
        {
            a = RandomFeatures.Of(RandomFeatures.Gaussian(trial.FixedRandom(depth), d, d, d), a, Activation.Square);
            yield return new Measurement($"depth {depth}", d, Measures.StableRank(a)!.Value, HypercontractiveConstant(depth));
        }
    }
}
