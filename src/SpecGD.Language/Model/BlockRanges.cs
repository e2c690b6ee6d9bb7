using SpecGD.Models.Gpt;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// The keys that each block of 128 queries attends to, one contiguous range for each. Blocks whose ranges are equally long are computed together;
/// nothing of size T × T exists.
/// </summary>
internal sealed class BlockRanges
{
    /// <summary>The factor on scores q·k.</summary>
    private const double ScoreScale = 0.12;

    /// <summary>Probabilities of one head that are computed together at most: bounds the copies of keys and values that a group takes.</summary>
    private const long LargestGroup = 1 << 21;

    private BlockRanges(IReadOnlyList<Group> groups) => Groups = groups;

    /// <summary>The blocks by the length of their ranges.</summary>
    public IReadOnlyList<Group> Groups { get; }

    /// <summary>Everything that was made for them.</summary>
    public IEnumerable<Tensor> Tensors => Groups.SelectMany(group => group.Tensors);

    /// <summary>The ranges of a sequence under one window.</summary>
    public static BlockRanges Of(AttentionMask mask, GptPrecision precision, Device device)
    {
        const int size = AttentionMask.BlockSize;
        var parts = (from block in Enumerable.Range(0, mask.Blocks)
                     let keys = ((block + 1) * size) - mask.FirstKeyOfBlock(block)
                     group block by keys into alike
                     from some in alike.Chunk((int)Math.Max(1, LargestGroup / ((long)size * alike.Key)))
                     select (Keys: alike.Key, Blocks: some)).ToArray();
        return new BlockRanges([.. parts.Select(part => new Group(mask, part.Blocks, part.Keys, precision, device))]);
    }

    /// <summary>Gains of normalised queries and keys, 2·heads × 1 × 1: 0.12 √D for queries, since the kernel divides by √D, and 1 for keys.</summary>
    public static Tensor Gains(int heads, int headWidth, GptPrecision precision, Device device)
    {
        var gains = ones([2 * heads, 1, 1], precision.Wide, device);
        gains.narrow(0, 0, heads).FillWith(ScoreScale * Math.Sqrt(headWidth));
        return gains;
    }

