using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// One weight W of a model (out × in) with its gradient G at the current iterate and the activations A
/// that W multiplies. A model writes W's gradient and calls <see cref="GradientChanged"/>; optimizers
/// and probes read the measures, each computed at most once an iterate and only if somebody asks.
/// </summary>
public sealed class WeightBlock
{
    private readonly Matrix<double> _polar;
    private double? _gradientNorm, _nuclearNorm;
    private bool _hasPolar;

    /// <summary>A block with zero gradient.</summary>
    /// <param name="name">Name within the model: W1, W2, ….</param>
    /// <param name="weight">W, out × in; the block and the model share it.</param>
    /// <param name="activation">The activations that W multiplies.</param>
    public WeightBlock(string name, Matrix<double> weight, ActivationMeasurement activation)
    {
        Name = name;
        Weight = weight;
        Activation = activation;
        Gradient = new Matrix<double>(weight.Rows, weight.Columns);
        _polar = new Matrix<double>(weight.Rows, weight.Columns);
    }

    /// <summary>Name within the model.</summary>
    public string Name { get; }

    /// <summary>W, out × in.</summary>
    public Matrix<double> Weight { get; }

    /// <summary>G = ∇L(W), out × in.</summary>
    public Matrix<double> Gradient { get; }

    /// <summary>The activations that W multiplies.</summary>
    public ActivationMeasurement Activation { get; }

    /// <summary>‖G‖_F.</summary>
    public double GradientNorm => _gradientNorm ??= Measures.FrobeniusNorm(Gradient);

    /// <summary>‖G‖_*; comes for nothing once <see cref="GradientPolar"/> was asked for.</summary>
    public double GradientNuclearNorm => _nuclearNorm ??= Measures.NuclearNorm(Gradient);

    /// <summary>nr(G) = ‖G‖_*²/‖G‖_F², 0 for a zero gradient as the authors' logs have it.</summary>
    public double GradientNuclearRank
    {
        get
        {
            double ratio = GradientNorm > 0 ? GradientNuclearNorm / GradientNorm : 0;
            return ratio * ratio;
        }
    }

    /// <summary>polar(G), out × in; overwritten at the next iterate.</summary>
    public Matrix<double> GradientPolar
    {
        get
        {
            if (!_hasPolar)
            {
                _nuclearNorm = Polar.Decompose(Gradient, _polar).NuclearNorm;
                _hasPolar = true;
            }
            return _polar;
        }
    }

    /// <summary>Takes in the gradient at the current weight.</summary>
    /// <param name="gradient">∇L(W), out × in; copied.</param>
    /// <exception cref="ArgumentException">The shape is not that of the weight.</exception>
    public void SetGradient(Matrix<double> gradient)
    {
        gradient.CopyTo(Gradient);
        GradientChanged();
    }

    /// <summary>Forgets what was measured of the gradient before it changed.</summary>
    public void GradientChanged()
    {
        _gradientNorm = null;
        _nuclearNorm = null;
        _hasPolar = false;
    }
}
