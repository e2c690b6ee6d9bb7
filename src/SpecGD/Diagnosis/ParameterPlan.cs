using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>A parameter and what its layers' verdicts say.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Layout">out_in, in_out, conv or vector.</param>
/// <param name="StoredShape">Its sizes as stored.</param>
/// <param name="Comment">Why it is where it is.</param>
public sealed record PlannedParameter(string Name, string Layout, IReadOnlyList<long> StoredShape, string Comment)
{
    /// <summary>Sizes for comments: "(768, 3072)".</summary>
    public string ShapeText => $"({string.Join(", ", StoredShape)})";
}

/// <summary>
/// Which parameter gets which geometry. A tensor of several parts or uses (fused projections, tied weights) is updated as one, so it counts as
/// spectral
/// only if nr ≥ st holds for each. Embeddings, the head and gains stay with AdamW, as Muon's authors do; their verdict is in the comment.
/// </summary>
/// <param name="Spectral">For Muon.</param>
/// <param name="Euclidean">For AdamW, without the parameters that belong to no layer.</param>
/// <param name="Others">Those: biases and the like, also for AdamW.</param>
public sealed record ParameterPlan(IReadOnlyList<PlannedParameter> Spectral, IReadOnlyList<PlannedParameter> Euclidean, IReadOnlyList<string> Others)
{
    /// <summary>The plan that follows from <paramref name="diagnosis"/>.</summary>
    public static ParameterPlan Of(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var spectral = new List<PlannedParameter>();
        var euclidean = new List<PlannedParameter>();
        foreach (var layers in diagnosis.Trends.GroupBy(trend => NameOf(trend.Last)))
        {
            var (isSpectral, why) = Decide([.. layers]);
            var entry = layers.First().Last.Entry;
            IReadOnlyList<long> shape = entry.StoredShape ?? (layers.First().Last.Shape is var (rows, columns) ? [rows, columns] : []);
            (isSpectral ? spectral : euclidean).Add(new PlannedParameter(layers.Key, entry.Layout ?? "out_in", shape, why));
        }
        return new ParameterPlan(spectral, euclidean, diagnosis.OtherParameters);
    }

    private static string NameOf(LayerDiagnosis layer) => layer.Entry.Parameter ?? layer.Name + ".weight";

    private static (bool IsSpectral, string Why) Decide(LayerTrend[] layers)
    {
        string verdicts = string.Join(", ", layers.Select(Words));
        if (layers.Select(layer => layer.Last.Group).FirstOrDefault(group => group is LayerGroup.Embedding or LayerGroup.Head or LayerGroup.Norm,
            LayerGroup.Other) is var held
            && held != LayerGroup.Other)
            return (false, $"{held.Word()}, left to AdamW; {verdicts}");
        if (layers.Any(layer => layer.Verdict is null))
            return (false, $"not judged: {layers.First(layer => layer.Verdict is null).Last.Reason}");
        return (layers.All(layer => layer.Verdict != Verdict.Euclidean), verdicts);
    }

    private static string Words(LayerTrend layer)
    {
        string part = layer.Last.Entry.PartOf is { } whole ? layer.Name[Math.Min(layer.Name.Length, whole.Length + 1)..] + " " : "";
        return layer.Verdict is { } verdict && layer.Last.Ratio is { } ratio
            ? $"{part}{verdict.Word()}, nr/st {Records.NumberText.Of(ratio)}"
            : $"{part}not judged";
    }
}