    /// <summary>softmax(q kᵀ/√D + mask) v, heads × T × D, of queries, keys and values of that shape.</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="logSums">Takes log Σₖ exp(score) of every query, heads × T × 1; null where there is no backward pass that needs it.</param>
    public Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? logSums)
    {
        using var scope = NewDisposeScope();
        var all = Like(q);
        foreach (var group in Groups)
        {
            using var each = NewDisposeScope(); // copies of keys and values are there for one group at a time
            Tensor queries = group.Queries(q), keys = group.Keys(k), values = group.Keys(v);
            if (logSums is null)
            {
                group.PutQueries(all, AttentionKernel.Value(queries, keys, values, group.Mask));
                continue;
            }
            var (value, ofQueries) = AttentionKernel.ValueAndLogSums(queries, keys, values, group.Mask);
            group.PutQueries(all, value);
            group.PutQueries(logSums, ofQueries.unsqueeze(-1));
        }
        return all.MoveToOuterDisposeScope();
    }

    /// <summary>The gradient in q, k and v of that in what <see cref="Attend"/> gave, heads × T × D each.</summary>
    /// <param name="saved">Queries, keys, values and what came of them.</param>
    /// <param name="gradient">In the value, heads × T × D.</param>
    public (Tensor Q, Tensor K, Tensor V) AttendBackward(BlockActivations saved, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor q = saved.Queries, k = saved.Keys, v = saved.MixedValues, value = saved.ValueOfHeads;
        Tensor dq = Like(q).zero_(), dk = Like(k).zero_(), dv = Like(v).zero_();
        foreach (var group in Groups)
        {
            using var each = NewDisposeScope(); // copies of keys and values, and what a derivative needs, are there for one group at a time
            Tensor ofValue = group.Queries(gradient).contiguous(), queries = group.Queries(q), keys = group.Keys(k), values = group.Keys(v);
            var (ofQueries, ofKeys, ofValues) = saved.LogSums is { } logSums
                ? AttentionKernel.Backward(ofValue, queries, keys, values, group.Mask, group.Queries(value), group.Queries(logSums).squeeze(-1))
                : AttentionKernel.BackwardByDifferentiation(ofValue, queries, keys, values, group.Mask);
            group.AddQueries(dq, ofQueries);
            group.AddKeys(dk, ofKeys);
            group.AddKeys(dv, ofValues);
        }
        return (dq.MoveToOuterDisposeScope(), dk.MoveToOuterDisposeScope(), dv.MoveToOuterDisposeScope());
    }

    /// <summary>A tensor of the same sizes in which the heads of a token stand side by side.</summary>
    private static Tensor Like(Tensor x) => empty([x.shape[1], x.shape[0], x.shape[2]], x.dtype, x.device).transpose(0, 1);

    /// <summary>−∞ where <paramref name="hidden"/> is true, 0 elsewhere.</summary>
    public static Tensor MaskOf(Tensor hidden, GptPrecision precision) =>
        zeros(hidden.shape, precision.Activations, hidden.device).FillWhere(hidden, double.NegativeInfinity);

    /// <summary>B blocks of queries with ranges of the same length K.</summary>
    internal sealed class Group
    {
        private readonly Places _queries, _keys;

        public Group(AttentionMask mask, int[] blocks, int length, GptPrecision precision, Device device)
        {
            const int size = AttentionMask.BlockSize;
            _queries = new Places([.. blocks.Select(block => (long)block * size)], size, device);
            _keys = new Places([.. blocks.Select(block => (long)mask.FirstKeyOfBlock(block))], length, device);
            using var scope = NewDisposeScope();
            var firsts = tensor(blocks.SelectMany(block => Enumerable.Range(block * size, size).Select(query => (long)mask.FirstKey(query))).ToArray(), ScalarType.Int64, device);
            var keys = _keys.All.view(-1, 1, length);
            var hidden = keys.lt(firsts.view(-1, size, 1)).bitwise_or(keys.gt(_queries.All.view(-1, size, 1))).unsqueeze(0);
            Mask = MaskOf(hidden, precision).MoveToOuterDisposeScope();
        }

        /// <summary>0 for what each query sees of its range, −∞ for the rest, 1 × B × 128 × K; one for all blocks of the model.</summary>
        public Tensor Mask { get; }

        /// <summary>Everything that was made for the group.</summary>
        public IEnumerable<Tensor> Tensors => [Mask, _queries.All, _keys.All];

        /// <summary>The group's queries, heads × B × 128 × D, of all.</summary>
        public Tensor Queries(Tensor q) => _queries.Of(q);

        /// <summary>The group's keys or values, heads × B × K × D, of all.</summary>
        public Tensor Keys(Tensor k) => _keys.Of(k);

        /// <summary>Writes into all what is of the group's queries.</summary>
        public void PutQueries(Tensor all, Tensor part) => _queries.Put(all, part);

        /// <summary>Adds to all what is of the group's queries.</summary>
        public void AddQueries(Tensor all, Tensor part) => _queries.AddTo(all, part);

        /// <summary>Adds to all what is of the group's keys or values.</summary>
        public void AddKeys(Tensor all, Tensor part) => _keys.AddTo(all, part);
    }

    /// <summary>Ranges of one length: one is a view of the sequence, several are copied together.</summary>
    private sealed class Places
    {
        private readonly long[] _starts;
        private readonly long _length;

        public Places(long[] starts, long length, Device device)
        {
            (_starts, _length) = (starts, length);
            using var scope = NewDisposeScope();
            All = tensor(starts, ScalarType.Int64, device).unsqueeze(1).Plus(HeldNumbers.Range(0, length, ScalarType.Int64, device)).flatten().MoveToOuterDisposeScope();
        }

        /// <summary>Every place, range after range.</summary>
        public Tensor All { get; }

        public Tensor Of(Tensor x) => _starts.Length == 1
            ? x.narrow(1, _starts[0], _length).unsqueeze(1)
            : x.index_select(1, All).view(x.shape[0], _starts.Length, _length, x.shape[2]);

        public void Put(Tensor x, Tensor part)
        {
            if (_starts.Length == 1)
                x.narrow(1, _starts[0], _length).copy_(part.squeeze(1));
            else
                x.index_copy_(1, All, part.flatten(1, 2));
        }

        public void AddTo(Tensor x, Tensor part)
        {
            if (_starts.Length == 1)
                x.narrow(1, _starts[0], _length).Increase(part.squeeze(1));
            else
                x.IncreaseAt(1, All, part.flatten(1, 2));
        }
    }
}
