using SpecGD.Numerics;

namespace SpecGD.Diagnosis;

/// <summary>Reads a layer from the captures of one step: one file, or one of each rank, whose activations are put together.</summary>
public static class CaptureReader
{
    /// <summary>
    /// Gradients of two ranks that differ by less than this share are one that was averaged already, as DistributedDataParallel leaves them.
    /// </summary>
    public const double SameGradient = 1e-5;

    /// <summary>Largest relative difference of a Gram matrix from its transpose, and how far a diagonal entry may be below zero.</summary>
    private const double Symmetry = 1e-5;

    /// <summary>The layer called <paramref name="name"/>, with the sums over the ranks of Gram matrices, samples and token counts.</summary>
    /// <exception cref="BadInputException">A tensor has the wrong size or type, or the ranks contradict each other.</exception>
    public static CapturedLayer Read(IReadOnlyList<Capture> ranks, string name)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        var layers = ranks.SelectMany(capture => capture.Document.Layers.Where(l => l.Name == name).Select(entry => Read(capture, entry))).ToArray();
        if (layers.Length == 1)
            return layers[0];
        bool differ = layers.Skip(1).Any(layer => !Same(layers[0].Gradient, layer.Gradient));
        return layers.Aggregate((sum, next) => Together(ranks[0].Path, sum, next, differ));
    }

    private static CapturedLayer Read(Capture capture, LayerEntry entry)
    {
        var tensors = capture.Tensors;
        Matrix<double>? Matrix(string? tensor) => tensor is null ? null : tensors.ReadMatrix(tensor);
        var layer = new CapturedLayer
        {
            Entry = entry,
            Gradient = Matrix(entry.Gradient),
            GradientGram = Matrix(entry.GradientGram),
            Gram = Matrix(entry.Gram),
            Activations = Matrix(entry.Activations),
            RowSample = Matrix(entry.RowSample),
            RowUnits = entry.RowUnits is { } units ? tensors.ReadIntegers(units) : [],
            RowKernel = Matrix(entry.RowKernel),
            GradientSpectrum = Values(Matrix(entry.GradientSpectrum)),
            MomentumSpectrum = Values(Matrix(entry.MomentumSpectrum)),
            GramSummary = entry is { GramTrace: { } trace, GramLargest: { } largest } ? (trace, largest) : null,
            TokenCounts = entry.TokenCounts is { } counts ? tensors.ReadIntegers(counts) : null,
        };
        long samples = layer.TokenCounts?.Sum() ?? entry.Samples ?? layer.Activations?.Rows ?? 0;
        layer = layer with { Samples = samples, Rows = entry.Rows ?? samples, Units = entry.Units ?? samples };
        Check(capture.Path, layer);
        return layer;
    }

    private static void Check(string path, CapturedLayer layer)
    {
        string where = $"{path}: the layer '{layer.Entry.Name}'";
        foreach (var spectrum in new[] { layer.GradientSpectrum, layer.MomentumSpectrum })
            if (spectrum is not null && spectrum.Any(value => value < 0))
                throw new BadInputException($"{where} has a negative singular value; singular values are from 0 on.");
        if (layer.RowKernel is { } kernel)
            CheckGram(where, "matrix of inner products", kernel);
        if (layer.GramSummary is var (trace, largest) && largest > trace * (1 + Symmetry))
            throw new BadInputException($"{where} has a largest eigenvalue above the trace of its Gram matrix.");
        if (layer.Gram is { } gram)
            CheckGram(where, "Gram matrix", gram);
        if (layer.GradientGram is { } gradientGram)
            CheckGram(where, "gradient's Gram matrix", gradientGram);
        if (layer.TokenCounts is { } counts && counts.Any(count => count < 0))
            throw new BadInputException($"{where} has a negative token count.");
        if (layer.RowSample is { } rows && layer.RowUnits.Count > 0 && layer.RowUnits.Count != rows.Rows)
            throw new BadInputException($"{where} has {Counted.Of(rows.Rows, "sampled row")} and the units of {layer.RowUnits.Count}.");
        int? width = layer.Gram?.Rows ?? layer.Activations?.Columns ?? layer.TokenCounts?.Count;
        if (layer.Gradient is not { } g || width is not { } features)
            return;
        int incoming = layer.IsNorm ? g.Count : g.Columns;
        if (incoming != features)
        {
            string hint = g.Rows == features ? " It looks transposed: a gradient must be (out, in)." : "";
            throw new BadInputException($"{where} has a gradient of {g} and activations of {Counted.Of(features, "feature")}; its columns must be as many.{hint}");
        }
    }

    private static double[]? Values(Matrix<double>? row) => row is not { } m ? null : [.. m.Reshape(1, m.Count).Row(0)];

    private static void CheckGram(string where, string what, Matrix<double> gram)
    {
        if (gram.Rows != gram.Columns)
            throw new BadInputException($"{where} has a {what} of {gram}; it must be square.");
        double largest = gram.LargestMagnitude();
        for (int i = 0; i < gram.Rows && double.IsFinite(largest); i++)
        {
            if (gram[i, i] < -Symmetry * largest)
                throw new BadInputException($"{where} has a {what} with a negative diagonal entry; sums of a aᵀ have none.");
            for (int j = 0; j < i; j++)
                if (Math.Abs(gram[i, j] - gram[j, i]) > Symmetry * largest)
                    throw new BadInputException($"{where} has a {what} that is not symmetric at ({i}, {j}).");
        }
    }

    private static CapturedLayer Together(string path, CapturedLayer one, CapturedLayer other, bool differ)
    {
        if (one.Shape != other.Shape)
            throw new BadInputException($"{path}: the ranks of one step disagree on the shape of the layer '{one.Entry.Name}'.");
        return one with
        {
            Entry = one.Entry with { RowsWithoutGradient = one.Entry.RowsWithoutGradient + other.Entry.RowsWithoutGradient, Units = one.Units + other.Units },
            Gradient = differ ? Sum(one.Gradient, other.Gradient) : one.Gradient,
            AveragedGradients = differ,
            GradientSpectrum = one.GradientSpectrum ?? other.GradientSpectrum,
            GramSummary = Sum(one.GramSummary, other.GramSummary),
            RowKernel = one.RowKernel ?? other.RowKernel,
            Gram = Sum(one.Gram, other.Gram),
            Activations = Below(one.Activations, other.Activations),
            RowSample = Below(one.RowSample, other.RowSample),
            RowUnits = one.RowKernel is not null ? one.RowUnits : [.. one.RowUnits, .. other.RowUnits.Select(unit => unit + one.Units)],
            TokenCounts = one.TokenCounts is null ? other.TokenCounts
                : other.TokenCounts is null ? one.TokenCounts
                : [.. one.TokenCounts.Zip(other.TokenCounts, (a, b) => a + b)],
            Samples = one.Samples + other.Samples,
            Rows = one.Rows + other.Rows,
            Units = one.Units + other.Units,
        };
    }

    /// <summary>Sums of both; the largest eigenvalue of a sum is at most that, and just that where the ranks share the leading direction.</summary>
    private static (double Trace, double Largest)? Sum((double Trace, double Largest)? one, (double Trace, double Largest)? other) =>
        one is not { } a ? other : other is not { } b ? one : (a.Trace + b.Trace, a.Largest + b.Largest);

    private static bool Same(Matrix<double>? one, Matrix<double>? other)
    {
        if (one is not { } a || other is not { } b)
            return one is null && other is null;
        double largest = a.LargestMagnitude();
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < a.Columns; j++)
                if (!(Math.Abs(a[i, j] - b[i, j]) <= SameGradient * largest))
                    return false;
        return true;
    }

    /// <summary>a + b; for gradients the mean up to a factor, which no rank of a matrix tells.</summary>
    private static Matrix<double>? Sum(Matrix<double>? one, Matrix<double>? other)
    {
        if (one is not { } a || other is not { } b)
            return one ?? other;
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < a.Columns; j++)
                a[i, j] += b[i, j];
        return a;
    }

    private static Matrix<double>? Below(Matrix<double>? one, Matrix<double>? other)
    {
        if (one is not { } a || other is not { } b)
            return one ?? other;
        var all = new Matrix<double>(a.Rows + b.Rows, a.Columns);
        a.CopyTo(all.RowSlice(0, a.Rows));
        b.CopyTo(all.RowSlice(a.Rows, b.Rows));
        return all;
    }
}
