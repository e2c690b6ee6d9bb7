using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpecGD.Diagnosis;

/// <summary>What a capture says of itself beside its tensors: the JSON under the key 'specgd' (docs/capture-format.md).</summary>
public sealed record CaptureDocument
{
    /// <summary>The word that names the format, and the version that is read.</summary>
    public const string FormatName = "specgd-capture";

    /// <summary>The version that is read.</summary>
    public const int KnownVersion = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = 64,
    };

    /// <summary>Must be <see cref="FormatName"/>.</summary>
    public string? Format { get; init; }

    /// <summary>Must be <see cref="KnownVersion"/>.</summary>
    public int Version { get; init; } = KnownVersion;

    /// <summary>The training step, where it is known.</summary>
    public long? Step { get; init; }

    /// <summary>Which of several processes wrote the file, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>How many processes there were.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>What wrote the file.</summary>
    public string? Producer { get; init; }

    /// <summary>The layers in network order.</summary>
    public IReadOnlyList<LayerEntry> Layers { get; init; } = [];

    /// <summary>Parameters that belong to no layer: biases and the like.</summary>
    public IReadOnlyList<string> OtherParameters { get; init; } = [];

    /// <summary>Matrices of the model that the capture could not measure.</summary>
    public IReadOnlyList<UnmeasuredMatrix> Unmeasured { get; init; } = [];

    /// <summary>Reads the JSON text of <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">It is not what the format says.</exception>
    public static CaptureDocument Parse(string path, ReadOnlySpan<byte> json)
    {
        CaptureDocument? document;
        try
        {
            document = JsonSerializer.Deserialize<CaptureDocument>(json, Options);
        }
        catch (JsonException e)
        {
            string place = e.Path is { Length: > 1 } at ? $" at {at}" : "";
            throw new BadInputException($"{path}: its description ('specgd') is not as docs/capture-format.md has it{place}.", e);
        }
        if (document?.Format != FormatName)
            throw new BadInputException($"{path}: its description has the format '{document?.Format}'; '{FormatName}' was expected.");
        if (document.Version != KnownVersion)
            throw new BadInputException(
                $"{path} is of version {document.Version} of the capture format; this program reads version {KnownVersion}.");
        // a null within a list is not told by its annotation
        if (document.Layers.Any(layer => layer is null || layer.TiedWith.Contains(null!)) || document.OtherParameters.Contains(null!)
            || document.Unmeasured.Contains(null!))
            throw new BadInputException($"{path}: its description ('specgd') has null where a layer or a name was expected.");
        return document;
    }
}

/// <summary>A matrix that was not measured.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Shape">Its sizes as stored.</param>
/// <param name="Share">Its part of the weights of all matrices, from 0 to 1.</param>
/// <param name="Reason">Why, as a clause: "it took no part in the step".</param>
public sealed record UnmeasuredMatrix(string Name, IReadOnlyList<long> Shape, double Share, string Reason);

/// <summary>A layer as a capture describes it; everything but the name may be missing.</summary>
public sealed record LayerEntry
{
    /// <summary>The module's name; for a part of a fused projection with the part's behind it.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>linear, conv, embedding or norm.</summary>
    public string? Kind { get; init; }

    /// <summary>One of the groups of <see cref="LayerGroup"/> by its word, where the name does not tell.</summary>
    public string? Group { get; init; }

    /// <summary>[out, in].</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>Name of the parameter.</summary>
    public string? Parameter { get; init; }

    /// <summary>The parameter's sizes as the framework stores it.</summary>
    public IReadOnlyList<long>? StoredShape { get; init; }

    /// <summary>How it is stored: out_in, in_out, conv or vector.</summary>
    public string? Layout { get; init; }

    /// <summary>The fused module of which this is a part.</summary>
    public string? PartOf { get; init; }

    /// <summary>Where its rows begin in the fused module, where they are contiguous.</summary>
    public long? PartBegin { get; init; }

