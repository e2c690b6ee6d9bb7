using SpecGD.Models.Gpt;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>Attention of one block: <c>qkvo_w</c> (4, d, d) holds the query, key, value and output matrices, out × in each.</summary>
internal sealed class Attention : nn.Module
{
    public Attention(int block, ParameterSource parameters)
        : base("attn") => register_parameter("qkvo_w", Weight = parameters(GptShape.AttentionName(block)));

    public Parameter Weight { get; }

    /// <summary>Heads side by side, times the output matrix; tokens × d.</summary>
    /// <param name="x">norm of the residual stream, tokens × d.</param>
    /// <param name="pass">What the blocks share.</param>
    /// <param name="block">Number of the block.</param>
    /// <param name="saved">Takes what <see cref="Backward"/> needs; null where there will be none.</param>
    public Tensor Forward(Tensor x, GptPass pass, int block, BlockActivations? saved)
    {
        using var scope = NewDisposeScope();
        var weight = pass.Cast(Weight);
        var (queriesKeys, v) = Projected(x, weight, pass, block, saved);
        if (saved is not null)
            (saved.QueriesKeys, saved.MixedValues) = (queriesKeys, v);
        var heads = GptPass.SideBySide(Attended(queriesKeys, v, pass, block, saved));
        pass.Observe($"block{block}.attn.out", () => heads);
        return nn.functional.linear(heads, weight.select(0, 3)).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in x.</summary>
    public Tensor Backward(Tensor gradient, Tensor x, GptPass pass, int block, BlockActivations saved, GptGradients gradients)
    {
        using var scope = NewDisposeScope();
        var weight = pass.Cast(Weight);
        var ofWeight = GptGradients.Of(Weight);
        using var attended = saved.Attended ?? throw new InvalidOperationException("The forward pass did not keep this.");
        GptGradients.AddProduct(ofWeight.select(0, 3), gradient.t(), GptPass.SideBySide(attended.Value.detach()));
        var ofHeads = pass.Heads(gradient.matmul(weight.select(0, 3)));
        var inputs = autograd.grad([attended.Value], [.. attended.Inputs], [ofHeads.contiguous()]);
        saved.Attended = null;
        var projected = ProjectedBackward(inputs, pass, block, saved, gradients);
        long width = x.shape[1];
        GptGradients.AddProduct(ofWeight.narrow(0, 0, 3).view(3 * width, width), projected.t(), x);
        return projected.matmul(weight.narrow(0, 0, 3).reshape(3 * width, width)).MoveToOuterDisposeScope();
    }

    /// <summary>Queries over keys, normalised and turned, and mixed values, heads × tokens × D.</summary>
    private static (Tensor QueriesKeys, Tensor Values) Projected(Tensor x, Tensor weight, GptPass pass, int block, BlockActivations? saved)
    {
        using var scope = NewDisposeScope();
        long width = x.shape[1], heads = pass.Shape.Heads;
        var projected = nn.functional.linear(x, weight.narrow(0, 0, 3).reshape(3 * width, width));
        var (queriesKeys, factor) = RmsNorm.Of(pass.Heads(projected.narrow(1, 0, 2 * width)), pass.Precision, pass.Gains);
        pass.Rotary.Turn(queriesKeys);
        var values = projected.narrow(1, 2 * width, width).contiguous();
        Tensor q = queriesKeys.narrow(0, 0, heads), k = queriesKeys.narrow(0, heads, heads);
        pass.Observe($"block{block}.attn.q", () => GptPass.SideBySide(q / pass.Gains.narrow(0, 0, heads)));
        pass.Observe($"block{block}.attn.k", () => GptPass.SideBySide(k));
        pass.Observe($"block{block}.attn.v", () => values);
        if (saved is not null)
            (saved.QueriesKeysFactor, saved.Values) = (factor, values);
        return (queriesKeys.MoveToOuterDisposeScope(), pass.Heads(Mixed(values, pass, block)).MoveToOuterDisposeScope());
    }

    /// <summary>What the heads give, heads × tokens × D. Where it will be differentiated, libtorch keeps what its own kernel needs for that.</summary>
    private static Tensor Attended(Tensor queriesKeys, Tensor values, GptPass pass, int block, BlockActivations? saved)
    {
        long heads = pass.Shape.Heads;
        if (saved is null)
            return pass.Attend(block, queriesKeys.narrow(0, 0, heads), queriesKeys.narrow(0, heads, heads), values);
        using var scope = NewDisposeScope();
        Tensor[] inputs = [saved.QueriesKeys.narrow(0, 0, heads), saved.QueriesKeys.narrow(0, heads, heads), saved.MixedValues];
        inputs = [.. inputs.Select(input => input.detach().requires_grad_().DetachFromDisposeScope())];
        using var differentiating = enable_grad();
        var value = pass.Attend(block, inputs[0], inputs[1], inputs[2]);
        saved.Attended = new(value.DetachFromDisposeScope(), inputs);
        return value.detach().MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in q, k and v side by side, tokens × 3d, of that in what attention takes.</summary>
    private static Tensor ProjectedBackward(IList<Tensor> inputs, GptPass pass, int block, BlockActivations saved, GptGradients gradients)
    {
        using var scope = NewDisposeScope();
        var ofQueriesKeys = RmsNorm.Backward(saved.QueriesKeys, saved.QueriesKeysFactor, cat([inputs[0], inputs[1]], 0), pass.Precision, pass.Gains);
        pass.Rotary.TurnBack(ofQueriesKeys);
        var ofValues = GptPass.SideBySide(inputs[2]);
        int mix = pass.Shape.ValueMixAt(block);
        gradients.AddScalar(mix, ofValues, saved.Values);
        if (pass.Shape.ValueEmbeddingOf(block) is { } j)
        {
            gradients.AddScalar(mix + 1, ofValues, pass.Values[j]);
            gradients.AddValues(j, ofValues, pass.Scalars[mix + 1]);
        }
        return cat([GptPass.SideBySide(ofQueriesKeys), ofValues * pass.Scalars[mix]], 1).MoveToOuterDisposeScope();
    }

    /// <summary>μ₁ v + μ₂ ve, or μ₁ v where the block has no value embedding.</summary>
    private static Tensor Mixed(Tensor values, GptPass pass, int block)
    {
        int mix = pass.Shape.ValueMixAt(block);
        var mixed = values * pass.Scalars[mix];
        return pass.Shape.ValueEmbeddingOf(block) is { } j ? mixed.add_(pass.Values[j], pass.Scalars[mix + 1]) : mixed;
    }
}
