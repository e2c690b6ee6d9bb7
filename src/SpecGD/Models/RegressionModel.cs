using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Models;

/// <summary>
/// L(W) = ‖WA − Y‖_F²/(2n) with any targets Y, through the residual: G = (WA − Y)Aᵀ/n. Where Y = W♯A,
/// <see cref="LeastSquaresModel"/> is cheaper and loses no digits near the minimum.
/// </summary>
public sealed class RegressionModel : IModel
{
    private readonly Matrix<double> _features, _targets, _residual;
    private readonly WeightBlock _block;

    /// <summary>The model at W = 0.</summary>
    /// <param name="features">A, features × samples.</param>
    /// <param name="targets">Y, out × samples.</param>
    public RegressionModel(Matrix<double> features, Matrix<double> targets)
    {
        _features = features;
        _targets = targets;
        _residual = new Matrix<double>(targets.Rows, targets.Columns);
        _block = new WeightBlock("W1", new Matrix<double>(targets.Rows, features.Rows), new ActivationMeasurement(features, features.Columns));
        Blocks = [_block];
    }

    /// <inheritdoc/>
    public IReadOnlyList<WeightBlock> Blocks { get; }

    /// <inheritdoc/>
    public double Evaluate()
    {
        double n = _features.Columns;
        Linear.Multiply(1, _block.Weight, false, _features, false, 0, _residual);
        _residual.AddScaled(-1, _targets);
        Linear.Multiply(1 / n, _residual, false, _features, true, 0, _block.Gradient);
        _block.GradientChanged();
        return _residual.SumOfSquares() / (2 * n);
    }
}
