using SpecGD.Models.Gpt;
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

    private readonly Tensor? _order;

    private BlockRanges(IReadOnlyList<Group> groups, Tensor? order) => (Groups, _order) = (groups, order);

    /// <summary>The blocks by the length of their ranges.</summary>
    public IReadOnlyList<Group> Groups { get; }

    /// <summary>Everything that was made for them.</summary>
    public IEnumerable<Tensor> Tensors => Groups.SelectMany(group => group.Tensors).Concat(_order is null ? [] : [_order]);

    /// <summary>The ranges of a sequence under one window.</summary>
    public static BlockRanges Of(AttentionMask mask, Device device)
    {
        const int size = AttentionMask.BlockSize;
        var parts = (from block in Enumerable.Range(0, mask.Blocks)
                     let keys = ((block + 1) * size) - mask.FirstKeyOfBlock(block)
                     group block by keys into alike
                     from some in alike.Chunk((int)Math.Max(1, LargestGroup / ((long)size * alike.Key)))
                     select (Keys: alike.Key, Blocks: some)).ToArray();
        int[] order = [.. parts.SelectMany(part => part.Blocks)];
        long[] inverse = new long[order.Length];
        for (int i = 0; i < inverse.Length; i++)
            inverse[order[i]] = i;
        bool isInOrder = order.Index().All(block => block.Index == block.Item);
        return new BlockRanges(
            [.. parts.Select(part => new Group(mask, part.Blocks, part.Keys, device))], isInOrder ? null : tensor(inverse, ScalarType.Int64, device));
    }

    /// <summary>softmax(0.12 q kᵀ + mask) v, heads × T × D, of queries, keys and values of that shape.</summary>
    public Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        using var scope = NewDisposeScope();
        long heads = q.shape[0], width = q.shape[2];
        var blocks = cat([.. Groups.Select(group => Attend(group.Queries(q), group.Keys(k), group.Keys(v), group.Visible))], 1);
        return (_order is null ? blocks : blocks.index_select(1, _order)).reshape(heads, -1, width).MoveToOuterDisposeScope();
    }

    /// <summary>softmax(0.12 q kᵀ) v over the keys that each query sees.</summary>
    /// <param name="q">… × queries × D.</param>
    /// <param name="k">… × keys × D.</param>
    /// <param name="v">… × keys × D.</param>
    /// <param name="visible">… × queries × keys.</param>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor visible) => // the kernel divides by √D
        nn.functional.scaled_dot_product_attention(q * (ScoreScale * Math.Sqrt(q.shape[^1])), k, v, visible);

    /// <summary>B blocks of queries with ranges of the same length K.</summary>
    internal sealed class Group
    {
        private readonly Places _queries, _keys;

        public Group(AttentionMask mask, int[] blocks, int length, Device device)
        {
            const int size = AttentionMask.BlockSize;
            _queries = new Places([.. blocks.Select(block => (long)block * size)], size, device);
            _keys = new Places([.. blocks.Select(block => (long)mask.FirstKeyOfBlock(block))], length, device);
            using var scope = NewDisposeScope();
            var firsts = tensor(blocks.SelectMany(block => Enumerable.Range(block * size, size).Select(query => (long)mask.FirstKey(query))).ToArray(), ScalarType.Int64, device);
            var keys = _keys.All.view(-1, 1, length);
            Visible = keys.ge(firsts.view(-1, size, 1)).bitwise_and(keys.le(_queries.All.view(-1, size, 1))).unsqueeze(0).MoveToOuterDisposeScope();
        }

        /// <summary>What each query sees of its range, 1 × B × 128 × K.</summary>
        public Tensor Visible { get; }

        /// <summary>Everything that was made for the group.</summary>
        public IEnumerable<Tensor> Tensors => [Visible, _queries.All, _keys.All];

        /// <summary>The group's queries, heads × B × 128 × D, of all.</summary>
        public Tensor Queries(Tensor q) => _queries.Of(q);

        /// <summary>The group's keys or values, heads × B × K × D, of all.</summary>
        public Tensor Keys(Tensor k) => _keys.Of(k);
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
            All = (tensor(starts, ScalarType.Int64, device).unsqueeze(1) + arange(length, ScalarType.Int64, device)).flatten().MoveToOuterDisposeScope();
        }

        /// <summary>Every place, range after range.</summary>
        public Tensor All { get; }

        public Tensor Of(Tensor x) => _starts.Length == 1
            ? x.narrow(1, _starts[0], _length).unsqueeze(1)
            : x.index_select(1, All).view(x.shape[0], _starts.Length, _length, x.shape[2]);
    }
}
