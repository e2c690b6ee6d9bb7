using SpecGD.Diagnosis;
using SpecGD.Numerics;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>A piece of a layer as a capture has it: its description, and its matrices when they are asked for.</summary>
internal sealed class CapturePiece
{
    private readonly WatchedLayer _layer;
    private readonly LayerPiece _piece;
    private readonly double _lossScale;

    public CapturePiece(WatchedLayer layer, LayerPiece piece, IReadOnlyList<string> tiedWith, double lossScale, long maxGradient)
    {
        (_layer, _piece, _lossScale) = (layer, piece, lossScale);
        Entry = Describe(tiedWith, maxGradient);
    }

    /// <summary>The description, with the names of its tensors.</summary>
    public LayerEntry Entry { get; }

    private RowMoments Seen => _layer.Seen[_piece.Seen];

    /// <summary>What is judged in the running program: spectra and sums, computed on the device.</summary>
    public CapturedLayer Reduced()
    {
        using var scope = NewDisposeScope();
        long[]? counts = Counts();
        return new CapturedLayer
        {
            Entry = Entry,
            GradientSpectrum = Gradient() is not { } gradient ? null
                : _layer.Kind == "norm" ? [.. gradient.abs().flatten().sort(descending: true).Values.to(ScalarType.Float64).cpu().data<double>().ToArray()]
                : Products.SingularValues(gradient),
            GramSummary = counts is null ? Seen.Summary() : null,
            RowSample = Rows(),
            RowUnits = Seen.KeptUnits,
            TokenCounts = counts,
            Samples = Entry.Samples ?? 0,
            Rows = Entry.Rows ?? 0,
            Units = Entry.Units ?? 0,
        };
    }

    /// <summary>G as (out, in), the loss's scale taken out, in float32 or float64, on its device; null where there is none.</summary>
    public Tensor? Gradient()
    {
        if (_layer.Weight.grad is not { } gradient)
            return null;
        var dense = gradient.detach();
        dense = dense.is_sparse ? dense.to_dense() : dense;
        return Part(_layer.Matrix(dense.dtype == ScalarType.Float64 ? dense : dense.to(ScalarType.Float32))).DividedBy(_lossScale);
    }

    /// <summary>Σ a aᵀ in float64, or null.</summary>
    public Tensor? Gram() => _layer.TokenCounts is null ? Seen.Gram : null;

    /// <summary>How often each token occurred, or null.</summary>
    public long[]? Counts()
    {
        using var scope = NewDisposeScope();
        return _layer.TokenCounts?.cpu().data<long>().ToArray();
    }

    /// <summary>The rows that were kept, (rows, in), or null.</summary>
    public Matrix<double>? Rows()
    {
        if (Seen.Kept is not [var first, ..])
            return null;
        var rows = new Matrix<double>(Seen.Kept.Count, first.Length);
        foreach (var (i, row) in Seen.Kept.Index())
            for (int j = 0; j < row.Length; j++)
                rows[i, j] = row[j];
        return rows;
    }

    /// <summary>The unit of each kept row.</summary>
    public long[] RowUnits => [.. Seen.KeptUnits];

    private LayerEntry Describe(IReadOnlyList<string> tiedWith, long maxGradient)
    {
        using var scope = NewDisposeScope();
        var weight = _layer.Weight;
        var part = Part(_layer.Matrix(weight.detach()));
        long? tokens = Counts()?.Sum();
        string name = _layer.Name + _piece.Suffix;
        bool hasGradient = weight.grad is not null, isLarge = part.numel() > maxGradient;
        return new LayerEntry
        {
            Name = name,
            Kind = _layer.Kind,
            Shape = _layer.ShapeOf(part.shape[0]),
            Parameter = _layer.ParameterName,
            StoredShape = weight.shape,
            Layout = _layer.Layout,
            PartOf = _piece.Suffix.Length > 0 ? _layer.Name : null,
            TiedWith = tiedWith,
            Frozen = !weight.requires_grad,
            Unseen = _layer.IsUnseen,
            GradientBefore = _layer.HadGradient,
            GradientDtype = weight.grad is { } gradient ? gradient.dtype.ToString().ToLowerInvariant() : null,
            Samples = tokens ?? Seen.Samples,
            Rows = tokens ?? Seen.Rows,
            Units = tokens ?? Seen.Units,
            Calls = _layer.Calls,
            WeightFrobeniusNorm = part.to(ScalarType.Float32).Squared().sum().sqrt().to(ScalarType.Float64).item<double>(),
            Gradient = hasGradient && !isLarge ? name + "/gradient" : null,
            GradientGram = hasGradient && isLarge ? name + "/gradient_gram" : null,
            Gram = Gram() is not null ? _piece.GramName + "/gram" : null,
            RowSample = Seen.Kept.Count > 0 ? _piece.GramName + "/row_sample" : null,
            RowUnits = Seen.Kept.Count > 0 ? _piece.GramName + "/row_units" : null,
            TokenCounts = tokens > 0 ? name + "/token_counts" : null,
        };
    }

    private Tensor Part(Tensor matrix) =>
        _piece.Outputs is null ? matrix : matrix.index_select(0, tensor(_piece.Outputs, device: matrix.device));
}
