using SpecGD.Models.Gpt;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Continues a text: keys and values of what was read are kept, so that a further token costs one row of every product. Its logits are those of the
/// whole forward pass, because each query's keys follow from what comes before it (<see cref="AttentionMask.FirstKey(int, int, int)"/>).
/// </summary>
public sealed class GptDecoder : IDisposable
{
    /// <summary>Tokens that go through the layers together while a prompt is read.</summary>
    private const int LongestPiece = AttentionMask.BlockSize;

    private readonly Gpt _model;
    private readonly int _window;
    private readonly KeyValueCache?[] _caches;
    private int _documentStart;

    /// <summary>A decoder at the beginning of a text.</summary>
    /// <param name="model">The model, whose parameters must not change meanwhile.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    public GptDecoder(Gpt model, int window)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _window) = (model, window);
        _caches = [.. Enumerable.Range(0, model.Shape.Layers).Select(i => GptShape.HasAttention(i) ? new KeyValueCache(WindowOf(i)) : null)];
    }

    /// <summary>Tokens read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Reads tokens behind those read before.</summary>
    /// <returns>The soft-capped logits of what follows the last of them, 1 × V, on the model's device; they are the caller's to dispose of.</returns>
    /// <exception cref="BadInputException">There is no token, or one is outside the vocabulary.</exception>
    public Tensor Read(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            throw new BadInputException("A text to continue needs at least one token.");
        using var without = no_grad();
        while (true)
        {
            int count = Math.Min(tokens.Length, LongestPiece);
            using var scope = NewDisposeScope();
            var x = Piece(tokens[..count]);
            tokens = tokens[count..];
            if (tokens.IsEmpty)
                return _model.Logits(x.narrow(0, count - 1, 1)).MoveToOuterDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cache in _caches)
            cache?.Dispose();
    }

    private int WindowOf(int block) => _model.Shape.HasLongWindow(block) ? _window : _window / 2;

    private Tensor Piece(ReadOnlySpan<int> tokens)
    {
        var read = _model.Tokens(tokens);
        int first = Position;
        int[] documents = new int[tokens.Length];
        for (int t = 0; t < tokens.Length; t++)
        {
            if (tokens[t] == _model.Shape.EndOfText)
                _documentStart = first + t;
            documents[t] = _documentStart;
        }
        Position += tokens.Length;
        return _model.Forward(read, first, (block, q, k, v, _) => Attention(block, q, k, v, first, documents));
    }

    private Tensor Attention(int block, Tensor q, Tensor k, Tensor v, int position, int[] documents)
    {
        int window = WindowOf(block);
        int[] firsts = [.. documents.Select((start, t) => AttentionMask.FirstKey(position + t, start, window))];
        int from = firsts.Min();
        var (keys, values) = _caches[block]!.Append(k, v, from);
        var places = HeldNumbers.Range(from, position + documents.Length, ScalarType.Int64, q.device).unsqueeze(0);
        var seen = tensor(firsts, ScalarType.Int64, q.device).unsqueeze(1);
        var own = HeldNumbers.Range(position, position + documents.Length, ScalarType.Int64, q.device).unsqueeze(1);
        return AttentionKernel.Value(q, keys, values, BlockRanges.MaskOf(places.lt(seen).bitwise_or(places.gt(own)), _model.Precision));
    }
}
