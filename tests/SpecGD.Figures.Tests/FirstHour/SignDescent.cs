using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>W ← W − η sign(∇L(W)).</summary>
public sealed class SignDescent(double learningRate) : IOptimizer
{
    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        // Everything that the step needs is in the gradients, which Apply does not change.
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        foreach (var block in blocks)
            for (int row = 0; row < block.Weight.Rows; row++)
                for (int column = 0; column < block.Weight.Columns; column++)
                    block.Weight[row, column] -= learningRate * Math.Sign(block.Gradient[row, column]);
    }
}
