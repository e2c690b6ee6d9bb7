using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Models;

/// <summary>
/// L(W) = ‖WA − Y‖_F²/(2n) with weight, residual and gradient in float32, as the authors' scripts have it with <c>--dtype float32</c>. The block
/// shows them as doubles, so that they are measured in double, and the weight is rounded before each evaluation.
/// </summary>
public sealed class SinglePrecisionRegression : IModel
{
    private readonly Matrix<double> _features, _targets;
    private readonly WeightBlock _block;

    /// <summary>The model at W = 0.</summary>
    /// <param name="features">A, features × samples, of numbers that a float holds.</param>
    /// <param name="targets">Y, out × samples, of numbers that a float holds.</param>
    public SinglePrecisionRegression(Matrix<double> features, Matrix<double> targets)
    {
        (_features, _targets) = (features, targets);
        _block = new WeightBlock("W1", new Matrix<double>(targets.Rows, features.Rows), new ActivationMeasurement(features, features.Columns));
        Blocks = [_block];
    }

    /// <inheritdoc/>
    public IReadOnlyList<WeightBlock> Blocks { get; }

    /// <inheritdoc/>
    public double Evaluate()
    {
        var single = Precision.Reduced;
        double n = _features.Columns;
        single.Round(_block.Weight);
        var residual = single.Product(_block.Weight, _features);
        residual.AddScaled(-1, _targets);
        single.Round(residual);
        double loss = residual.SumOfSquares() / (2 * n);
        residual.Scale(1 / n);
        single.Round(residual);
        single.Product(residual, _features, transposeB: true).CopyTo(_block.Gradient);
        _block.GradientChanged();
        return loss;
    }
}
