using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>Attention of a block: softmax(0.12 q kᵀ + mask) v, all of them heads × tokens × D.</summary>
internal delegate Tensor Attend(int block, Tensor q, Tensor k, Tensor v);

/// <summary>What the blocks share while tokens go through the model: rotations, what sees what, scalars, value embeddings.</summary>
internal sealed class GptPass(GptShape shape, GptPrecision precision, Action<string, Tensor>? observer)
{
    public GptPrecision Precision { get; } = precision;

    /// <summary>x0: the embedded tokens, normalised, tokens × d.</summary>
    public required Tensor Start { get; init; }

    /// <summary>The 5L scalars.</summary>
    public required Tensor Scalars { get; init; }

    /// <summary>Value vectors ve_j of the tokens, tokens × d each.</summary>
    public required IReadOnlyList<Tensor> Values { get; init; }

    /// <summary>Attention to what each query sees.</summary>
    public required Attend Attend { get; init; }

    /// <summary>cos θ and sin θ of every position.</summary>
    public required (Tensor Cos, Tensor Sin) Angles { get; init; }

    /// <summary>norm(x) = x / √(mean(x²) + ε) over the last axis.</summary>
    public Tensor Norm(Tensor x) => Norm(x, Precision);

    /// <inheritdoc cref="Norm(Tensor)"/>
    public static Tensor Norm(Tensor x, GptPrecision precision)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(precision.Wide);
        return (wide * (wide.square().mean([-1], keepdim: true) + precision.Epsilon).rsqrt()).to(precision.Activations).MoveToOuterDisposeScope();
    }

    /// <summary>tokens × d as heads × tokens × D.</summary>
    public Tensor Heads(Tensor x) => x.view(-1, shape.Heads, shape.HeadWidth).transpose(0, 1);

    /// <summary>Queries or keys by heads, normalised and turned.</summary>
    public Tensor TurnedHeads(Tensor x) => Rotary.Turn(Norm(Heads(x)).to(Precision.Wide), Angles.Cos, Angles.Sin).to(Precision.Activations);

    /// <summary>μ₁ v + μ₂ ve, or μ₁ v where the block has no value embedding.</summary>
    public Tensor MixedValues(Tensor v, int block)
    {
        int at = (3 * shape.Layers) + (2 * block);
        var mixed = Scalars[at] * v;
        return shape.ValueEmbeddingOf(block) is { } j ? mixed + (Scalars[at + 1] * Values[j]) : mixed;
    }

    public Tensor SkipWeight(int block) => Scalars[block - (shape.Layers / 2)];

    public (Tensor OfStream, Tensor OfStart) Lambda(int block) => (Scalars[shape.Layers + (2 * block)], Scalars[shape.Layers + (2 * block) + 1]);

    /// <summary>Shows an activation matrix, tokens × features.</summary>
    public void Observe(string name, Tensor activations)
    {
        if (observer is null)
            return;
        using var scope = NewDisposeScope();
        observer(name, activations.detach());
    }

    /// <summary>The same of heads × tokens × D, heads side by side.</summary>
    public void ObserveHeads(string name, Tensor heads)
    {
        if (observer is null)
            return;
        using var scope = NewDisposeScope();
        observer(name, heads.detach().transpose(0, 1).reshape(heads.shape[1], -1));
    }
}
