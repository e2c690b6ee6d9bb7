using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Attention of a block: softmax(q kᵀ + mask) v, all of them heads × tokens × D; q has the factor 0.12 already. The last argument takes the log-sums that
/// the backward pass needs, heads × tokens × 1, where there is one.
/// </summary>
internal delegate Tensor Attend(int block, Tensor q, Tensor k, Tensor v, Tensor? logSums);

/// <summary>The gradient of that in q, k and v, of the gradient in what it gave; all of them heads × tokens × D.</summary>
internal delegate (Tensor Q, Tensor K, Tensor V) AttendBackward(int block, BlockActivations saved, Tensor gradient);

/// <summary>What the blocks share while tokens go through the model: rotations, what sees what, scalars, value embeddings.</summary>
internal sealed class GptPass(GptShape shape, GptPrecision precision, Action<string, Tensor>? observer)
{
    public GptPrecision Precision { get; } = precision;

    public GptShape Shape { get; } = shape;

    /// <summary>x0: the embedded tokens, normalised, tokens × d.</summary>
    public required Tensor Start { get; init; }

    /// <summary>The factor of that norm, tokens × 1.</summary>
    public required Tensor StartFactor { get; init; }

    /// <summary>The 5L scalars.</summary>
    public required double[] Scalars { get; init; }

    /// <summary>Value vectors ve_j of the tokens, tokens × d each.</summary>
    public required IReadOnlyList<Tensor> Values { get; init; }

    /// <summary>Attention to what each query sees.</summary>
    public required Attend Attend { get; init; }

    /// <summary>Its gradient; a pass without one has no backward pass.</summary>
    public AttendBackward? AttendBackward { get; init; }

    /// <summary>The rotation of every position.</summary>
    public required Rotary Rotary { get; init; }

    /// <summary>Gains of the normalised queries and keys, 2·heads × 1 × 1: the factor on scores, and 1.</summary>
    public required Tensor Gains { get; init; }

    /// <summary>norm(x) = x / √(mean(x²) + ε) over the last axis.</summary>
    public Tensor Norm(Tensor x, out Tensor factor)
    {
        (var y, factor) = RmsNorm.Of(x, Precision);
        return y;
    }

    /// <summary>tokens × (any number of heads · D) as heads × tokens × D, a view.</summary>
    public Tensor Heads(Tensor x) => x.view(x.shape[0], -1, Shape.HeadWidth).transpose(0, 1);

    /// <summary>heads × tokens × D as tokens × (heads · D).</summary>
    public static Tensor SideBySide(Tensor heads) => heads.transpose(0, 1).reshape(heads.shape[1], -1);

    /// <summary>A weight in the type of activations.</summary>
    public Tensor Cast(Tensor weight) => weight.to(Precision.Activations);

    /// <summary>Shows an activation matrix, tokens × features.</summary>
    public void Observe(string name, Func<Tensor> activations)
    {
        if (observer is null)
            return;
        using var scope = NewDisposeScope();
        observer(name, activations());
    }
}
