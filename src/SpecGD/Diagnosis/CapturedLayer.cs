using SpecGD.Numerics;

namespace SpecGD.Diagnosis;

/// <summary>What was captured of one layer at one step, with the ranks put together: matrices in memory, ready to be measured.</summary>
public sealed record CapturedLayer
{
    /// <summary>What the capture says of it.</summary>
    public required LayerEntry Entry { get; init; }

    /// <summary>G as (out, in), or null.</summary>
    public Matrix<double>? Gradient { get; init; }

    /// <summary>The smaller Gram matrix of G where G itself was too large to be stored, or null.</summary>
    public Matrix<double>? GradientGram { get; init; }

    /// <summary>Σ a aᵀ over the activations, (in, in), or null.</summary>
    public Matrix<double>? Gram { get; init; }

    /// <summary>All activations as rows, (samples, in), or null.</summary>
    public Matrix<double>? Activations { get; init; }

    /// <summary>A random choice of activations as rows, or null.</summary>
    public Matrix<double>? RowSample { get; init; }

    /// <summary>The unit of each row of <see cref="RowSample"/>.</summary>
    public IReadOnlyList<long> RowUnits { get; init; } = [];

    /// <summary>Inner products of a random choice of activations, (rows, rows), where the rows themselves were not stored.</summary>
    public Matrix<double>? RowKernel { get; init; }

    /// <summary>Singular values of the optimizer's momentum, descending, or null.</summary>
    public IReadOnlyList<double>? MomentumSpectrum { get; init; }

    /// <summary>How often each token occurred, or null.</summary>
    public IReadOnlyList<long>? TokenCounts { get; init; }

    /// <summary>Singular values of G, descending, where the training program computed them; then neither G nor its Gram matrix need be there.</summary>
    public IReadOnlyList<double>? GradientSpectrum { get; init; }

    /// <summary>Trace and largest eigenvalue of Σ a aᵀ where the training program computed them; then the matrix need not be there.</summary>
    public (double Trace, double Largest)? GramSummary { get; init; }

    /// <summary>Activations that met the weight, over all ranks.</summary>
    public long Samples { get; init; }

    /// <summary>How many of them were measured.</summary>
    public long Rows { get; init; }

    /// <summary>Independent units they came in.</summary>
    public long Units { get; init; }

    /// <summary>Whether the ranks' gradients differed and were averaged.</summary>
    public bool AveragedGradients { get; init; }

    /// <summary>Whether anything was captured of the activations.</summary>
    public bool HasActivations => (Gram ?? Activations) is not null || TokenCounts is not null || GramSummary is not null;

    /// <summary>Whether the layer is the gain of a normalisation.</summary>
    public bool IsNorm => Entry.Kind == "norm";

    /// <summary>Whether the layer is an embedding.</summary>
    public bool IsEmbedding => Entry.Kind == "embedding" || TokenCounts is not null;

    /// <summary>[out, in], or null where nothing tells.</summary>
    public (long Out, long In)? Shape =>
        Entry.Shape is [var rows, var columns] ? (rows, columns)
        : Gradient is { } g ? IsNorm ? (g.Count, g.Count) : (g.Rows, g.Columns)
        : Gram is { } gram ? (gram.Rows, gram.Rows)
        : null;
}
