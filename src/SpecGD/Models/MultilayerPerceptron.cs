using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Models;

/// <summary>
/// A fully connected network without biases on a full batch: A_ℓ = σ(A_{ℓ−1} W_ℓᵀ) for all layers but the last, which is linear, and
/// the mean over samples of the squared error. Activations are samples × features, weights out × in.
/// </summary>
public sealed class MultilayerPerceptron : IModel
{
    private readonly Activation _activation;
    private readonly Matrix<double> _targets, _residual;
    private readonly WeightBlock[] _blocks;

    /// <summary>A_0 = inputs, then the post-activations; the pre-activations Z_ℓ; and the gradients in both, which backward fills.</summary>
    private readonly Matrix<double>[] _activations, _preActivations, _activationGradients, _preActivationGradients;

    /// <summary>The network with copies of <paramref name="weights"/> on the given batch.</summary>
    /// <param name="inputs">x, samples × features.</param>
    /// <param name="targets">y, samples × outputs.</param>
    /// <param name="weights">W_1 … W_L, out × in; for a gated activation every layer but the last puts out twice its width.</param>
    /// <param name="activation">σ.</param>
    /// <exception cref="ArgumentException">The shapes do not chain.</exception>
    public MultilayerPerceptron(Matrix<double> inputs, Matrix<double> targets, IReadOnlyList<Matrix<double>> weights, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(activation);
        _activation = activation;
        _targets = targets;
        int n = inputs.Rows, hidden = weights.Count - 1;
        _residual = new Matrix<double>(n, targets.Columns);
        _activations = new Matrix<double>[weights.Count];
        _activationGradients = new Matrix<double>[weights.Count];
        _preActivations = new Matrix<double>[hidden];
        _preActivationGradients = new Matrix<double>[hidden];
        _blocks = new WeightBlock[weights.Count];
        _activations[0] = inputs;
        for (int layer = 0; layer < weights.Count; layer++)
        {
            var weight = weights[layer];
            if (weight.Columns != _activations[layer].Columns)
                throw new ArgumentException($"W{layer + 1} is {weight}, but {Counted.Of(_activations[layer].Columns, "feature")} enter it.", nameof(weights));
            _blocks[layer] = new WeightBlock($"W{layer + 1}", weight.Clone(), new ActivationMeasurement(_activations[layer], n));
            if (layer == hidden)
                continue;
            if (weight.Rows % activation.Parts != 0)
                throw new ArgumentException(
                    $"W{layer + 1} puts out {Counted.Of(weight.Rows, "value")}, which {activation.Name} cannot split in {activation.Parts}.",
                    nameof(weights));
            _preActivations[layer] = new Matrix<double>(n, weight.Rows);
            _preActivationGradients[layer] = new Matrix<double>(n, weight.Rows);
            _activations[layer + 1] = new Matrix<double>(n, weight.Rows / activation.Parts);
            _activationGradients[layer + 1] = new Matrix<double>(n, weight.Rows / activation.Parts);
        }
        if (weights[hidden].Rows != targets.Columns || targets.Rows != n)
            throw new ArgumentException($"The network puts out {n}×{weights[hidden].Rows} values; the targets are {targets}.", nameof(targets));
    }

    /// <inheritdoc/>
    public IReadOnlyList<WeightBlock> Blocks => _blocks;

    /// <summary>A_ℓ, samples × features: the inputs for ℓ = 0, then the post-activations. Overwritten at every evaluation.</summary>
    public Matrix<double> Activations(int layer) => _activations[layer];

    /// <inheritdoc/>
    public double Evaluate()
    {
        double loss = Forward();
        Backward();
        return loss;
    }

    /// <summary>Computes every A_ℓ and the residual ŷ − y; gives the mean squared error.</summary>
    public double Forward()
    {
        int last = _blocks.Length - 1;
        for (int layer = 0; layer < last; layer++)
        {
            Linear.Multiply(1, _activations[layer], false, _blocks[layer].Weight, true, 0, _preActivations[layer]);
            _activation.Forward(_preActivations[layer], _activations[layer + 1]);
            _blocks[layer + 1].Activation.Changed();
        }
        Linear.Multiply(1, _activations[last], false, _blocks[last].Weight, true, 0, _residual);
        _residual.AddScaled(-1, _targets);
        return _residual.SumOfSquares() / _residual.Rows;
    }

    /// <summary>From ∂L/∂ŷ = 2(ŷ − y)/n back through the layers; writes every G_ℓ = (∂L/∂Z_ℓ)ᵀ A_{ℓ−1}.</summary>
    private void Backward()
    {
        var outputGradient = _residual;
        outputGradient.Scale(2.0 / _residual.Rows);
        for (int layer = _blocks.Length - 1; ; layer--)
        {
            var block = _blocks[layer];
            Linear.Multiply(1, outputGradient, true, _activations[layer], false, 0, block.Gradient);
            block.GradientChanged();
            if (layer == 0)
                return;
            Linear.Multiply(1, outputGradient, false, block.Weight, false, 0, _activationGradients[layer]);
            outputGradient = _preActivationGradients[layer - 1];
            _activation.Backward(_preActivations[layer - 1], _activationGradients[layer], outputGradient);
        }
    }
}
