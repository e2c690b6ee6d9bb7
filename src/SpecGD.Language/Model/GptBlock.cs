using SpecGD.Models.Gpt;
using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>Gives the parameter of a name.</summary>
internal delegate Parameter ParameterSource(string name);

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

    /// <summary>The parameters whose gradient is whole after <see cref="Backward"/>.</summary>
    public IEnumerable<Parameter> Weights => (_attention is null ? [] : (Parameter[])[_attention.Weight]).Concat([_mlp.Expand, _mlp.Project]);

    /// <summary>The stream behind the block.</summary>
    /// <param name="x">The stream before it, tokens × d.</param>
    /// <param name="skip">In the second half the output of the block that is as far from the middle; else null.</param>
    /// <param name="pass">What the blocks share.</param>
    /// <param name="saved">Takes what <see cref="Backward"/> needs; null where there will be none.</param>
    public Tensor Forward(Tensor x, Tensor? skip, GptPass pass, BlockActivations? saved)
    {
        using var scope = NewDisposeScope();
        if (skip is not null)
            x = x.Plus(skip, pass.Scalars[pass.Shape.SkipAt(_index)]);
        saved?.Stream = x;
        x = Mixed(x, pass);
        var normed = pass.Norm(x, out var factor);
        saved?.StreamFactor = factor;
        pass.Observe($"block{_index}.rms.pre_attn", () => normed);
        if (_attention is not null)
            x = x.Increase(_attention.Forward(normed, pass, _index, saved));
        saved?.Middle = x;
        var ofMlp = pass.Norm(x, out factor);
        saved?.MiddleFactor = factor;
        pass.Observe($"block{_index}.rms.pre_mlp", () => ofMlp);
        return _mlp.Forward(ofMlp, pass, _index, saved).Increase(x).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in the stream before the block; that of the weights is added to theirs.</summary>
    /// <param name="gradient">In the stream behind the block, tokens × d; overwritten.</param>
    /// <param name="skip">What was skipped to the block in the forward pass.</param>
    /// <param name="pass">What the blocks share.</param>
    /// <param name="saved">Of the forward pass.</param>
    /// <param name="gradients">Of what blocks share.</param>
    public Tensor Backward(Tensor gradient, (int Source, Tensor Output)? skip, GptPass pass, BlockActivations saved, GptGradients gradients)
    {
        using var scope = NewDisposeScope();
        var middle = RmsNorm.Again(saved.Middle, saved.MiddleFactor, pass.Precision);
        gradient.Increase(RmsNorm.Backward(middle, saved.MiddleFactor, _mlp.Backward(gradient, middle, pass, saved), pass.Precision));
        if (_attention is not null)
        {
            using var mixed = Mixed(saved.Stream, pass);
            var normed = RmsNorm.Again(mixed, saved.StreamFactor, pass.Precision);
            var ofAttention = _attention.Backward(gradient, normed, pass, _index, saved, gradients);
            gradient.Increase(RmsNorm.Backward(normed, saved.StreamFactor, ofAttention, pass.Precision));
        }
        int lambda = pass.Shape.LambdaAt(_index);
        gradients.AddScalar(lambda, gradient, saved.Stream);
        gradients.AddScalar(lambda + 1, gradient, pass.Start);
        gradients.Start.Increase(gradient, pass.Scalars[lambda + 1]);
        gradient.ScaleBy(pass.Scalars[lambda]);
        if (skip is var (source, output))
        {
            gradients.AddScalar(pass.Shape.SkipAt(_index), gradient, output);
            gradients.AddSkipped(source, gradient, pass.Scalars[pass.Shape.SkipAt(_index)]);
        }
        return gradient;
    }

    /// <summary>λ₁ x + λ₂ x0.</summary>
    private Tensor Mixed(Tensor stream, GptPass pass)
    {
        int lambda = pass.Shape.LambdaAt(_index);
        return stream.Times(pass.Scalars[lambda]).Increase(pass.Start, pass.Scalars[lambda + 1]);
    }
}
