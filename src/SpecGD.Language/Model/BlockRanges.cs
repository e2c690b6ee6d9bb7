using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// The keys that each block of 128 queries attends to, one contiguous range for each. Blocks whose ranges are equally long are computed together;
/// nothing of size T × T exists.
/// </summary>
/// <param name="Groups">The blocks by the length of their ranges.</param>
/// <param name="Order">Places that bring the blocks of all groups, one group after the other, back into the order of the sequence.</param>
internal sealed record BlockRanges(IReadOnlyList<BlockRanges.Group> Groups, Tensor Order)
{
    /// <summary>The factor on scores q·k.</summary>
    private const double ScoreScale = 0.12;

    /// <summary>Probabilities of one head that are computed together at most: keeps a group's memory away from T × T.</summary>
    private const long LargestGroup = 1 << 24;

    /// <summary>Blocks of queries with ranges of the same length.</summary>
    /// <param name="Blocks">Numbers of the blocks, B.</param>
    /// <param name="Keys">Places of their keys, B·K, block after block.</param>
    /// <param name="Visible">What each query sees of its range, B × 128 × K.</param>
    internal sealed record Group(Tensor Blocks, Tensor Keys, Tensor Visible);

    /// <summary>The ranges of a sequence under one window.</summary>
    public static BlockRanges Of(AttentionMask mask, Device device)
    {
        const int size = AttentionMask.BlockSize;
        var groups = new List<Group>();
        var order = new List<long>();
        var byLength = from block in Enumerable.Range(0, mask.Blocks)
                       let keys = ((block + 1) * size) - mask.FirstKeyOfBlock(block)
                       group block by keys into alike
                       from some in alike.Chunk((int)Math.Max(1, LargestGroup / ((long)size * alike.Key)))
                       select (Keys: alike.Key, Blocks: some);
        foreach (var (length, blocks) in byLength)
        {
            using var scope = NewDisposeScope();
            var starts = tensor([.. blocks.Select(block => (long)mask.FirstKeyOfBlock(block))], ScalarType.Int64, device);
            var keys = starts.unsqueeze(1) + arange(length, ScalarType.Int64, device);
            var firsts = tensor(blocks.SelectMany(block => Enumerable.Range(block * size, size).Select(query => (long)mask.FirstKey(query))).ToArray(), ScalarType.Int64, device)
                .view(blocks.Length, size, 1);
            var queries = (tensor([.. blocks.Select(block => (long)block * size)], ScalarType.Int64, device).unsqueeze(1) + arange(size, ScalarType.Int64, device)).unsqueeze(2);
            var places = keys.unsqueeze(1);
            groups.Add(new Group(
                tensor([.. blocks.Select(block => (long)block)], ScalarType.Int64, device).MoveToOuterDisposeScope(),
                keys.flatten().MoveToOuterDisposeScope(),
                places.ge(firsts).bitwise_and(places.le(queries)).MoveToOuterDisposeScope()));
            order.AddRange(blocks.Select(block => (long)block));
        }
        long[] inverse = new long[order.Count];
        for (int i = 0; i < inverse.Length; i++)
            inverse[order[i]] = i;
        return new BlockRanges(groups, tensor(inverse, ScalarType.Int64, device));
    }

    /// <summary>softmax(0.12 q kᵀ + mask) v, heads × T × D, of queries, keys and values of that shape.</summary>
    public Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        long heads = q.shape[0], width = q.shape[2];
        var scaled = (q * (ScoreScale * Math.Sqrt(width))).view(heads, -1, AttentionMask.BlockSize, width); // the kernel divides by √D
        var outputs = Groups.Select(group =>
        {
            long blocks = group.Blocks.shape[0];
            return nn.functional.scaled_dot_product_attention(
                scaled.index_select(1, group.Blocks),
                k.index_select(1, group.Keys).view(heads, blocks, -1, width),
                v.index_select(1, group.Keys).view(heads, blocks, -1, width),
                group.Visible.unsqueeze(0).expand(heads, -1, -1, -1));
        });
        return cat([.. outputs], 1).index_select(1, Order).reshape(heads, -1, width);
    }
}
