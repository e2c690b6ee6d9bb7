using SpecGD.Spectral;

namespace SpecGD.Models;

/// <summary>A loss of some weights that can tell its value and its gradient.</summary>
public interface IModel
{
    /// <summary>The weights, in network order, with what is measured of their gradients and activations.</summary>
    IReadOnlyList<WeightBlock> Blocks { get; }

    /// <summary>The loss at the current weights; writes every block's gradient.</summary>
    double Evaluate();
}
