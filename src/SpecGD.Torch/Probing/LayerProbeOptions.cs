using TorchSharp;

namespace SpecGD.Torch;

/// <summary>Options of <see cref="LayerProbe"/>; the defaults are those of specgd_capture.py.</summary>
public sealed record LayerProbeOptions
{
    /// <summary>Fused projections: a pattern of layer names, with * and ?, and their parts.</summary>
    public IReadOnlyDictionary<string, ProjectionSplit> Split { get; init; } = new Dictionary<string, ProjectionSplit>();

    /// <summary>Patterns of the names of layers to leave out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Activations, 1 or more: of more than these in a layer and a forward pass a random choice is measured, and weighted.</summary>
    public int MaxRows { get; init; } = 16384;

    /// <summary>Rows, 0 or more: so many activations are kept as they are, a random choice, for the uncertainty of st(A).</summary>
    public int KeepRows { get; init; } = 256;

    /// <summary>Elements, 1 or more: a larger gradient is written as its smaller Gram matrix.</summary>
    public long MaxGradient { get; init; } = 1 << 24;

    /// <summary>Seed of the random choices; the generators of the program are not touched.</summary>
    public int Seed { get; init; }

    /// <summary>Floating-point type of the products of activations: Float32 or Float64; where null, float64 on a processor and float32 elsewhere. Sums are in float64.</summary>
    public torch.ScalarType? Precision { get; init; }

    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(KeepRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxGradient, 1);
        if (Precision is not (null or torch.ScalarType.Float32 or torch.ScalarType.Float64))
            throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "Products of activations are in Float32 or Float64.");
    }
}
