using SpecGD.Models.Gpt;
using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>σ(x·c_fc)·c_projᵀ; <c>c_fc</c> is d × 4d (in × out; 8d where the MLP is gated), <c>c_proj</c> d × 4d (out × in).</summary>
internal sealed class Mlp : nn.Module
{
    private readonly GptMlp _kind;

    public Mlp(GptMlp kind, int block, ParameterSource parameters)
        : base("mlp")
    {
        _kind = kind;
        register_parameter("c_fc", Expand = parameters(GptShape.ExpandName(block)));
        register_parameter("c_proj", Project = parameters(GptShape.ProjectName(block)));
    }

    public Parameter Expand { get; }

    public Parameter Project { get; }

    /// <summary>tokens × d of tokens × d.</summary>
    public Tensor Forward(Tensor x, GptPass pass, int block, BlockActivations? saved)
    {
        using var scope = NewDisposeScope();
        var hidden = x.matmul(pass.Cast(Expand));
        saved?.Hidden = hidden;
        pass.Observe($"block{block}.mlp.c_fc", () => hidden);
        var active = Active(hidden);
        pass.Observe($"block{block}.mlp.post", () => active);
        return nn.functional.linear(active, pass.Cast(Project)).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in x.</summary>
    public Tensor Backward(Tensor gradient, Tensor x, GptPass pass, BlockActivations saved)
    {
        using var scope = NewDisposeScope();
        Tensor hidden;
        using (var active = Active(saved.Hidden))
            GptGradients.AddProduct(GptGradients.Of(Project), gradient.t(), active);
        using (var ofActive = gradient.matmul(pass.Cast(Project)))
            hidden = ActiveBackward(saved.Hidden, ofActive);
        GptGradients.AddProduct(GptGradients.Of(Expand), x.t(), hidden);
        return hidden.matmul(pass.Cast(Expand).t()).MoveToOuterDisposeScope();
    }

    private Tensor Active(Tensor hidden)
    {
        if (_kind == GptMlp.ReluSquare)
        {
            var rectified = hidden.relu();
            return rectified.mul_(rectified);
        }
        using var scope = NewDisposeScope();
        var parts = hidden.chunk(2, -1);
        return nn.functional.silu(parts[0]).mul_(parts[1]).MoveToOuterDisposeScope();
    }

    private Tensor ActiveBackward(Tensor hidden, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        if (_kind == GptMlp.ReluSquare)
            return hidden.relu().mul_(gradient).ScaleBy(2).MoveToOuterDisposeScope();
        var parts = hidden.chunk(2, -1);
        Tensor gate = parts[0], sigmoid = gate.sigmoid(), silu = gate * sigmoid;
        var slope = (silu * sigmoid.neg().IncreaseByNumber(1)).Increase(sigmoid);
        return cat([gradient * parts[1] * slope, gradient * silu], -1).MoveToOuterDisposeScope();
    }
}
