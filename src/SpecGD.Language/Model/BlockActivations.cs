using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// What the backward pass of a block needs of its forward pass, some 12 d numbers a token. What is cheap is computed once more instead: normalised and
/// mixed states, the MLP behind its nonlinearity, the probabilities of attention. The memory is taken once and serves every sequence: tensors that live
/// long between those that do not would leave holes in the heap, several times their size.
/// </summary>
internal sealed class BlockActivations : IDisposable
{
    private readonly List<Tensor> _all = [];

    /// <summary>The stream before λ, with what was skipped to it, tokens × d.</summary>
    public Tensor Stream { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>The stream behind the block, where a later block adds it, tokens × d.</summary>
    public Tensor Output { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>The stream behind attention, tokens × d.</summary>
    public Tensor Middle { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>The factors of the norms before attention and before the MLP, tokens × 1.</summary>
    public Tensor StreamFactor { get => Kept(field); set => field = Keep(field, value); }

    /// <inheritdoc cref="StreamFactor"/>
    public Tensor MiddleFactor { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>Queries over keys, normalised, turned and multiplied by their gains, 2·heads × tokens × D.</summary>
    public Tensor QueriesKeys { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>The factor of their norm, 2·heads × tokens × 1.</summary>
    public Tensor QueriesKeysFactor { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>Values before the mix, tokens × d.</summary>
    public Tensor Values { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>Mixed values, heads × tokens × D.</summary>
    public Tensor MixedValues { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>What the heads gave, heads × tokens × D, with its derivative in q, k and v.</summary>
    public Differentiable? Attended { get; set; }

    /// <summary>The MLP before its nonlinearity, tokens × 4d or 8d.</summary>
    public Tensor Hidden { get => Kept(field); set => field = Keep(field, value); }

    /// <summary>Bytes that are kept, what the heads gave aside.</summary>
    public long Bytes => _all.Sum(tensor => tensor.numel() * tensor.ElementSize);

    public void Dispose()
    {
        Attended?.Dispose();
        foreach (var tensor in _all)
            tensor.Dispose();
    }

    private static Tensor Kept(Tensor? value) => value ?? throw new InvalidOperationException("The forward pass did not keep this.");

    private Tensor Keep(Tensor? place, Tensor value)
    {
        if (place is null)
            _all.Add(place = empty_like(value).DetachFromDisposeScope());
        return place.copy_(value);
    }

    /// <summary>A function's value that can be differentiated in its inputs.</summary>
    internal sealed record Differentiable(Tensor Value, IReadOnlyList<Tensor> Inputs) : IDisposable
    {
        public void Dispose()
        {
            Value.Dispose();
            foreach (var input in Inputs)
                input.Dispose();
        }
    }
}
