using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// The activations that enter a layer, as a matrix with one side the features and the other the samples (either way round: no measure tells), and
/// their norms, each computed when first asked for and forgotten when the model says that the activations changed.
/// </summary>
public sealed class ActivationMeasurement
{
    private double? _operatorNorm, _frobeniusNorm;

    /// <summary>A measurement of <paramref name="activations"/>, whose memory the model may go on writing.</summary>
    /// <param name="activations">A, features × samples or its transpose.</param>
    /// <param name="samples">n, the number of samples.</param>
    public ActivationMeasurement(Matrix<double> activations, int samples)
    {
        Matrix = activations;
        Samples = samples;
    }

    /// <summary>A, features × samples or its transpose.</summary>
    public Matrix<double> Matrix { get; }

    /// <summary>n, the number of samples.</summary>
    public int Samples { get; }

    /// <summary>‖A‖_op.</summary>
    public double OperatorNorm => _operatorNorm ??= Measures.OperatorNorm(Matrix);

    /// <summary>‖A‖_F.</summary>
    public double FrobeniusNorm => _frobeniusNorm ??= Measures.FrobeniusNorm(Matrix);

    /// <summary>st(A) = ‖A‖_F²/‖A‖_op².</summary>
    /// <exception cref="InvalidOperationException">A is zero.</exception>
    public double StableRank => OperatorNorm > 0
        ? FrobeniusNorm / OperatorNorm * (FrobeniusNorm / OperatorNorm)
        : throw new InvalidOperationException("Zero activations have no stable rank.");

    /// <summary>st(A), or 0 where A is zero, as the authors' logs have it.</summary>
    public double StableRankOrZero => OperatorNorm > 0 ? StableRank : 0;

    /// <summary>Forgets what was measured before the activations changed.</summary>
    public void Changed()
    {
        _operatorNorm = null;
        _frobeniusNorm = null;
    }
}
