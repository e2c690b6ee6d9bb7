using System.Numerics;
using SpecGD.Numerics;

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

    internal override IReadOnlyList<string> StateNames => ["adam.first", "adam.second"];

    internal override PieceUpdater<T> For<T>(Matrix<T> value, Matrix<T> gradient) => new Updater<T>(this, value, gradient);

    private sealed class Updater<T>(AdamRule rule, Matrix<T> value, Matrix<T> gradient) : PieceUpdater<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Matrix<T> _first = new(value.Rows, value.Columns), _second = new(value.Rows, value.Columns);

        public override IReadOnlyList<Matrix<T>> State => [_first, _second];

        public override void Step(int step, double learningRate) =>
            AdamMath.Step(
                value,
                gradient,
                _first,
                _second,
                rule,
                learningRate * AdamMath.BiasCorrection(rule.Beta1, rule.Beta2, step + 1),
                keep: 1 - (learningRate * rule.WeightDecay));
    }
}
