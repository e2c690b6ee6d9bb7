using SpecGD.Training.Gpt;
using SpecGD.Torch;
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
            loss += Loss(x, weight, targets, precision, from, count);
        }
        return loss;
    }

    /// <summary>The same with its gradient in x, tokens × d; that of the weight is added to the weight's.</summary>
    public static (double Loss, Tensor Gradient) LossAndGradient(Tensor x, Parameter weight, Tensor targets, GptPrecision precision)
    {
        using var scope = NewDisposeScope();
        double loss = 0;
        var gradient = empty_like(x);
        var ofWeight = GptGradients.Of(weight);
        var cast = weight.to(precision.Activations);
        foreach (var (from, count) in Slices(x, weight))
        {
            using var slice = NewDisposeScope();
            var part = x.narrow(0, from, count);
            var (sum, ofProducts) = OfSlice(nn.functional.linear(part, cast).to(precision.Wide), targets.narrow(0, from, count), Scale(weight));
            loss += sum;
            ofProducts = ofProducts.to(precision.Activations);
            gradient.narrow(0, from, count).copy_(ofProducts.matmul(cast));
            GptGradients.AddProduct(ofWeight, ofProducts.t(), part);
        }
        return (loss, gradient.MoveToOuterDisposeScope());
    }

    /// <summary>Σ −log p(target) of products z = x·Wᵀ, and its gradient in them: (p − onehot)·30 s (1 − s)·scale with s = sigmoid(scale·z).</summary>
    /// <param name="z">Tokens × V; overwritten.</param>
    /// <param name="targets">Tokens.</param>
    /// <param name="scale">1/(7.5·√d).</param>
    private static (double Loss, Tensor Gradient) OfSlice(Tensor z, Tensor targets, double scale)
    {
        var sigmoid = z.ScaleBy(scale).sigmoid_();
        var p = sigmoid.Times(Cap).softmax(-1); // logits lie in (0, 30): no p is 0
        var places = targets.unsqueeze(1);
        double loss = -p.gather(1, places).log_().sum().ToDouble();
        p.scatter_add_(1, places, empty([targets.shape[0], 1], p.dtype, p.device).FillWith(-1));
        p.mul_(sigmoid);
        return (loss, p.mul_(sigmoid.neg_().IncreaseByNumber(1)).ScaleBy(Cap * scale));
    }

    private static double Loss(Tensor x, Tensor weight, Tensor targets, GptPrecision precision, long from, long count) =>
        nn.functional.cross_entropy(Logits(x.narrow(0, from, count), weight, precision), targets.narrow(0, from, count), reduction: nn.Reduction.Sum).ToDouble();

    /// <summary>The capped logits, tokens × V.</summary>
    public static Tensor Logits(Tensor x, Tensor weight, GptPrecision precision)
    {
        var logits = nn.functional.linear(x, weight.to(precision.Activations)).to(precision.Wide);
        return logits.ScaleBy(Scale(weight)).sigmoid_().ScaleBy(Cap);
    }

    private static double Scale(Tensor weight) => 1 / (Steepness * Math.Sqrt(weight.shape[1]));

    /// <summary>Tokens whose logits are in memory at once.</summary>
    internal static IEnumerable<(long From, long Count)> Slices(Tensor x, Tensor weight)
    {
        long rows = Math.Max(1, GptMemory.LogitsAtOnce / weight.shape[0]);
        for (long from = 0; from < x.shape[0]; from += rows)
            yield return (from, Math.Min(rows, x.shape[0] - from));
    }
}
