using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>
/// An update of one parameter, entry by entry. TorchSharp's own optimizers leave numbers to a finalizer that may free them too early (<see cref="HeldNumbers"/>); these do not.
/// </summary>
internal abstract class VectorwiseUpdate(Parameter weight) : IDisposable
{
    /// <summary>The parameter.</summary>
    public Parameter Weight { get; } = weight;

    /// <summary>One step where the parameter has a gradient.</summary>
    public void Step(double rate)
    {
        using var scope = NewDisposeScope();
        if (Weight.grad is { } gradient)
            Step(gradient, rate);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>One step.</summary>
    protected abstract void Step(Tensor gradient, double rate);
}

/// <summary>SGD with momentum 0.9: m ← 0.9 m + G, W ← W − lr m.</summary>
internal sealed class MomentumUpdate(Parameter weight) : VectorwiseUpdate(weight)
{
    private const double Momentum = 0.9;

    private readonly Tensor _momentum = zeros_like(weight).DetachFromDisposeScope();

    /// <inheritdoc/>
    public override void Dispose() => _momentum.Dispose();

    /// <inheritdoc/>
    protected override void Step(Tensor gradient, double rate)
    {
        _momentum.ScaleBy(Momentum).Increase(gradient);
        Weight.Increase(_momentum, -rate);
    }
}

/// <summary>Adam with β = (0.9, 0.95), ε = 1e-8 and no weight decay: m ← β₁m + (1−β₁)G, v ← β₂v + (1−β₂)G², W ← W − lr m̂/(√v̂ + ε).</summary>
internal sealed class AdamUpdate(Parameter weight) : VectorwiseUpdate(weight)
{
    private const double Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8;

    private readonly Tensor _first = zeros_like(weight).DetachFromDisposeScope(), _second = zeros_like(weight).DetachFromDisposeScope();
    private int _steps;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <inheritdoc/>
    protected override void Step(Tensor gradient, double rate)
    {
        _steps++;
        _first.ScaleBy(Beta1).Increase(gradient, 1 - Beta1);
        _second.ScaleBy(Beta2).IncreaseByProduct(gradient, gradient, 1 - Beta2);
        double first = 1 - Math.Pow(Beta1, _steps), second = 1 - Math.Pow(Beta2, _steps);
        var size = _second.DividedBy(second).sqrt_().IncreaseByNumber(Epsilon);
        Weight.Increase(_first.div(size), -rate / first);
    }
}
