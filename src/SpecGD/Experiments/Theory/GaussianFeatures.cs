using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Experiments.Theory;

/// <summary>Pre-activations Vg of standard Gaussian samples g, whose activations are measured by sampling and in closed form side by side.</summary>
internal sealed class GaussianFeatures
{
    private readonly Matrix<double> _preActivations, _covariance, _features, _second;

    /// <summary>The features of V (k × d) on the samples <paramref name="g"/> (d × n).</summary>
    public GaussianFeatures(Matrix<double> v, Matrix<double> g)
    {
        _preActivations = Linear.Product(v, g);
        _covariance = new Matrix<double>(v.Rows, v.Rows);
        Linear.Gram(1, v, transposeFirst: false, _covariance);
        _features = new Matrix<double>(v.Rows, g.Columns);
        _second = new Matrix<double>(v.Rows, v.Rows);
    }

    /// <summary>Noise-to-signal ratio, effective rank and stable rank of σ(Vg).</summary>
    public NsrMeasurement Measure(ActivationMoments activation)
    {
        activation.Activation.Forward(_preActivations, _features);
        Linear.Gram(1.0 / _features.Columns, _features, transposeFirst: false, _second);
        return new NsrMeasurement
        {
            Activation = activation.Name,
            Dimension = _covariance.Rows,
            Sampled = Measures.NoiseToSignalRatio(_features)!.Value,
            RelativeError = RelativeError(_features),
            Samples = _features.Columns,
            Exact = activation.NoiseToSignalRatio(_covariance),
            EffectiveRank = Measures.EffectiveRank(activation.SecondMoment(_covariance))!.Value,
            StableRank = Measures.EffectiveRank(_second)!.Value, // st(Z) = er(ZZᵀ/n), a product cheaper
            Bound = activation.Bound(_covariance),
        };
    }

    /// <summary>
    /// Relative standard error of the sampled ratio m₂/‖m₁‖²: the spread of its influence ‖z‖²/m₂ − 2⟨z, m₁⟩/‖m₁‖² over the columns z, by √n.
    /// </summary>
    internal static double RelativeError(Matrix<double> columns)
    {
        int n = columns.Columns;
        double[] energies = RandomTransformer.SquaredColumnNorms(columns), along = new double[n];
        double signal = 0;
        for (int i = 0; i < columns.Rows; i++)
        {
            double mean = TensorPrimitives.Sum<double>(columns.Row(i)) / n;
            signal += mean * mean;
            TensorPrimitives.MultiplyAdd<double>(columns.Row(i), mean, along, along);
        }
        double noise = energies.Average();
        double[] influence = [.. energies.Zip(along, (energy, inner) => (energy / noise) - (2 * inner / signal))];
        double centre = influence.Average();
        return Math.Sqrt(influence.Sum(x => (x - centre) * (x - centre)) / (n - 1.0) / n);
    }
}

/// <summary>What was measured of one activation with one weight matrix.</summary>
internal sealed record NsrMeasurement
{
    public required string Activation { get; init; }

    public string Covariance { get; init; } = "";

    public required int Dimension { get; init; }

    public required int Samples { get; init; }

    /// <summary>Mean ‖z‖² / ‖mean z‖² over the samples.</summary>
    public required double Sampled { get; init; }

    /// <summary>Relative standard error of <see cref="Sampled"/>.</summary>
    public required double RelativeError { get; init; }

    /// <summary>E‖z‖²/‖E z‖² in closed form; infinite where the mean is zero.</summary>
    public required double Exact { get; init; }

    /// <summary>er(M) of M = E zzᵀ in closed form.</summary>
    public required double EffectiveRank { get; init; }

    /// <summary>st of the samples.</summary>
    public required double StableRank { get; init; }

    /// <summary>The bound of Figure 12; infinite where there is none.</summary>
    public required double Bound { get; init; }

    /// <summary>
    /// The sampled ratio without its bias: ‖mean z‖² is too large by (m₂ − ‖E z‖²)/n on average, so that of a ratio N remains (n − 1)N/(n − N).
    /// </summary>
    public double Unbiased => (Samples - 1) * Sampled / (Samples - Sampled);

    /// <summary>Standard errors between the sampled and the exact ratio; NaN where the exact one is infinite.</summary>
    public double StandardErrorsOff => double.IsInfinity(Exact) ? double.NaN : Math.Abs((Unbiased / Exact) - 1) / RelativeError;

    /// <summary>Standard errors by which the sampled ratio exceeds the bound; negative below it, NaN where there is none.</summary>
    public double StandardErrorsAbove => double.IsInfinity(Bound) ? double.NaN : ((Unbiased / Bound) - 1) / RelativeError;
}
