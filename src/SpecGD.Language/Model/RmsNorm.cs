using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>y = x·r with r = s/√(mean(x²) + ε) over the last axis; s is a gain, 1 where none is given.</summary>
internal static class RmsNorm
{
    /// <summary>y, in the type of activations, and r, wide, with 1 in the place of the last axis.</summary>
    public static (Tensor Y, Tensor Factor) Of(Tensor x, GptPrecision precision, Tensor? gain = null)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(precision.Wide);
        var factor = wide.Squared().mean([-1], keepdim: true).IncreaseByNumber(precision.Epsilon).rsqrt_();
        if (gain is not null)
            factor.mul_(gain);
        return ((wide * factor).to(precision.Activations).MoveToOuterDisposeScope(), factor.MoveToOuterDisposeScope());
    }

    /// <summary>y once more, of x and r.</summary>
    public static Tensor Again(Tensor x, Tensor factor, GptPrecision precision) => (x.to(precision.Wide) * factor).to(precision.Activations);

    /// <summary>The gradient in x of that in y: r (g − y·mean(g·y)/s²).</summary>
    public static Tensor Backward(Tensor y, Tensor factor, Tensor gradient, GptPrecision precision, Tensor? gain = null)
    {
        using var scope = NewDisposeScope();
        Tensor wide = y.to(precision.Wide), g = gradient.to(precision.Wide);
        var mean = (g * wide).mean([-1], keepdim: true);
        if (gain is not null)
            mean.div_(gain.Squared());
        return g.PlusProduct(wide, mean, -1).mul_(factor).to(precision.Activations).MoveToOuterDisposeScope();
    }
}
