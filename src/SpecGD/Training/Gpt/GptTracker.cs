using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>
/// The paper's measures of a GPT during training. Activations are gathered over all sequences of a step as Gram matrices, products in the working
/// precision by slices of rows, sums in double; st is the trace over the largest eigenvalue.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class GptTracker<T> : IGptObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of one product.</summary>
    private const int Slice = 4096;

    private readonly OrderedDictionary<string, Matrix<double>> _grams = [];
    private readonly int[] _counts;
    private readonly GptShape _shape;
    private readonly ICollective _collective;

    /// <summary>A tracker with an empty log.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="interval">Steps between two looks.</param>
    /// <param name="collective">The ranks that gather activations together and share the decompositions out; null for this process alone.</param>
    public GptTracker(GptShape shape, int interval, ICollective? collective = null)
    {
        _collective = collective ?? SingleProcess.Instance;
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        _counts = new int[shape.PaddedVocabulary];
        Log = new TrackerLog(interval);
    }

    /// <summary>What was recorded.</summary>
    public TrackerLog Log { get; }

    /// <summary>Forgets what was gathered of an earlier step.</summary>
    public void Begin()
    {
        foreach (var gram in _grams.Values)
            gram.Fill(0);
        Array.Clear(_counts);
    }

    /// <summary>Counts the inputs of a sequence.</summary>
    public void ObserveTokens(ReadOnlySpan<int> inputs)
    {
        foreach (int token in inputs)
            _counts[token]++;
    }

    /// <inheritdoc/>
    public void Observe(string name, Matrix<T> activations)
    {
        int width = activations.Columns;
        if (!_grams.TryGetValue(name, out var gram))
            _grams.Add(name, gram = new Matrix<double>(width, width));
        using var product = MatrixPool<T>.Rent(width, width);
        using var converted = MatrixPool<double>.Rent(1, width);
        var row = converted.Matrix.Row(0);
        for (int start = 0; start < activations.Rows; start += Slice)
        {
            Linear.Gram(T.One, activations.RowSlice(start, Math.Min(Slice, activations.Rows - start)), transposeFirst: true, product.Matrix);
            for (int i = 0; i < width; i++)
            {
                TensorPrimitives.ConvertTruncating<T, double>(product.Matrix.Row(i), row);
                TensorPrimitives.Add(gram.Row(i), row, gram.Row(i));
            }
        }
    }

    /// <summary>Records the measures of a step: activations gathered since <see cref="Begin"/>, gradients and weights as they are.</summary>
    public void Complete(int step, GptParameters<T> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var stable = StableRanks();
        _collective.AllReduce<int>(_counts);
        foreach (var (name, value) in stable)
            Log.Record(SectionOf(name), name, step, value);
        double? indicator = _counts.Max() is > 0 and var most ? (double)_counts.Sum(c => (long)c) / most : null;
        Log.Record(TrackedWeight.TokenFrequency, "", step, indicator);
        var nuclear = RecordGradients(step, parameters);
        RecordWeights(step, parameters);
        RecordVerdicts(step, stable, nuclear, indicator);
    }

    private static string SectionOf(string name) =>
        name.EndsWith(".attn.q", StringComparison.Ordinal) || name.EndsWith(".attn.k", StringComparison.Ordinal)
            || name.EndsWith(".attn.v", StringComparison.Ordinal) ? "qkv_columns"
        : name.Contains(".rms.", StringComparison.Ordinal) || name == "lm_head.pre" ? "rms"
        : name == "embedding" ? "embed_lmhead"
        : name.StartsWith("value_embed", StringComparison.Ordinal) ? "value_embed"
        : "activation";

    /// <summary>st of all activations, by name: each Gram matrix is summed on one rank, which takes its eigenvalue. One whose entries are out of range is not measured.</summary>
    private Dictionary<string, double?> StableRanks()
    {
        Matrix<double>[] grams = [.. _grams.Values];
        int[] owners = CostShares.Deal([.. grams.Select(gram => Math.Pow(gram.Rows, 3))], _collective.Size);
        new OwnedMatrices<double>(_collective, owners, [.. grams.Select(gram => (long)gram.Count)]).SumToOwners(grams);
        double?[] values = new double?[grams.Length];
        for (int i = 0; i < grams.Length; i++)
            values[i] = owners[i] == _collective.Rank && double.IsFinite(grams[i].LargestMagnitude()) ? Measures.EffectiveRank(grams[i]) : null;
        SumShares(values, owners);
        return _grams.Keys.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Values that each rank has some of become whole on all; one that does not exist is a NaN on the way.</summary>
    private void SumShares(double?[] values, int[] owners)
    {
        if (_collective.Size == 1)
            return;
        double[] sums = [.. values.Select((value, i) => owners[i] == _collective.Rank ? value ?? double.NaN : 0)];
        _collective.AllReduce<double>(sums);
        for (int i = 0; i < sums.Length; i++)
            values[i] = double.IsNaN(sums[i]) ? null : sums[i];
    }

    /// <summary>nr of every gradient, by section and key.</summary>
    private Dictionary<string, double?> RecordGradients(int step, GptParameters<T> parameters)
    {
        var matrices = Matrices(parameters).ToArray();
        double?[] values = Measured(matrices, static matrix => Measures.NuclearRank(matrix.Gradient));
        var ranks = new Dictionary<string, double?>();
        foreach (var ((section, key, _), value) in matrices.Zip(values))
        {
            ranks[key] = value;
            Log.Record($"gradient.{section}", key, step, value);
        }
        return ranks;
    }

    /// <summary>A measure of every matrix, shared out over the ranks and there side by side: decompositions gain little from several threads each.</summary>
    private double?[] Measured((string Section, string Key, ParameterMatrix<T> Matrix)[] matrices, Func<ParameterMatrix<T>, double?> measure)
    {
        var values = new double?[matrices.Length];
        int[] owners = CostShares.Deal([.. matrices.Select(m => CostOf(m.Matrix.Value))], _collective.Size);
        int[] own = [.. Enumerable.Range(0, matrices.Length).Where(i => owners[i] == _collective.Rank)];
        ThreadBudget.ForEach(own, i => values[i] = measure(matrices[i].Matrix));
        SumShares(values, owners);
        return values;
    }

    /// <summary>Operations of a Gram matrix and its eigenvalues, to a factor that is the same for all.</summary>
    private static double CostOf(Matrix<T> matrix)
    {
        double small = Math.Min(matrix.Rows, matrix.Columns);
        return small * small * (Math.Max(matrix.Rows, matrix.Columns) + small);
    }

    private void RecordWeights(int step, GptParameters<T> parameters)
    {
        var matrices = Matrices(parameters).Where(m => m.Section is "mlp" or "attention").ToArray();
        double?[] values = Measured(matrices, static matrix => Measures.StableRank(matrix.Value));
        foreach (var ((section, key, _), value) in matrices.Zip(values))
        {
            if (section == "mlp")
                Log.Record("weight.mlp", key, step, value);
            Log.Record("weight_each", key, step, value);
        }
        RecordStacks(step, parameters);
    }

    /// <summary>st of the attention matrices of a block stacked 4d × d, as the authors have it.</summary>
    private void RecordStacks(int step, GptParameters<T> parameters)
    {
        int[] blocks = [.. Enumerable.Range(0, _shape.Layers).Where(GptShape.HasAttention)];
        int[] owners = CostShares.Deal([.. blocks.Select(_ => 1.0)], _collective.Size);
        double?[] values = new double?[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
            values[i] = owners[i] == _collective.Rank ? Measures.StableRank(parameters.Blocks[blocks[i]].Attention!.Value) : null;
        SumShares(values, owners);
        foreach (var (block, value) in blocks.Zip(values))
            Log.Record("weight.attention", $"{block}.attn.qkvo_w", step, value);
    }

    private void RecordVerdicts(int step, Dictionary<string, double?> stable, Dictionary<string, double?> nuclear, double? indicator)
    {
        for (int i = 0; i < _shape.Layers; i++)
        {
            foreach (var weight in TrackedWeight.InBlocks)
                Ratio($"{i}.{weight.Name}", $"{i}.{weight.Name}", stable.GetValueOrDefault($"block{i}.{weight.Activation}"));
            Ratio($"{i}.attn.c_proj.H", $"{i}.attn.c_proj", stable.GetValueOrDefault($"block{i}.attn.out"));
        }
        Ratio(TrackedWeight.Head.Name, TrackedWeight.Head.Name, stable.GetValueOrDefault(TrackedWeight.Head.Activation));
        Ratio(TrackedWeight.Embedding.Name, TrackedWeight.Embedding.Name, indicator);

        void Ratio(string key, string gradient, double? st) => Log.Record(TrackerLog.RatiosName, key, step, nuclear.GetValueOrDefault(gradient) / st);
    }

    private static IEnumerable<(string Section, string Key, ParameterMatrix<T> Matrix)> Matrices(GptParameters<T> parameters)
    {
        string[] attention = ["q", "k", "v", "c_proj"];
        for (int i = 0; i < parameters.Blocks.Count; i++)
        {
            var block = parameters.Blocks[i];
            yield return ("mlp", $"{i}.mlp.c_fc", block.Expand.Matrices[0]);
            yield return ("mlp", $"{i}.mlp.c_proj", block.Project.Matrices[0]);
            foreach (var (name, matrix) in attention.Zip(block.Attention?.Matrices ?? []))
                yield return ("attention", $"{i}.attn.{name}", matrix);
        }
        yield return ("embed_lmhead", "embedding", parameters.Embedding.Matrices[0]);
        yield return ("embed_lmhead", "lm_head", parameters.Head.Matrices[0]);
        for (int j = 0; j < parameters.ValueEmbeddings.Count; j++)
            yield return ("value_embed", $"value_embed{j}.weight", parameters.ValueEmbeddings[j].Matrices[0]);
    }
}
