using SpecGD.Models.Gpt;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>Gives the parameter of a name.</summary>
internal delegate Parameter ParameterSource(string name);

/// <summary>Attention of one block: <c>qkvo_w</c> (4, d, d) holds the query, key, value and output matrices, out × in each.</summary>
internal sealed class Attention : nn.Module
{
    private readonly Parameter _weight;

    public Attention(int block, ParameterSource parameters)
        : base("attn") => register_parameter("qkvo_w", _weight = parameters(GptShape.AttentionName(block)));

    /// <summary>Heads side by side, times the output matrix; tokens × d.</summary>
    /// <param name="x">norm of the residual stream, tokens × d.</param>
    /// <param name="pass">What the blocks share.</param>
    /// <param name="block">Number of the block.</param>
    public Tensor Forward(Tensor x, GptPass pass, int block)
    {
        using var scope = NewDisposeScope();
        var weight = _weight.to(pass.Precision.Activations);
        long width = x.shape[1];
        var qkv = nn.functional.linear(x, weight.narrow(0, 0, 3).reshape(3 * width, width)).chunk(3, 1);
        var (q, k) = (pass.TurnedHeads(qkv[0]), pass.TurnedHeads(qkv[1]));
        pass.ObserveHeads($"block{block}.attn.q", q);
        pass.ObserveHeads($"block{block}.attn.k", k);
        pass.Observe($"block{block}.attn.v", qkv[2]);
        var mixed = pass.MixedValues(qkv[2], block);
        var heads = pass.Attend(block, q, k, pass.Heads(mixed)).transpose(0, 1).reshape(-1, width);
        pass.Observe($"block{block}.attn.out", heads);
        return nn.functional.linear(heads, weight.select(0, 3)).MoveToOuterDisposeScope();
    }
}

/// <summary>σ(x·c_fc)·c_projᵀ; <c>c_fc</c> is d × 4d (in × out; 8d where the MLP is gated), <c>c_proj</c> d × 4d (out × in).</summary>
internal sealed class Mlp : nn.Module
{
    private readonly GptMlp _kind;
    private readonly Parameter _expand, _project;

    public Mlp(GptMlp kind, int block, ParameterSource parameters)
        : base("mlp")
    {
        _kind = kind;
        register_parameter("c_fc", _expand = parameters(GptShape.ExpandName(block)));
        register_parameter("c_proj", _project = parameters(GptShape.ProjectName(block)));
    }

    /// <summary>tokens × d of tokens × d.</summary>
    public Tensor Forward(Tensor x, GptPass pass, int block)
    {
        using var scope = NewDisposeScope();
        var hidden = x.matmul(_expand.to(pass.Precision.Activations));
        pass.Observe($"block{block}.mlp.c_fc", hidden);
        var active = Activate(hidden);
        pass.Observe($"block{block}.mlp.post", active);
        return nn.functional.linear(active, _project.to(pass.Precision.Activations)).MoveToOuterDisposeScope();
    }

    private Tensor Activate(Tensor hidden)
    {
        if (_kind == GptMlp.ReluSquare)
            return hidden.relu().square();
        var parts = hidden.chunk(2, -1);
        return nn.functional.silu(parts[0]) * parts[1];
    }
}

/// <summary>One block: residual mix, then attention where it has one, then the MLP, each added to the stream.</summary>
internal sealed class GptBlock : nn.Module
{
    private readonly int _index;
    private readonly Attention? _attention;
    private readonly Mlp _mlp;

    public GptBlock(GptShape shape, int index, ParameterSource parameters)
        : base($"blocks.{index}")
    {
        _index = index;
        if (GptShape.HasAttention(index))
            register_module("attn", _attention = new Attention(index, parameters));
        register_module("mlp", _mlp = new Mlp(shape.Mlp, index, parameters));
    }

    /// <summary>The stream behind the block.</summary>
    /// <param name="x">The stream before it, tokens × d.</param>
    /// <param name="skip">In the second half the output of the block that is as far from the middle; else null.</param>
    /// <param name="pass">What the blocks share.</param>
    public Tensor Forward(Tensor x, Tensor? skip, GptPass pass)
    {
        using var scope = NewDisposeScope();
        if (skip is not null)
            x = x + (pass.SkipWeight(_index) * skip);
        var (ofStream, ofStart) = pass.Lambda(_index);
        x = (ofStream * x) + (ofStart * pass.Start);
        var normed = pass.Norm(x);
        pass.Observe($"block{_index}.rms.pre_attn", normed);
        if (_attention is not null)
            x = x + _attention.Forward(normed, pass, _index);
        var ofMlp = pass.Norm(x);
        pass.Observe($"block{_index}.rms.pre_mlp", ofMlp);
        return (x + _mlp.Forward(ofMlp, pass, _index)).MoveToOuterDisposeScope();
    }
}
