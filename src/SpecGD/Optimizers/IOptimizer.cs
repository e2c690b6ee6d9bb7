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
