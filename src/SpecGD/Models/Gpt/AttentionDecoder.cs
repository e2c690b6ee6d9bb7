using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>Attention of one block for a few new tokens over the keys and values of all that they see.</summary>
internal sealed class AttentionDecoder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _width, _heads, _window;
    private readonly KeyValueCache<T> _cache;
    private readonly Matrix<T> _projection, _out, _qkv, _output;
    private readonly Matrix<T>? _valueEmbedding;
    private readonly T _valueMix, _embeddingMix;

    /// <summary>Attention at the beginning of a text.</summary>
    /// <param name="parameters">The parameters, which must not change meanwhile.</param>
    /// <param name="block">The block, which has attention.</param>
    /// <param name="window">Its window in blocks of 128 tokens.</param>
    /// <param name="longest">Most tokens of one call.</param>
    public AttentionDecoder(GptParameters<T> parameters, int block, int window, int longest)
    {
        var shape = parameters.Shape;
        (_width, _heads, _window) = (shape.Width, shape.Heads, window);
        _cache = new KeyValueCache<T>(_width, window);
        var stack = parameters.Blocks[block].Attention!;
        _projection = stack.Value.RowSlice(0, 3 * _width);
        _out = stack.Matrices[3].Value;
        _valueEmbedding = shape.ValueEmbeddingOf(block) is { } j ? parameters.ValueEmbeddings[j].Value : null;
        var mix = parameters.Scalars.Value.AsSpan().Slice(parameters.Shape.ValueMixAt(block), 2);
        (_valueMix, _embeddingMix) = (mix[0], mix[1]);
        _qkv = new Matrix<T>(longest, 3 * _width);
        _output = new Matrix<T>(longest, _width);
    }

    /// <summary>result ← attention(normed), tokens × d; keys and values of the tokens are kept.</summary>
    public void Forward(Matrix<T> normed, DecodedPiece<T> piece, Matrix<T> result)
    {
        Matrix<T> qkv = _qkv.RowSlice(0, piece.Count), output = _output.RowSlice(0, piece.Count);
        FewRows.Multiply(normed, _projection, true, qkv);
        var (keys, values) = _cache.Append(piece.Count);
        for (int t = 0; t < piece.Count; t++)
            Take(qkv.Row(t), piece, t, keys.Row(t), values.Row(t));
        RowWork.ForEach(piece.Count, _width * AttentionMask.BlockSize, t => Attend(qkv.Row(t)[.._width], piece, t, output.Row(t)));
        FewRows.Multiply(output, _out, true, result);
    }

    /// <summary>Queries and keys normalised and rotated head by head, values mixed with the token's value embedding.</summary>
    private void Take(Span<T> qkv, DecodedPiece<T> piece, int t, Span<T> key, Span<T> value)
    {
        int head = _width / _heads;
        for (int start = 0; start < 2 * _width; start += head) // the heads of the queries, then those of the keys
        {
            var part = qkv.Slice(start, head);
            RmsNorm<T>.Forward(part, part);
            piece.Rotary.Forward(piece.First + t, part);
        }
        qkv.Slice(_width, _width).CopyTo(key);
        TensorPrimitives.Multiply(qkv[(2 * _width)..], _valueMix, value);
        if (_valueEmbedding is { } embedding)
            TensorPrimitives.MultiplyAdd(embedding.Row(piece.Tokens[t]), _embeddingMix, value, value);
    }

    /// <summary>output ← Σ softmax(0.12 q·k) v over the keys that the query sees, head by head.</summary>
    private void Attend(ReadOnlySpan<T> query, DecodedPiece<T> piece, int t, Span<T> output)
    {
        int last = piece.First + t, first = AttentionMask.FirstKey(last, piece.DocumentStart(t), _window), head = _width / _heads;
        var (keys, values) = _cache.Range(first, last);
        using var lease = MatrixPool<T>.Rent(1, _window < 1 ? AttentionMask.BlockSize : _window * AttentionMask.BlockSize);
        var p = lease.Matrix.Row(0)[..keys.Rows];
        output.Clear();
        for (int start = 0; start < _width; start += head)
        {
            for (int k = 0; k < p.Length; k++)
                p[k] = HeadAttention<T>.Scale * TensorPrimitives.Dot(query.Slice(start, head), keys.Row(k).Slice(start, head));
            TensorPrimitives.Subtract(p, TensorPrimitives.Max<T>(p), p);
            TensorPrimitives.Exp<T>(p, p);
            TensorPrimitives.Divide(p, TensorPrimitives.Sum<T>(p), p);
            var mixed = output.Slice(start, head);
            for (int k = 0; k < p.Length; k++)
                TensorPrimitives.MultiplyAdd(values.Row(k).Slice(start, head), p[k], mixed, mixed);
        }
    }
}
