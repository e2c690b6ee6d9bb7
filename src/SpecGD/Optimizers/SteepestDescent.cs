using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>
/// W ← W − η·(dual norm factor)·D, with the direction D of a geometry for each block and a step size η: gradient descent where every
/// block is Euclidean, SpecGD where the chosen ones are spectral.
/// </summary>
public sealed class SteepestDescent : IOptimizer
{
    private readonly Func<WeightBlock, Geometry> _geometry;
    private readonly StepSize _stepSize;

    /// <summary>The method with one geometry for all blocks.</summary>
    public SteepestDescent(Geometry geometry, StepSize stepSize)
        : this(_ => geometry, stepSize)
    {
    }

    /// <summary>The method with a geometry for each block.</summary>
    public SteepestDescent(Func<WeightBlock, Geometry> geometry, StepSize stepSize)
    {
        _geometry = geometry;
        _stepSize = stepSize;
    }

    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ThreadBudget.Spread(blocks.Count, i => _geometry(blocks[i]).SteepestDirection(blocks[i]));
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        foreach (var block in blocks)
        {
            var geometry = _geometry(block);
            double step = _stepSize.Of(block, geometry) * geometry.DualNormFactor(block);
            block.Weight.AddScaled(-step, geometry.SteepestDirection(block));
        }
    }
}
