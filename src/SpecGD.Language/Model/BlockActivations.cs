using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// What the backward pass of a block needs of its forward pass, some 12 d numbers a token. What is cheap is computed once more instead: normalised and
/// mixed states, the MLP behind its nonlinearity, scores within their group. The memory is taken before the first sequence and serves every one:
/// tensors that live long between those that do not would leave holes in the heap, several times their size.
/// </summary>
internal sealed class BlockActivations : IDisposable
{
    private readonly List<Tensor> _all = [];
    private readonly Tensor _stream, _middle, _streamFactor, _middleFactor, _hidden;
    private readonly Tensor? _output, _queriesKeys, _queriesKeysFactor, _values, _mixedValues, _heads, _logSums;

    /// <summary>Memory for sequences of one length.</summary>
    public BlockActivations(GptShape shape, int block, long length, GptPrecision precision, Device device)
    {
        long d = shape.Width, heads = shape.Heads;
        (_stream, _middle) = (Take(precision.Activations, length, d), Take(precision.Activations, length, d));
        (_streamFactor, _middleFactor) = (Take(precision.Wide, length, 1), Take(precision.Wide, length, 1));
        _hidden = Take(precision.Activations, length, shape.MlpParts * shape.HiddenWidth);
        if (block < shape.Layers / 2)
            _output = Take(precision.Activations, length, d);
        if (!GptShape.HasAttention(block))
            return;
        (_queriesKeys, _queriesKeysFactor) = (Take(precision.Activations, 2 * heads, length, shape.HeadWidth), Take(precision.Wide, 2 * heads, length, 1));
        (_values, _heads) = (Take(precision.Activations, length, d), Take(precision.Activations, length, d));
        _mixedValues = Take(precision.Activations, length, d).view(length, heads, shape.HeadWidth).transpose(0, 1).DetachFromDisposeScope();
        _all.Add(_mixedValues);
        if (AttentionKernel.TakesLogSums(device))
            _logSums = Take(precision.Wide, heads, length, 1);

        Tensor Take(ScalarType type, params long[] sizes)
        {
            var taken = empty(sizes, type, device).DetachFromDisposeScope();
            _all.Add(taken);
            Bytes += taken.numel() * taken.ElementSize;
            return taken;
        }
    }

    /// <summary>Bytes that are kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>The stream before λ, with what was skipped to it, tokens × d.</summary>
    public Tensor Stream { get => _stream; set => _stream.copy_(value); }

    /// <summary>The stream behind the block, where a later block adds it, tokens × d.</summary>
    public Tensor Output { get => Of(_output); set => Of(_output).copy_(value); }

    /// <summary>The stream behind attention, tokens × d.</summary>
    public Tensor Middle { get => _middle; set => _middle.copy_(value); }

    /// <summary>The factors of the norms before attention and before the MLP, tokens × 1.</summary>
    public Tensor StreamFactor { get => _streamFactor; set => _streamFactor.copy_(value); }

    /// <inheritdoc cref="StreamFactor"/>
    public Tensor MiddleFactor { get => _middleFactor; set => _middleFactor.copy_(value); }

    /// <summary>Queries over keys, normalised, turned and multiplied by their gains, 2·heads × tokens × D.</summary>
    public Tensor QueriesKeys { get => Of(_queriesKeys); set => Of(_queriesKeys).copy_(value); }

    /// <summary>The queries of these, heads × tokens × D.</summary>
    public Tensor Queries => QueriesKeys.narrow(0, 0, QueriesKeys.shape[0] / 2);

    /// <summary>The keys of these, heads × tokens × D.</summary>
    public Tensor Keys => QueriesKeys.narrow(0, QueriesKeys.shape[0] / 2, QueriesKeys.shape[0] / 2);

    /// <summary>log Σₖ exp(score) of every query, heads × tokens × 1; null where the device's backward pass computes it anew.</summary>
    public Tensor? LogSums => _logSums;

    /// <summary>The factor of their norm, 2·heads × tokens × 1.</summary>
    public Tensor QueriesKeysFactor { get => Of(_queriesKeysFactor); set => Of(_queriesKeysFactor).copy_(value); }

    /// <summary>Values before the mix, tokens × d.</summary>
    public Tensor Values { get => Of(_values); set => Of(_values).copy_(value); }

    /// <summary>Mixed values, heads × tokens × D.</summary>
    public Tensor MixedValues { get => Of(_mixedValues); set => Of(_mixedValues).copy_(value); }

    /// <summary>What the heads gave, side by side, tokens × d.</summary>
    public Tensor Heads { get => Of(_heads); set => Of(_heads).copy_(value); }

    /// <summary>The same as heads × tokens × D, a view.</summary>
    public Tensor ValueOfHeads => Heads.view(Heads.shape[0], Queries.shape[0], -1).transpose(0, 1);

    /// <summary>The MLP before its nonlinearity, tokens × 4d or 8d.</summary>
    public Tensor Hidden { get => _hidden; set => _hidden.copy_(value); }

    public void Dispose()
    {
        foreach (var tensor in _all)
            tensor.Dispose();
    }

    private static Tensor Of(Tensor? place) => place ?? throw new InvalidOperationException("The block has no such activations.");
}
