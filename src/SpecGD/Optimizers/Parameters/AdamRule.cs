using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>
/// Adam: m ← β₁m + (1 − β₁)G, v ← β₂v + (1 − β₂)G², W ← W(1 − lr·wd) − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(√v + ε). The defaults are those of the
/// modded-NanoGPT snapshot.
/// </summary>
public sealed record AdamRule : UpdateRule
{
    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override int StatePerParameter => 2;

    /// <inheritdoc/>
    public override double LearningRate { get; init; } = 0.008;

    /// <summary>β₁, the share of the past in the mean of the gradients.</summary>
    public double Beta1 { get; init; } = 0.8;

    /// <summary>β₂, the share of the past in the mean of their squares.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>ε, added to the root of the second moment, which is not corrected for bias.</summary>
    public double Epsilon { get; init; } = 1e-10;

    internal override TensorUpdater<T> For<T>(ParameterTensor<T> tensor) => new Updater<T>(this, tensor);

    private sealed class Updater<T>(AdamRule rule, ParameterTensor<T> tensor) : TensorUpdater<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Matrix<T> _first = new(tensor.Value.Rows, tensor.Value.Columns), _second = new(tensor.Value.Rows, tensor.Value.Columns);

        public override IEnumerable<(string Name, Matrix<T> Matrix)> State =>
            [($"adam.first.{tensor.Name}", _first), ($"adam.second.{tensor.Name}", _second)];

        public override void Step(int part, int step, double learningRate) =>
            AdamMath.Step(
                tensor.Value,
                tensor.Gradient,
                _first,
                _second,
                rule,
                learningRate * AdamMath.BiasCorrection(rule.Beta1, rule.Beta2, step + 1),
                keep: 1 - (learningRate * rule.WeightDecay));
    }
}
