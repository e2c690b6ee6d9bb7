using System.Text.Json.Nodes;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>Two optimizers that share a model's blocks: the first takes those that a rule admits, the second the rest.</summary>
/// <param name="admits">The rule of the first.</param>
/// <param name="first">Updates the blocks admitted.</param>
/// <param name="rest">Updates the others.</param>
public sealed class PartitionedOptimizer(Func<WeightBlock, bool> admits, IOptimizer first, IOptimizer rest) : IOptimizer
{
    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        first.Propose([.. blocks.Where(admits)]);
        rest.Propose([.. blocks.Where(block => !admits(block))]);
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        first.Apply([.. blocks.Where(admits)]);
        rest.Apply([.. blocks.Where(block => !admits(block))]);
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonObject { ["first"] = first.CaptureState(), ["rest"] = rest.CaptureState() };

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state["first"] is { } ofFirst)
            first.RestoreState(ofFirst);
        if (state["rest"] is { } ofRest)
            rest.RestoreState(ofRest);
    }
}
