using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// Second moments of the rows a₁ … aₙ (activations that meet a weight) over any number of forward passes: Σ a aᵀ, summed in float64 on the device that
/// they are on, and a random choice of the rows themselves.
/// </summary>
internal sealed class RowMoments(LayerProbeOptions options, Random random) : IDisposable
{
    /// <summary>Rows multiplied at a time, so that the work space of a Gram matrix stays small.</summary>
    private const long Slice = 4096;

    private readonly List<float[]> _kept = [];
    private readonly List<long> _keptUnits = [];
    private Tensor? _gram;

    /// <summary>Rows there were, and how many of them were measured.</summary>
    public long Samples { get; private set; }

    /// <inheritdoc cref="Samples"/>
    public long Rows { get; private set; }

    /// <summary>Independent units (sequences, images) they came in.</summary>
    public long Units { get; private set; }

    /// <summary>Σ a aᵀ, (in, in), float64; null before the first row.</summary>
    public Tensor? Gram => _gram;

    /// <summary>The rows that were kept, each of in numbers, and the unit of each.</summary>
    public IReadOnlyList<float[]> Kept => _kept;

    /// <inheritdoc cref="Kept"/>
    public IReadOnlyList<long> KeptUnits => _keptUnits;

    /// <summary>Takes in rows.</summary>
    /// <param name="total">How many there are.</param>
    /// <param name="units">In how many units; row i is of unit i / (total / units).</param>
    /// <param name="piece">How many rows <paramref name="rows"/> makes at a time.</param>
    /// <param name="rows">From the first row and their number, (number, in).</param>
    public void Add(long total, long units, long piece, Func<long, long, Tensor> rows)
    {
        if (total == 0)
            return;
        long measured = Math.Min(total, options.MaxRows), each = Math.Max(1, total / Math.Max(1, units));
        long[]? chosen = measured < total ? Choose(total, measured) : null;
        int next = 0;
        for (long begin = 0; begin < total; begin += piece)
        {
            long count = Math.Min(piece, total - begin);
            var places = new List<long>();
            if (chosen is null)
                for (long i = 0; i < count; i++)
                    places.Add(i);
            else
                for (; next < chosen.Length && chosen[next] < begin + count; next++)
                    places.Add(chosen[next] - begin);
            if (places.Count == 0)
                continue;
            using var scope = NewDisposeScope();
            var all = rows(begin, count);
            Take(chosen is null ? all : all.index_select(0, tensor(places.ToArray(), device: all.device)), places, begin, each, (double)total / measured);
        }
        (Samples, Units) = (Samples + total, Units + Math.Max(1, units));
    }

    /// <summary>Takes in the rows of a tensor of any shape, its last size being the features.</summary>
    public void Add(Tensor x)
    {
        using var scope = NewDisposeScope();
        long features = x.shape[^1], total = features == 0 ? 0 : x.numel() / features;
        var flat = x.detach().reshape(-1, features);
        Add(total, x.dim() > 2 ? x.shape[0] : total, Slice, (begin, count) => flat.narrow(0, begin, count));
    }

    /// <summary>Trace and largest eigenvalue of Σ a aᵀ, computed on its device; null before the first row.</summary>
    public (double Trace, double Largest)? Summary()
    {
        if (_gram is null)
            return null;
        using var scope = NewDisposeScope();
        double trace = _gram.trace().item<double>();
        return double.IsFinite(trace) ? (trace, Math.Max(0, linalg.eigvalsh(_gram)[-1].item<double>())) : (trace, double.NaN);
    }

    public void Dispose()
    {
        _gram?.Dispose();
        _gram = null;
    }

    private void Take(Tensor rows, List<long> places, long begin, long each, double weight)
    {
        var exact = rows.to(options.Precision ?? (rows.device_type == DeviceType.CPU ? ScalarType.Float64 : ScalarType.Float32));
        var product = Products.Gram(exact).to(ScalarType.Float64).Times(weight);
        if (_gram is null)
            _gram = product.DetachFromDisposeScope();
        else
            _gram.Increase(product);
        Keep(rows, [.. places.Select(place => Units + ((begin + place) / each))]);
        Rows += places.Count;
    }

    /// <summary>Reservoir sampling: after n rows each is kept with the same probability.</summary>
    private void Keep(Tensor rows, long[] units)
    {
        var taken = new SortedDictionary<int, int>(); // place in the sample: row
        for (int i = 0; i < units.Length && options.KeepRows > 0; i++)
        {
            long seen = Rows + i;
            long place = seen < options.KeepRows ? seen : random.NextInt64(seen + 1);
            if (place < options.KeepRows)
                taken[(int)place] = i;
        }
        if (taken.Count == 0)
            return;
        float[] values = rows.index_select(0, tensor(taken.Values.Select(i => (long)i).ToArray(), device: rows.device)).to(ScalarType.Float32).cpu().contiguous()
            .data<float>().ToArray();
        int width = values.Length / taken.Count;
        foreach (var (k, (place, row)) in taken.Index())
        {
            float[] kept = values[(k * width)..((k + 1) * width)];
            if (place < _kept.Count)
                (_kept[place], _keptUnits[place]) = (kept, units[row]);
            else
            {
                _kept.Add(kept);
                _keptUnits.Add(units[row]);
            }
        }
    }

    /// <summary>Selection sampling: <paramref name="wanted"/> of 0 … total − 1, ascending, every choice as likely as any other.</summary>
    private long[] Choose(long total, long wanted)
    {
        var chosen = new long[wanted];
        int have = 0;
        for (long i = 0; have < wanted; i++)
            if (random.NextInt64(total - i) < wanted - have)
                chosen[have++] = i;
        return chosen;
    }
}
