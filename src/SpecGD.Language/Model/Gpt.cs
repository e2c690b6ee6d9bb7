using SpecGD.Models.Gpt;
using SpecGD.Spectral;
using SpecGD.Torch;
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
    private BlockActivations[] _saved = [];
    private int _savedLength;

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
        using var scope = NewDisposeScope();
        foreach (var layout in shape.Layouts())
        {
            var weight = new Parameter(values(layout));
            weight.DetachFromDisposeScope();
            _weights.Add(layout.Name, weight);
        }
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
        var (_, x, _) = Forward(Tokens(inputs), 0, Attention(inputs, targets.Length, window), observer, saved: null);
        return LanguageHead.Loss(x, _head, Tokens(targets), Precision);
    }

    /// <summary>The same; its gradient is added to that of the parameters.</summary>
    /// <param name="inputs">T tokens, a multiple of 128.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Is shown each activation matrix, tokens × features, while it exists.</param>
    /// <param name="done">Hears of each parameter when nothing more will be added to its gradient: the head, the blocks from the last on, the rest.</param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not as many targets.</exception>
    public double LossAndGradient(
        ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, Action<string, Tensor>? observer = null, Action<Parameter>? done = null)
    {
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var tokens = Tokens(inputs);
        var saved = Saved(inputs.Length);
        var (pass, x, factor) = Forward(tokens, 0, Attention(inputs, targets.Length, window), observer, saved);
        var (loss, gradient) = LanguageHead.LossAndGradient(x, _head, Tokens(targets), Precision);
        done?.Invoke(_head);
        using var shared = new GptGradients(pass, _scalars);
        gradient = RmsNorm.Backward(x, factor, gradient, Precision);
        for (int i = _blocks.Length - 1; i >= 0; i--)
        {
            shared.TakeSkipped(i, gradient);
            gradient = _blocks[i].Backward(gradient, Skip(i, saved), pass, saved[i], shared);
            foreach (var weight in done is null ? [] : _blocks[i].Weights)
                done!(weight);
        }
        AddToEmbeddings(tokens, gradient.Increase(shared.Start), pass, shared);
        foreach (var weight in done is null ? [] : _valueEmbeddings.Prepend(_scalars).Append(_embedding))
            done!(weight);
        return loss;
    }

    /// <summary>Bytes that the model keeps between passes for its activations.</summary>
    internal long SavedBytes => _saved.Sum(block => block.Bytes);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (_, weight) in _weights)
                weight.Dispose();
            foreach (var saved in _saved)
                saved.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>The normalised state that the head multiplies, tokens × d, of tokens from a position on, with any attention.</summary>
    internal Tensor Forward(Tensor tokens, long position, Attend attend) => Forward(tokens, position, (attend, null), observer: null, saved: null).X;

    private (GptPass Pass, Tensor X, Tensor Factor) Forward(
        Tensor tokens, long position, (Attend Forward, AttendBackward? Backward) attend, Action<string, Tensor>? observer, BlockActivations[]? saved)
    {
        var embedded = LookedUp(_embedding, tokens);
        var (start, startFactor) = RmsNorm.Of(embedded, Precision);
        var pass = new GptPass(Shape, Precision, observer)
        {
            Start = start,
            StartFactor = startFactor,
            Scalars = _scalars.to(ScalarType.Float64).cpu().data<double>().ToArray(),
            Values = [.. _valueEmbeddings.Select(table => LookedUp(table, tokens))],
            Attend = attend.Forward,
            AttendBackward = attend.Backward,
            Rotary = Rotary.Of(Shape.HeadWidth, position, tokens.shape[0], Precision, Device),
            Gains = BlockRanges.Gains(Shape.Heads, Shape.HeadWidth, Precision, Device),
        };
        foreach (var (j, values) in pass.Values.Index())
            pass.Observe($"value_embed{j}", () => values);
        pass.Observe("embedding", () => embedded);
        var skipped = new Tensor[Shape.Layers / 2];
        var x = start;
        for (int i = 0; i < _blocks.Length; i++)
        {
            var before = x;
            x = _blocks[i].Forward(x, Shape.SkipSource(i) is { } source ? skipped[source] : null, pass, saved?[i]);
            if (i >= skipped.Length)
            {
                if (i > skipped.Length)
                    before.Dispose();
                continue;
            }
            skipped[i] = x;
            saved?[i].Output = x;
        }
        x = pass.Norm(x, out var factor);
        pass.Observe("lm_head.pre", () => x);
        return (pass, x, factor);
    }

    /// <summary>The memory of activations, taken anew where sequences have another length than those before.</summary>
    private BlockActivations[] Saved(int length)
    {
        if (length != _savedLength)
        {
            foreach (var saved in _saved)
                saved.Dispose();
            (_saved, _savedLength) = ([.. _blocks.Select((_, i) => new BlockActivations(Shape, i, length, Precision, Device))], length);
        }
        return _saved;
    }

    private Tensor LookedUp(Parameter table, Tensor tokens) => table.index_select(0, tokens).to(Precision.Activations);

    /// <summary>Gradients of looked-up rows, added to those of the tables.</summary>
    private void AddToEmbeddings(Tensor tokens, Tensor ofStart, GptPass pass, GptGradients shared)
    {
        var ofEmbedding = RmsNorm.Backward(pass.Start, pass.StartFactor, ofStart, Precision);
        foreach (var (table, gradient) in _valueEmbeddings.Zip(shared.Values).Append((_embedding, ofEmbedding)))
            if (gradient is not null)
                GptGradients.Of(table).IncreaseAt(0, tokens, gradient.to(table.dtype));
    }

    /// <summary>What was skipped to a block: its source and the stream behind that.</summary>
    private (int Source, Tensor Output)? Skip(int block, BlockActivations[] saved) =>
        Shape.SkipSource(block) is { } source ? (source, saved[source].Output) : null;

    /// <summary>The soft-capped logits of states, tokens × V.</summary>
    internal Tensor Logits(Tensor x) => LanguageHead.Logits(x, _head, Precision);

    private (Attend, AttendBackward) Attention(ReadOnlySpan<int> inputs, int targets, int window)
    {
        if (targets != inputs.Length)
            throw new BadInputException($"{Counted.Of(inputs.Length, "token")} {(inputs.Length == 1 ? "needs" : "need")} as many targets; there are {targets}.");
        var mask = new AttentionMask(inputs.Length);
        BlockRanges ofLong = Ranges(mask, inputs, window), ofShort = Ranges(mask, inputs, window / 2);
        BlockRanges Of(int block) => Shape.HasLongWindow(block) ? ofLong : ofShort;
        return ((block, q, k, v, logSums) => Of(block).Attend(q, k, v, logSums), (block, saved, gradient) => Of(block).AttendBackward(saved, gradient));
    }

    private BlockRanges Ranges(AttentionMask mask, ReadOnlySpan<int> inputs, int window)
    {
        mask.Set(inputs, Shape.EndOfText, window);
        return BlockRanges.Of(mask, Precision, Device);
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
