using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>Tensors as batches of matrices, and many of one shape as one batch, so that a device does few large products, not many small ones.</summary>
internal static class MatrixBatch
{
    /// <summary>
    /// Elements above which a tensor of its own is a batch: products of this size fill a processor or a device alone, and putting them together would
    /// only cost memory.
    /// </summary>
    private const long Alone = 1 << 22;

    /// <summary>Sizes of a tensor as (matrices, rows, columns): a matrix is one, three sizes are a batch unless flattened, more are one of its first size times the others.</summary>
    public static (long Count, long Rows, long Columns) SizesOf(long[] shape, bool flattenThree) => shape switch
    {
        [var rows, var columns] => (1, rows, columns),
        [var count, var rows, var columns] when !flattenThree => (count, rows, columns),
        [var rows, .. var rest] => (1, rows, rest.Aggregate(1L, (product, size) => product * size)),
        _ => throw new ArgumentException("A scalar is no matrix."),
    };

    /// <summary>Applies <paramref name="transform"/> to all tensors, those of one shape, type and device together.</summary>
    /// <param name="tensors">The tensors, in any order.</param>
    /// <param name="flattenThree">How three sizes are read.</param>
    /// <param name="transform">From a batch (n, rows, columns) to one of the same shape.</param>
    /// <param name="use">Given the number of each tensor with its part of the result, (matrices, rows, columns).</param>
    public static void Apply(IReadOnlyList<Tensor> tensors, bool flattenThree, Func<Tensor, Tensor> transform, Action<int, Tensor> use)
    {
        foreach (var alike in Alike(tensors, flattenThree))
        {
            using var scope = NewDisposeScope();
            Tensor[] views = [.. alike.Select(i => View(tensors[i], flattenThree))];
            var result = transform(views.Length == 1 ? views[0] : cat(views));
            long at = 0;
            for (int i = 0; i < views.Length; i++)
            {
                use(alike[i], result.narrow(0, at, views[i].shape[0]));
                at += views[i].shape[0];
            }
        }
    }

    private static Tensor View(Tensor tensor, bool flattenThree)
    {
        var (count, rows, columns) = SizesOf(tensor.shape, flattenThree);
        return tensor.reshape(count, rows, columns);
    }

    private static IEnumerable<int[]> Alike(IReadOnlyList<Tensor> tensors, bool flattenThree)
    {
        var groups = tensors.Select((tensor, i) => (i, Key: KeyOf(tensor, flattenThree))).GroupBy(t => t.Key, t => t.i);
        foreach (var group in groups)
        {
            if (tensors[group.First()].numel() < Alone)
                yield return [.. group];
            else
                foreach (int i in group)
                    yield return [i];
        }
    }

    private static (long, long, ScalarType, DeviceType, int) KeyOf(Tensor tensor, bool flattenThree)
    {
        var (_, rows, columns) = SizesOf(tensor.shape, flattenThree);
        return (rows, columns, tensor.dtype, tensor.device_type, tensor.device_index);
    }
}