    /// <summary>nr of the fused module's gradient, undivided.</summary>
    public double? WholeNuclearRank { get; init; }

    /// <summary>What dividing promises: Σ ‖G_i‖_*² over the parts, over ‖G‖_*² of the whole.</summary>
    public double? SplittingGain { get; init; }

    /// <summary>The parameter of which this is a slice (an expert of a stack, rows of a matrix).</summary>
    public string? SliceOf { get; init; }

    /// <summary>Where it stands in the network: "input" or "head"; null in between, or where the capture does not say.</summary>
    public string? Place { get; init; }

    /// <summary>Whether the user said its place.</summary>
    public bool PlaceGiven { get; init; }

    /// <summary>Sizes of the parts into which the program cuts the layer's output, where it does.</summary>
    public IReadOnlyList<long>? Chunks { get; init; }

    /// <summary>Activations that got no gradient (padding) and were left out.</summary>
    public long? RowsWithoutGradient { get; init; }

    /// <summary>Modules that share the parameter.</summary>
    public IReadOnlyList<string> TiedWith { get; init; } = [];

    /// <summary>Whether the parameter asks for no gradient.</summary>
    public bool Frozen { get; init; }

    /// <summary>Why nothing of it was measured, where that is so.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether its activations cannot be seen from outside.</summary>
    public bool Unseen { get; init; }

    /// <summary>Whether the parameter had a gradient before the capture began, to which that of the capture was added.</summary>
    public bool GradientBefore { get; init; }

    /// <summary>Element type of the gradient in the program.</summary>
    public string? GradientDtype { get; init; }

    /// <summary>Activations (tokens, positions) that met the weight.</summary>
    public long? Samples { get; init; }

    /// <summary>How many of them are in the Gram matrix.</summary>
    public long? Rows { get; init; }

    /// <summary>Independent units (sequences, images) they came in.</summary>
    public long? Units { get; init; }

    /// <summary>How often the layer ran.</summary>
    public long? Calls { get; init; }

    /// <summary>‖W‖_F.</summary>
    public double? WeightFrobeniusNorm { get; init; }

    /// <summary>Tensor with the gradient, (out, in).</summary>
    public string? Gradient { get; init; }

    /// <summary>Tensor with the smaller Gram matrix of the gradient.</summary>
    public string? GradientGram { get; init; }

    /// <summary>Tensor with the singular values of the gradient, descending, in its place.</summary>
    public string? GradientSpectrum { get; init; }

    /// <summary>Tensor with the singular values of the optimizer's momentum, descending.</summary>
    public string? MomentumSpectrum { get; init; }

    /// <summary>How far five Newton–Schulz steps in bfloat16 are from the polar factor of the momentum, relative to it in the Frobenius norm.</summary>
    public double? NewtonSchulzDistance { get; init; }

    /// <summary>Least nr that the gradient without the mini-batch's noise may have, from the gradients of the batch's halves.</summary>
    public double? NuclearRankLow { get; init; }

    /// <summary>Largest such nr.</summary>
    public double? NuclearRankHigh { get; init; }

    /// <summary>Trace of the Gram matrix of the activations, in its place.</summary>
    public double? GramTrace { get; init; }

    /// <summary>Its largest eigenvalue.</summary>
    public double? GramLargest { get; init; }

    /// <summary>Tensor with the inner products of a random choice of activations, (rows, rows), in place of <see cref="RowSample"/>.</summary>
    public string? RowKernel { get; init; }

    /// <summary>Tensor with the Gram matrix of the activations, (in, in).</summary>
    public string? Gram { get; init; }

    /// <summary>Tensor with all activations, (samples, in).</summary>
    public string? Activations { get; init; }

    /// <summary>Tensor with a random choice of activations, (rows, in).</summary>
    public string? RowSample { get; init; }

    /// <summary>Tensor with the unit of each of them.</summary>
    public string? RowUnits { get; init; }

    /// <summary>Tensor with how often each token of an embedding occurred.</summary>
    public string? TokenCounts { get; init; }
}
