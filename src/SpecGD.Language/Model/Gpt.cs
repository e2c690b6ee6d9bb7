using SpecGD.Models.Gpt;
using SpecGD.Spectral;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// The GPT of the modded-NanoGPT snapshot of July 2025, on one sequence at a time. Parameters have the snapshot's names: <c>embed.weight</c>,
/// <c>value_embeds.j.weight</c>, <c>blocks.i.attn.qkvo_w</c>, <c>blocks.i.mlp.c_fc</c>, <c>blocks.i.mlp.c_proj</c>, <c>lm_head.weight</c> and
/// <c>scalars</c> (L skip weights of which L/2 are used, L pairs λ, L pairs μ).
/// </summary>
public sealed class Gpt : nn.Module
{
    private readonly OrderedDictionary<string, Parameter> _weights = [];
    private readonly Parameter _embedding, _head, _scalars;
    private readonly Parameter[] _valueEmbeddings;
    private readonly GptBlock[] _blocks;
    private readonly Rotary _rotary;

    /// <summary>A model whose parameters are all zero.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="precision">Types of its numbers.</param>
    /// <param name="device">Where it lives; every tensor of a pass is made there.</param>
    /// <exception cref="BadInputException">There is no model of that shape.</exception>
    public Gpt(GptShape shape, GptPrecision precision, Device device)
        : this(shape, precision, device, layout => zeros([.. layout.Shape.Select(size => (long)size)], precision.Weights, device))
    {
    }

    /// <summary>A model of given parameters.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="precision">Types of its numbers.</param>
    /// <param name="device">Where it lives; every tensor of a pass is made there.</param>
    /// <param name="values">A tensor for each parameter, of its shape, in the precision's type of weights and on the device.</param>
    /// <exception cref="BadInputException">There is no model of that shape.</exception>
    public Gpt(GptShape shape, GptPrecision precision, Device device, Func<ParameterLayout, Tensor> values)
        : base("gpt")
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(precision);
        ArgumentNullException.ThrowIfNull(values);
        shape.Require();
        (Shape, Precision, Device) = (shape, precision, device);
        foreach (var layout in shape.Layouts())
            _weights.Add(layout.Name, new Parameter(values(layout)));
        _rotary = new Rotary(shape.HeadWidth, precision);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new GptBlock(shape, i, name => _weights[name]))];
        _valueEmbeddings = [.. Enumerable.Range(0, GptShape.ValueEmbeddings).Select(j => _weights[GptShape.ValueEmbeddingName(j)])];
        (_embedding, _head, _scalars) = (_weights[GptShape.EmbeddingName], _weights[GptShape.HeadName], _weights[GptShape.ScalarsName]);
    }

    /// <summary>The model's sizes.</summary>
    public GptShape Shape { get; }

    /// <summary>Types of its numbers.</summary>
    public GptPrecision Precision { get; }

    /// <summary>Where it lives.</summary>
    public Device Device { get; }

    /// <summary>Every parameter by its name, in the order of a checkpoint.</summary>
    public IReadOnlyDictionary<string, Parameter> Weights => _weights;

    /// <summary>The cross-entropy of the targets, summed over the tokens, without a gradient.</summary>
    /// <param name="inputs">T tokens, a multiple of 128.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Is shown each activation matrix, tokens × features, while it exists.</param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not as many targets.</exception>
    public double Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, Action<string, Tensor>? observer = null)
    {
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var x = Forward(inputs, targets.Length, window, observer);
        return LanguageHead.Loss(x, _head, Tokens(targets), Precision);
    }

    /// <summary>The same; its gradient is added to that of the parameters.</summary>
    /// <inheritdoc cref="Loss"/>
    public double LossAndGradient(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, Action<string, Tensor>? observer = null)
    {
        using var scope = NewDisposeScope();
        var x = Forward(inputs, targets.Length, window, observer);
        var (loss, gradient) = LanguageHead.LossAndGradient(x, _head, Tokens(targets), Precision);
        x.backward([gradient]);
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var (_, weight) in _weights)
                weight.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The normalised state that the head multiplies, tokens × d.</summary>
    private Tensor Forward(ReadOnlySpan<int> inputs, int targets, int window, Action<string, Tensor>? observer)
    {
        if (targets != inputs.Length)
            throw new BadInputException($"{Counted.Of(inputs.Length, "token")} {(inputs.Length == 1 ? "needs" : "need")} as many targets; there are {targets}.");
        var mask = new AttentionMask(inputs.Length);
        BlockRanges ofLong = Ranges(mask, inputs, window), ofShort = Ranges(mask, inputs, window / 2);
        return Forward(Tokens(inputs), 0, (block, q, k, v) => (Shape.HasLongWindow(block) ? ofLong : ofShort).Attend(q, k, v), observer);
    }

    /// <summary>The same of tokens from a position on, with any attention.</summary>
    internal Tensor Forward(Tensor tokens, long position, Attend attend, Action<string, Tensor>? observer)
    {
        var embedded = _embedding.index_select(0, tokens).to(Precision.Activations);
        Tensor[] values = [.. _valueEmbeddings.Select(table => table.index_select(0, tokens).to(Precision.Activations))];
        var pass = new GptPass(Shape, Precision, observer)
        {
            Start = GptPass.Norm(embedded, Precision),
            Scalars = _scalars.to(Precision.Activations),
            Values = values,
            Attend = attend,
            Angles = _rotary.Of(position, tokens.shape[0], Device),
        };
        for (int j = 0; j < values.Length; j++)
            pass.Observe($"value_embed{j}", values[j]);
        pass.Observe("embedding", embedded);
        var outputs = new Tensor[Shape.Layers];
        var x = pass.Start;
        for (int i = 0; i < _blocks.Length; i++)
            outputs[i] = x = _blocks[i].Forward(x, Shape.SkipSource(i) is { } source ? outputs[source] : null, pass);
        x = pass.Norm(x);
        pass.Observe("lm_head.pre", x);
        return x;
    }

    /// <summary>The soft-capped logits of states, tokens × V.</summary>
    internal Tensor Logits(Tensor x) => LanguageHead.Logits(x, _head, Precision);

    private BlockRanges Ranges(AttentionMask mask, ReadOnlySpan<int> inputs, int window)
    {
        mask.Set(inputs, Shape.EndOfText, window);
        return BlockRanges.Of(mask, Device);
    }

    internal Tensor Tokens(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
            if ((uint)token >= (uint)Shape.PaddedVocabulary)
                throw new BadInputException($"The token {token} is outside the vocabulary of {Shape.PaddedVocabulary}.");
        long[] indices = new long[tokens.Length];
        for (int t = 0; t < indices.Length; t++)
            indices[t] = tokens[t];
        return tensor(indices, ScalarType.Int64, Device);
    }
}
