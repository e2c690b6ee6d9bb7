using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>A weight at an iterate, with both single steps from there: it can be moved along either by a share of the step, and put back bit for bit.</summary>
internal sealed class SteppedLayer
{
    private readonly Matrix<double> _weight, _origin, _gradient, _polar;
    private readonly PolarSummary _summary;
    private readonly StepModel _model;

    /// <summary>The layer at its iterate.</summary>
    /// <param name="name">Name within the model.</param>
    /// <param name="kind">What layers of other blocks it is counted with.</param>
    /// <param name="weight">W, which is moved; its entries of now are the iterate.</param>
    /// <param name="gradient">∇L(W); copied.</param>
    /// <param name="activation">A, what W multiplies.</param>
    /// <param name="c">The loss's curvature in WA: 1/n for ‖·‖²/(2n), 2/n for ‖·‖²/n.</param>
    public SteppedLayer(string name, string kind, Matrix<double> weight, Matrix<double> gradient, ActivationMeasurement activation, double c)
    {
        (Name, Kind, _weight) = (name, kind, weight);
        _origin = weight.Clone();
        _gradient = gradient.Clone();
        _polar = new Matrix<double>(weight.Rows, weight.Columns);
        _summary = Polar.Decompose(_gradient, _polar);
        _model = StepModel.OfActivations(activation.OperatorNorm, activation.FrobeniusNorm, c);
        NuclearRank = Measures.NuclearRank(_gradient);
        StableRank = activation.OperatorNorm > 0 ? activation.StableRank : null;
    }

    /// <summary>Name within the model.</summary>
    public string Name { get; }

    /// <summary>What layers of other blocks it is counted with.</summary>
    public string Kind { get; }

    /// <summary>nr(G); null for a zero gradient, for which there is no step.</summary>
    public double? NuclearRank { get; }

    /// <summary>st(A); null for zero activations.</summary>
    public double? StableRank { get; }

    /// <summary>‖G‖_F²/(2L_F), or ‖G‖_*²/(2L_op) for the spectral step.</summary>
    public double Guarantee(bool spectral) => spectral
        ? _model.SpectralDecrease(_summary.NuclearNorm)
        : _model.EuclideanDecrease(Measures.FrobeniusNorm(_gradient), 1); // without C_op the stable rank of G does not count

    /// <summary>W ← the iterate minus a share of the step G/L_F, or (‖G‖_*/L_op) polar(G).</summary>
    public void Move(bool spectral, double share)
    {
        _origin.CopyTo(_weight);
        if (spectral)
            _weight.AddScaled(-share * _summary.NuclearNorm / _model.SpectralDenominator, _polar);
        else
            _weight.AddScaled(-share / _model.EuclideanDenominator(1), _gradient);
    }

    /// <summary>W ← the iterate.</summary>
    public void PutBack() => _origin.CopyTo(_weight);
}
