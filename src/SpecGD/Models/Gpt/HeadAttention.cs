using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Models.Gpt;

/// <summary>
/// Masked softmax attention of one head, a block of queries at a time against the range of keys that the mask admits. Only the logarithm of each
/// query's sum of exponentials is kept; the backward pass computes the probabilities again.
/// </summary>
internal static class HeadAttention<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The factor on scores q·k.</summary>
    public static readonly T Scale = T.CreateChecked(0.12);

    /// <summary>output ← softmax(0.12 q kᵀ + mask) v.</summary>
    /// <param name="q">Queries, T × D.</param>
    /// <param name="k">Keys, T × D.</param>
    /// <param name="v">Values, T × D.</param>
    /// <param name="mask">The keys that each query sees.</param>
    /// <param name="output">T × D.</param>
    /// <param name="logSums">For each query log Σ exp(score), kept for the backward pass.</param>
    public static void Forward(Matrix<T> q, Matrix<T> k, Matrix<T> v, AttentionMask mask, Matrix<T> output, Span<T> logSums)
    {
        using var lease = MatrixPool<T>.Rent(AttentionMask.BlockSize, mask.LongestRange);
        for (int block = 0; block < mask.Blocks; block++)
        {
            var range = new BlockRange(mask, block);
            var p = lease.Matrix.ColumnSlice(0, range.Keys);
            Linear.Multiply(Scale, range.OfQueries(q), false, range.OfKeys(k), true, T.Zero, p);
            for (int i = 0; i < p.Rows; i++)
            {
                var seen = ClearUnseen(p.Row(i), range, mask, i);
                T largest = TensorPrimitives.Max<T>(seen);
                TensorPrimitives.Subtract(seen, largest, seen);
                TensorPrimitives.Exp<T>(seen, seen);
                T sum = TensorPrimitives.Sum<T>(seen);
                TensorPrimitives.Divide(seen, sum, seen);
                logSums[range.FirstQuery + i] = largest + T.Log(sum);
            }
            Linear.Multiply(T.One, p, false, range.OfKeys(v), false, T.Zero, range.OfQueries(output));
        }
    }

    /// <summary>
    /// What the gradient of the output means for q, k and v: with P the probabilities, dv = Pᵀ do, dS = P ∘ (do vᵀ − ⟨do, o⟩), dq = 0.12 dS k,
    /// dk = 0.12 dSᵀ q. The three destinations are overwritten.
    /// </summary>
    public static void Backward(HeadTensors<T> head, AttentionMask mask, ReadOnlySpan<T> logSums, Matrix<T> dOutput, HeadTensors<T> gradient)
    {
        gradient.K.Fill(T.Zero);
        gradient.V.Fill(T.Zero);
        using var probabilityLease = MatrixPool<T>.Rent(AttentionMask.BlockSize, mask.LongestRange);
        using var scoreLease = MatrixPool<T>.Rent(AttentionMask.BlockSize, mask.LongestRange);
        for (int block = 0; block < mask.Blocks; block++)
        {
            var range = new BlockRange(mask, block);
            Matrix<T> p = probabilityLease.Matrix.ColumnSlice(0, range.Keys), ds = scoreLease.Matrix.ColumnSlice(0, range.Keys);
            var dOut = range.OfQueries(dOutput);
            var output = range.OfQueries(head.Output);
            Linear.Multiply(Scale, range.OfQueries(head.Q), false, range.OfKeys(head.K), true, T.Zero, p);
            Linear.Multiply(T.One, dOut, false, range.OfKeys(head.V), true, T.Zero, ds);
            for (int i = 0; i < p.Rows; i++)
            {
                var seen = ClearUnseen(p.Row(i), range, mask, i);
                TensorPrimitives.Subtract(seen, logSums[range.FirstQuery + i], seen);
                TensorPrimitives.Exp<T>(seen, seen);
                var dSeen = ClearUnseen(ds.Row(i), range, mask, i);
                TensorPrimitives.Subtract(dSeen, TensorPrimitives.Dot<T>(dOut.Row(i), output.Row(i)), dSeen);
                TensorPrimitives.Multiply<T>(dSeen, seen, dSeen);
            }
            Linear.Multiply(T.One, p, true, dOut, false, T.One, range.OfKeys(gradient.V));
            Linear.Multiply(Scale, ds, false, range.OfKeys(head.K), false, T.Zero, range.OfQueries(gradient.Q));
            Linear.Multiply(Scale, ds, true, range.OfQueries(head.Q), false, T.One, range.OfKeys(gradient.K));
        }
    }

    /// <summary>Zeros where query <paramref name="i"/> of the block does not look, and the part of its row where it does.</summary>
    private static Span<T> ClearUnseen(Span<T> row, BlockRange range, AttentionMask mask, int i)
    {
        int query = range.FirstQuery + i, first = mask.FirstKey(query) - range.FirstKey, end = query + 1 - range.FirstKey;
        row[..first].Clear();
        row[end..].Clear();
        return row[first..end];
    }

    /// <summary>A block of queries and the range of keys it may see, which ends with the block itself.</summary>
    private readonly struct BlockRange(AttentionMask mask, int block)
    {
        public int FirstQuery { get; } = block * AttentionMask.BlockSize;

        public int FirstKey { get; } = mask.FirstKeyOfBlock(block);

        public int Keys => FirstQuery + AttentionMask.BlockSize - FirstKey;

        public Matrix<T> OfQueries(Matrix<T> matrix) => matrix.RowSlice(FirstQuery, AttentionMask.BlockSize);

        public Matrix<T> OfKeys(Matrix<T> matrix) => matrix.RowSlice(FirstKey, Keys);
    }
}

/// <summary>Queries, keys, values and output of one head, T × D each, or their gradients (then without an output).</summary>
internal readonly record struct HeadTensors<T>(Matrix<T> Q, Matrix<T> K, Matrix<T> V, Matrix<T> Output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
