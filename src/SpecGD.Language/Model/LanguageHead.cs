using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Logits z = x·Wᵀ, capped as 30·sigmoid(z/(7.5·√d)), and their cross-entropy with the next tokens, summed. Works through a slice of the tokens at a
/// time, so that the logits of all are never in memory at once; the gradient of a slice is taken before the next.
/// </summary>
internal static class LanguageHead
{
    private const double Cap = 30, Steepness = 7.5;

    /// <summary>Logits in memory at once.</summary>
    private const long LargestSlice = 1 << 23;

    /// <summary>Σ −log p(target).</summary>
    /// <param name="x">States, tokens × d.</param>
    /// <param name="weight">V × d.</param>
    /// <param name="targets">Tokens.</param>
    /// <param name="precision">Types of the numbers.</param>
    public static double Loss(Tensor x, Tensor weight, Tensor targets, GptPrecision precision)
    {
        double loss = 0;
        foreach (var (from, count) in Slices(x, weight))
        {
            using var scope = NewDisposeScope();
            loss += OfSlice(x.narrow(0, from, count), weight, targets.narrow(0, from, count), precision).ToDouble();
        }
        return loss;
    }

    /// <summary>The same with its gradient in x, tokens × d; that of the weight is added to the weight's.</summary>
    public static (double Loss, Tensor Gradient) LossAndGradient(Tensor x, Parameter weight, Tensor targets, GptPrecision precision)
    {
        double loss = 0;
        var gradients = new List<Tensor>();
        foreach (var (from, count) in Slices(x, weight))
        {
            using var scope = NewDisposeScope();
            var slice = x.narrow(0, from, count).detach().requires_grad_();
            var ofSlice = OfSlice(slice, weight, targets.narrow(0, from, count), precision);
            ofSlice.backward();
            loss += ofSlice.ToDouble();
            gradients.Add(slice.grad!.MoveToOuterDisposeScope());
        }
        return (loss, cat(gradients, 0));
    }

    private static Tensor OfSlice(Tensor x, Tensor weight, Tensor targets, GptPrecision precision) =>
        nn.functional.cross_entropy(Logits(x, weight, precision), targets, reduction: nn.Reduction.Sum);

    /// <summary>The capped logits, tokens × V.</summary>
    public static Tensor Logits(Tensor x, Tensor weight, GptPrecision precision)
    {
        var logits = nn.functional.linear(x, weight.to(precision.Activations)).to(precision.Wide);
        return Cap * (logits * (1 / (Steepness * Math.Sqrt(weight.shape[1])))).sigmoid();
    }

    private static IEnumerable<(long From, long Count)> Slices(Tensor x, Tensor weight)
    {
        long rows = Math.Max(1, LargestSlice / weight.shape[0]);
        for (long from = 0; from < x.shape[0]; from += rows)
            yield return (from, Math.Min(rows, x.shape[0] - from));
    }
}
