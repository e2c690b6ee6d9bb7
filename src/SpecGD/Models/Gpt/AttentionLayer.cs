using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>What attention keeps of a forward pass for the backward one.</summary>
/// <param name="Qkv">Queries, keys and values before norm, rotary and value mix, tokens × 3d.</param>
/// <param name="Output">Outputs of the heads side by side, tokens × d.</param>
/// <param name="LogSums">Logarithm of each query's sum of exponentials, heads × tokens.</param>
internal sealed record AttentionActivations<T>(Matrix<T> Qkv, Matrix<T> Output, Matrix<T> LogSums)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public AttentionActivations(GptShape shape, int length)
        : this(new Matrix<T>(length, 3 * shape.Width), new Matrix<T>(length, shape.Width), new Matrix<T>(shape.Heads, length))
    {
    }
}

/// <summary>
/// x + attention(norm(x)): queries and keys normalised and rotated head by head, values mixed as μ₁ v + μ₂ ve with the block's value embedding,
/// heads side by side, output projection.
/// </summary>
internal sealed class AttentionLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GptParameters<T> _parameters;
    private readonly AttentionActivations<T> _kept;
    private readonly int _block;
    private readonly int _heads;
    private readonly Matrix<T> _qkv, _dQkv;
    private readonly ParameterMatrix<T> _out;
    private readonly ParameterTensor<T>? _valueEmbedding;

    public AttentionLayer(GptParameters<T> parameters, int block, AttentionActivations<T> kept)
    {
        _parameters = parameters;
        _block = block;
        _kept = kept;
        var shape = parameters.Shape;
        _heads = shape.Heads;
        var stack = parameters.Blocks[block].Attention!;
        _qkv = stack.Value.RowSlice(0, 3 * shape.Width);
        _dQkv = stack.Gradient.RowSlice(0, 3 * shape.Width);
        _out = stack.Matrices[3];
        _valueEmbedding = shape.ValueEmbeddingOf(block) is { } j ? parameters.ValueEmbeddings[j] : null;
    }

    /// <summary>
    /// result ← x + attention(norm(x)), tokens × d. The pass holds norm(x) already: the block took it, to show it also where there is no attention.
    /// </summary>
    public void Forward(Matrix<T> x, Matrix<T> result, GptPass<T> pass)
    {
        Linear.Multiply(T.One, pass.Normed, false, _qkv, true, T.Zero, _kept.Qkv);
        TakeHeads(pass);
        var mask = pass.Mask(_block);
        ThreadBudget.Divide(_heads, head =>
        {
            var (q, k, v, output) = Head(pass, head);
            HeadAttention<T>.Forward(q, k, v, mask, output, _kept.LogSums.Row(head));
        });
        Observe(pass);
        x.CopyTo(result);
        Linear.Multiply(T.One, _kept.Output, false, _out.Value, true, T.One, result);
    }

    /// <summary>dx, the gradient of the result, becomes that of x; the gradients of the parameters are added to.</summary>
    public void Backward(Matrix<T> x, Matrix<T> dx, GptPass<T> pass)
    {
        TakeHeads(pass);
        Linear.Multiply(T.One, dx, true, _kept.Output, false, T.One, _out.Gradient);
        Linear.Multiply(T.One, dx, false, _out.Value, false, T.Zero, pass.DNormed);
        var mask = pass.Mask(_block);
        ThreadBudget.Divide(_heads, head =>
            HeadAttention<T>.Backward(
                Head(pass, head), mask, _kept.LogSums.Row(head), OfHead(pass.DNormed, head, part: 0), HeadGradient(pass, head)));
        ValueMixBackward(pass);
        QueriesAndKeysBackward(pass);
        pass.Normalise(x);
        Linear.Multiply(T.One, pass.DQkv, true, pass.Normed, false, T.One, _dQkv);
        Linear.Multiply(T.One, pass.DQkv, false, _qkv, false, T.Zero, pass.DNormed);
        pass.NormaliseBackward(x, dx);
    }

    /// <summary>From the projections, queries and keys normalised and rotated, and values mixed.</summary>
    private void TakeHeads(GptPass<T> pass) => RowWork.ForEach(_kept.Qkv.Rows, _kept.Qkv.Columns, t =>
    {
        int d = pass.Q.Columns;
        Span<T> qkv = _kept.Qkv.Row(t), mixed = pass.V.Row(t);
        for (int head = 0; head < _heads; head++)
        {
            TakeHead(qkv[..d], pass.Q.Row(t), head, t, pass.Rotary);
            TakeHead(qkv.Slice(d, d), pass.K.Row(t), head, t, pass.Rotary);
        }
        TensorPrimitives.Multiply(qkv[(2 * d)..], Mix(0), mixed);
        if (_valueEmbedding is { } embedding)
            TensorPrimitives.MultiplyAdd(embedding.Value.Row(pass.Inputs[t]), Mix(1), mixed, mixed);
    });

    private void TakeHead(ReadOnlySpan<T> projected, Span<T> taken, int head, int position, Rotary<T> rotary)
    {
        int width = taken.Length / _heads, start = head * width;
        var y = taken.Slice(start, width);
        RmsNorm<T>.Forward(projected.Slice(start, width), y);
        rotary.Forward(position, y);
    }

    /// <summary>The gradient of the mixed values, the last third of DQkv, becomes that of the values; μ and the value embedding get theirs.</summary>
    private void ValueMixBackward(GptPass<T> pass)
    {
        int d = pass.Q.Columns;
        Matrix<T> values = _kept.Qkv.ColumnSlice(2 * d, d), gradient = pass.DQkv.ColumnSlice(2 * d, d);
        var dScalars = _parameters.Scalars.Gradient.AsSpan().Slice(_parameters.Shape.ValueMixAt(_block), 2);
        dScalars[0] += T.CreateChecked(RowWork.Dot(gradient, values));
        if (_valueEmbedding is { } embedding)
        {
            double along = 0;
            for (int t = 0; t < gradient.Rows; t++)
            {
                int token = pass.Inputs[t];
                along += double.CreateChecked(TensorPrimitives.Dot<T>(gradient.Row(t), embedding.Value.Row(token)));
                TensorPrimitives.MultiplyAdd(gradient.Row(t), Mix(1), embedding.Gradient.Row(token), embedding.Gradient.Row(token));
            }
            dScalars[1] += T.CreateChecked(along);
        }
        gradient.Scale(Mix(0));
    }

    /// <summary>Gradients of rotated, normalised queries and keys, the first two thirds of DQkv, become those of the projections.</summary>
    private void QueriesAndKeysBackward(GptPass<T> pass) => RowWork.ForEach(_kept.Qkv.Rows, _kept.Qkv.Columns, t =>
    {
        int width = pass.Q.Columns / _heads;
        Span<T> projected = _kept.Qkv.Row(t), gradient = pass.DQkv.Row(t);
        for (int head = 0; head < 2 * _heads; head++) // the heads of the queries, then those of the keys
        {
            var dy = gradient.Slice(head * width, width);
            pass.Rotary.Backward(t, dy);
            RmsNorm<T>.Backward(projected.Slice(head * width, width), dy, dy);
        }
    });

    private T Mix(int which) => _parameters.Scalars.Value[0, _parameters.Shape.ValueMixAt(_block) + which];

    private HeadTensors<T> Head(GptPass<T> pass, int head) =>
        new(OfHead(pass.Q, head, 0), OfHead(pass.K, head, 0), OfHead(pass.V, head, 0), OfHead(_kept.Output, head, 0));

    private HeadTensors<T> HeadGradient(GptPass<T> pass, int head) =>
        new(OfHead(pass.DQkv, head, 0), OfHead(pass.DQkv, head, 1), OfHead(pass.DQkv, head, 2), default);

    /// <summary>The columns of a head within part 0, 1 or 2 of a matrix whose parts are d wide.</summary>
    private Matrix<T> OfHead(Matrix<T> matrix, int head, int part)
    {
        int width = _qkv.Columns / _heads;
        return matrix.ColumnSlice((part * _qkv.Columns) + (head * width), width);
    }

    private void Observe(GptPass<T> pass)
    {
        if (pass.Observer is not { } observer)
            return;
        observer.Observe($"block{_block}.attn.q", pass.Q);
        observer.Observe($"block{_block}.attn.k", pass.K);
        observer.Observe($"block{_block}.attn.v", _kept.Qkv.ColumnSlice(2 * pass.Q.Columns, pass.Q.Columns));
        observer.Observe($"block{_block}.attn.out", _kept.Output);
    }
}
