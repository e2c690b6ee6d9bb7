using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Spectral;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Benchmark;

/// <summary>
/// The straightforward program of the same architecture: every operation as the snapshot writes it, differentiated by libtorch, attention by its own kernel with
/// a mask of T × T, all logits at once. What PyTorch does with eager code on the same libtorch; in double the tests hold the model to it.
/// </summary>
internal sealed class EagerGpt
{
    private const double ScoreScale = 0.12, Cap = 30, Steepness = 7.5;

    private readonly GptShape _shape;
    private readonly GptPrecision _precision;
    private readonly Dictionary<string, Parameter> _weights;
    private readonly Tensor _cos, _sin, _long, _short;
    private readonly int _length;

    /// <summary>A program for one sequence, of any documents.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="precision">Types of its numbers.</param>
    /// <param name="tokens">The sequence.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="values">A tensor for each parameter.</param>
    public EagerGpt(GptShape shape, GptPrecision precision, int[] tokens, int window, Device device, Func<ParameterLayout, Tensor> values)
    {
        (_shape, _precision, _length) = (shape, precision, tokens.Length);
        int length = tokens.Length;
        _weights = shape.Layouts().ToDictionary(layout => layout.Name, layout => new Parameter(values(layout)));
        int turning = shape.HeadWidth / 4;
        var frequencies = cat([linspace(0, 1, turning, precision.Wide, device).mul(Math.Log(1.0 / 1024)).exp(), zeros((shape.HeadWidth / 2) - turning, precision.Wide, device)]);
        var angles = outer(arange(length, precision.Wide, device), frequencies);
        (_cos, _sin) = (angles.cos(), angles.sin());
        (_long, _short) = (Mask(tokens, Math.Max(1, window), device), Mask(tokens, Math.Max(1, window / 2), device));
    }

    /// <summary>The parameters by name.</summary>
    public IReadOnlyDictionary<string, Parameter> Weights => _weights;

    /// <summary>Forward and backward of one document: the loss, summed over the tokens.</summary>
    public double LossAndGradient(Tensor inputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var loss = Loss(inputs, targets);
        loss.backward();
        return loss.ToDouble();
    }

    /// <summary>The soft-capped logits, tokens × V.</summary>
    public Tensor Logits(Tensor inputs)
    {
        var scalars = Of(GptShape.ScalarsName);
        Tensor[] values = [.. Enumerable.Range(0, GptShape.ValueEmbeddings).Select(j => Of(GptShape.ValueEmbeddingName(j)).index_select(0, inputs))];
        var start = Norm(Of(GptShape.EmbeddingName).index_select(0, inputs));
        var x = start;
        var outputs = new Tensor[_shape.Layers];
        for (int i = 0; i < _shape.Layers; i++)
        {
            if (_shape.SkipSource(i) is { } source)
                x = x + (scalars[_shape.SkipAt(i)] * outputs[source]);
            x = (scalars[_shape.LambdaAt(i)] * x) + (scalars[_shape.LambdaAt(i) + 1] * start);
            if (GptShape.HasAttention(i))
                x = x + Attention(Norm(x), i, scalars, values);
            x = x + nn.functional.linear(Active(Norm(x).matmul(Of(GptShape.ExpandName(i)))), Of(GptShape.ProjectName(i)));
            outputs[i] = x;
        }
        var logits = nn.functional.linear(Norm(x), Of(GptShape.HeadName)).to(_precision.Wide);
        return Cap * (logits / (Steepness * Math.Sqrt(_shape.Width))).sigmoid();
    }

    private Tensor Loss(Tensor inputs, Tensor targets) => nn.functional.cross_entropy(Logits(inputs), targets, reduction: nn.Reduction.Sum);

    private Tensor Active(Tensor hidden)
    {
        if (_shape.Mlp == GptMlp.ReluSquare)
            return hidden.relu().square();
        var parts = hidden.chunk(2, -1);
        return nn.functional.silu(parts[0]) * parts[1];
    }

    private Tensor Attention(Tensor x, int block, Tensor scalars, Tensor[] values)
    {
        var qkvo = Of(GptShape.AttentionName(block));
        var qkv = nn.functional.linear(x, qkvo.narrow(0, 0, 3).reshape(3 * _shape.Width, _shape.Width)).view(_length, 3 * _shape.Heads, _shape.HeadWidth).transpose(0, 1).chunk(3, 0);
        int mix = _shape.ValueMixAt(block);
        var v = scalars[mix] * qkv[2];
        if (_shape.ValueEmbeddingOf(block) is { } j)
            v = v + (scalars[mix + 1] * values[j].view(_length, _shape.Heads, _shape.HeadWidth).transpose(0, 1));
        Tensor q = Turned(qkv[0]) * (ScoreScale * Math.Sqrt(_shape.HeadWidth)), k = Turned(qkv[1]);
        var mask = _shape.HasLongWindow(block) ? _long : _short;
        var heads = nn.functional.scaled_dot_product_attention(q.unsqueeze(0), k.unsqueeze(0), v.unsqueeze(0), mask).squeeze(0);
        return nn.functional.linear(heads.transpose(0, 1).reshape(_length, _shape.Width), qkvo.select(0, 3));
    }

    private Tensor Turned(Tensor x)
    {
        var halves = Norm(x).to(_precision.Wide).chunk(2, -1);
        return cat([(halves[0] * _cos) + (halves[1] * _sin), (halves[1] * _cos) - (halves[0] * _sin)], -1).to(_precision.Activations);
    }

    private Tensor Norm(Tensor x)
    {
        var wide = x.to(_precision.Wide);
        return (wide * (wide.square().mean([-1], keepdim: true) + finfo(_precision.Activations).eps).rsqrt()).to(_precision.Activations);
    }

    private Tensor Of(string name) => _weights[name].to(_precision.Activations);

    /// <summary>Causal, within a document, and within a window counted in blocks of 128 tokens.</summary>
    private Tensor Mask(int[] tokens, int window, Device device)
    {
        var document = tensor([.. tokens.Select(token => token == _shape.EndOfText ? 1L : 0L)], ScalarType.Int64, device).cumsum(0);
        var isOther = document.unsqueeze(1).ne(document.unsqueeze(0));
        var at = arange(_length, ScalarType.Int64, device);
        Tensor queries = at.unsqueeze(1), keys = at.unsqueeze(0);
        var firsts = (queries.div(128, RoundingMode.floor) + 1 - window) * 128;
        return zeros([_length, _length], _precision.Activations, device).masked_fill_(keys.gt(queries).bitwise_or(keys.lt(firsts)).bitwise_or(isOther), double.NegativeInfinity);
    }
}
