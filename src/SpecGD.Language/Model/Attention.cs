using SpecGD.Models.Gpt;
using SpecGD.Torch;
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
        long count = pass.Shape.Heads;
        var heads = GptPass.SideBySide(pass.Attend(block, queriesKeys.narrow(0, 0, count), queriesKeys.narrow(0, count, count), v, saved?.LogSums));
        if (saved is not null)
            (saved.QueriesKeys, saved.MixedValues, saved.Heads) = (queriesKeys, v, heads);
        pass.Observe($"block{block}.attn.out", () => heads);
        return nn.functional.linear(heads, weight.select(0, 3)).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in x.</summary>
    public Tensor Backward(Tensor gradient, Tensor x, GptPass pass, int block, BlockActivations saved, GptGradients gradients)
    {
        using var scope = NewDisposeScope();
        var weight = pass.Cast(Weight);
        var ofWeight = GptGradients.Of(Weight);
        GptGradients.AddProduct(ofWeight.select(0, 3), gradient.t(), saved.Heads);
        var ofHeads = pass.Heads(gradient.matmul(weight.select(0, 3)));
        var attend = pass.AttendBackward ?? throw new InvalidOperationException("This pass has no backward pass.");
        var (ofQueries, ofKeys, ofMixed) = attend(block, saved, ofHeads);
        var projected = ProjectedBackward(cat([ofQueries, ofKeys], 0), ofMixed, pass, block, saved, gradients);
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

    /// <summary>The gradient in q, k and v side by side, tokens × 3d, of that in what attention takes.</summary>
    private static Tensor ProjectedBackward(Tensor ofQueriesAndKeys, Tensor ofMixed, GptPass pass, int block, BlockActivations saved, GptGradients gradients)
    {
        using var scope = NewDisposeScope();
        var ofQueriesKeys = RmsNorm.Backward(saved.QueriesKeys, saved.QueriesKeysFactor, ofQueriesAndKeys, pass.Precision, pass.Gains);
        pass.Rotary.TurnBack(ofQueriesKeys);
        var ofValues = GptPass.SideBySide(ofMixed);
        int mix = pass.Shape.ValueMixAt(block);
        gradients.AddScalar(mix, ofValues, saved.Values);
        if (pass.Shape.ValueEmbeddingOf(block) is { } j)
        {
            gradients.AddScalar(mix + 1, ofValues, pass.Values[j]);
            gradients.AddValues(j, ofValues, pass.Scalars[mix + 1]);
        }
        return cat([GptPass.SideBySide(ofQueriesKeys), ofValues.Times(pass.Scalars[mix])], 1).MoveToOuterDisposeScope();
    }

    /// <summary>μ₁ v + μ₂ ve, or μ₁ v where the block has no value embedding.</summary>
    private static Tensor Mixed(Tensor values, GptPass pass, int block)
    {
        int mix = pass.Shape.ValueMixAt(block);
        var mixed = values.Times(pass.Scalars[mix]);
        return pass.Shape.ValueEmbeddingOf(block) is { } j ? mixed.Increase(pass.Values[j], pass.Scalars[mix + 1]) : mixed;
    }
}
