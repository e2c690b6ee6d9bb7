using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>
/// Turns gradients into steps in two moves, so that everything is read at one iterate before anything changes: <see cref="Propose"/> computes the
/// steps of all blocks, <see cref="Apply"/> takes them.
/// </summary>
public interface IOptimizer : IStateful
{
    /// <summary>Computes the step of every block from its gradient; changes no weight.</summary>
    void Propose(IReadOnlyList<WeightBlock> blocks);

    /// <summary>Takes the proposed steps.</summary>
    void Apply(IReadOnlyList<WeightBlock> blocks);
}

/// <summary>What every optimizer can do besides.</summary>
public static class OptimizerSteps
{
    /// <summary>Proposes and takes a step of every block, where nobody needs to look in between.</summary>
    /// <param name="optimizer">The optimizer; blocks keep their names from step to step.</param>
    /// <param name="blocks">The weights with their gradients of now; the weights are changed.</param>
    public static void Step(this IOptimizer optimizer, params IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        optimizer.Propose(blocks);
        optimizer.Apply(blocks);
    }
}
