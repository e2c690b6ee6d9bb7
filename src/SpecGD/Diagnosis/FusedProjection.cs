using System.Globalization;

namespace SpecGD.Diagnosis;

/// <summary>Projections that hold several matrices one below the other, and were captured as one: their verdict is of the mixture.</summary>
internal static class FusedProjection
{
    private static readonly string[] ThreeWords =
        ["c_attn", "query_key_value", "in_proj", "in_proj_weight", "w_pack"];

    private static readonly string[] TwoWords =
        ["kv", "kv_proj", "to_kv", "wkv", "gate_up_proj", "gate_up", "up_gate", "w13", "w1w3", "w12", "wi", "gate_and_up", "linear_fc1_fused"];

    /// <summary>A sentence where <paramref name="layer"/> looks fused and was not split; null otherwise.</summary>
    public static string? Looks(LayerEntry layer, string kind)
    {
        bool isOfStack = layer.SliceOf is not null && !layer.Name.Contains(':', StringComparison.Ordinal); // else the program cuts the weight itself
        if (layer.PartOf is not null || (layer.SliceOf is not null && !(isOfStack && layer.Chunks is { Count: > 1 })) || kind != "linear")
            return null;
        string[] words = LayerGroups.Words(layer.Name);
        string last = words[^1];
        bool isOfStateSpace = LayerGroups.IsOfStateSpace(words);
        bool isThreeWide = layer.Shape is [var outputs, var inputs] && outputs == 3 * inputs && LayerGroups.Of(layer, isLastMatrix: false) == LayerGroup.Attention;
        bool three = (ThreeWords.Contains(last) && !isOfStateSpace) || last.Contains("qkv", StringComparison.Ordinal) || isThreeWide, two = TwoWords.Contains(last) || (isOfStateSpace && last == "in_proj");
        if (!(three || two || layer.Chunks is { Count: > 1 }))
            return null;
        if (layer.Chunks is { } cut && !three && !two && cut.Distinct().Count() > 1)
            return $"the program cuts its output in {cut.Count} ({string.Join(", ", cut)}), so it is several matrices in one, whose verdict is that of the mixture; "
                + $"capture with split={{\"{layer.SliceOf ?? layer.Name}\": [{string.Join(", ", cut)}]}} to judge each.";
        string[] names = (layer.Chunks?.Count ?? (three ? 3 : 2)) == 3 ? ["q", "k", "v"]
            : isOfStateSpace ? ["x", "z"]
            : words.Any(word => word.Contains("kv", StringComparison.Ordinal)) ? ["k", "v"]
            : ["gate", "up"];
        string sizes = layer.Chunks is { } chunks
            ? string.Join(", ", names.Zip(chunks, (name, size) => string.Create(CultureInfo.InvariantCulture, $"\"{name}\": {size}")))
            : string.Join(", ", names.Select(name => $"\"{name}\": …"));
        return $"it looks like {(names.Length == 3 ? "queries, keys and values" : names[0] + " and " + names[1])} in one matrix, whose verdict is that of "
            + $"the mixture; capture with split={{\"{layer.SliceOf ?? layer.Name}\": {{{sizes}}}}} to judge each.";
    }
}
