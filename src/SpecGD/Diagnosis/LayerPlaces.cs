namespace SpecGD.Diagnosis;

/// <summary>
/// Which layers Muon's authors leave to AdamW whatever their ratio: the input of the network (first convolution, patches, tables of tokens), its
/// heads and the routers of experts. The place in the network decides where the capture tells it; else kind and name do.
/// </summary>
public static class LayerPlaces
{
    /// <summary>The first matrix that meets the data.</summary>
    public const string Input = "input";

    /// <summary>The last matrix before the loss.</summary>
    public const string Head = "head";

    /// <summary>Chooses the experts.</summary>
    public const string Router = "router";

    /// <summary>A router has at most this many experts.</summary>
    private const int MostExperts = 1024;

    private static readonly string[] GatedWords = ["up", "up_proj", "down", "down_proj", "w_up", "w_down"];

    private static readonly string[] GateWords = ["gate", "gating", "gate_network", "gate_w", "gate_weight", "w_gate", "switch", "wg"];

    /// <summary>Whether the capture tells the places of its layers.</summary>
    public static bool Tells(IReadOnlyList<LayerEntry> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Any(layer => layer.Place is not null);
    }

    /// <summary>What holds <paramref name="layer"/> back, or null.</summary>
    /// <param name="layer">One of <paramref name="layers"/>.</param>
    /// <param name="group">Its part of the network.</param>
    /// <param name="layers">All of the capture, in network order.</param>
    public static string? HeldBack(LayerEntry layer, LayerGroup group, IReadOnlyList<LayerEntry> layers)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(layers);
        if (layer.PlaceGiven)
            return layer.Place;
        if (group == LayerGroup.Norm)
            return null;
        if (IsRouter(layer, layers))
            return Router;
        if (group == LayerGroup.Head)
            return Head;
        return group == LayerGroup.Embedding || IsInput(layer, group, layers) ? Input : null;
    }

    /// <summary>
    /// Keys and values of cross attention meet data, too, and are no input layers: of the projections of attention only the first matrix of all is.
    /// </summary>
    private static bool IsInput(LayerEntry layer, LayerGroup group, IReadOnlyList<LayerEntry> layers)
    {
        var first = layers.FirstOrDefault(other => other.Kind is not ("embedding" or "norm") && other.TokenCounts is null);
        bool isFirst = first is not null && (ReferenceEquals(first, layer) || (first.PartOf is not null && first.PartOf == layer.PartOf));
        if (!Tells(layers))
            return isFirst && layer.Kind == "conv";
        return layer.Place == Input && (isFirst || group != LayerGroup.Attention);
    }

    /// <summary>Whether name and shape make it a router, whatever stands beside it.</summary>
    internal static bool IsNamedRouter(LayerEntry layer) => IsRouter(layer, []);

    /// <summary>
    /// Called router, or gate with a handful of outputs or experts beside it; the gate of a gated MLP has as many outputs as the MLP is wide.
    /// </summary>
    private static bool IsRouter(LayerEntry layer, IReadOnlyList<LayerEntry> layers)
    {
        if (layer.Shape is not [var outputs, var inputs] || outputs > MostExperts || layer.Kind is not (null or "linear") || layer.PartOf is not null)
            return false; // a part that is called gate is that of a gated MLP
        string[] words = LayerGroups.Words(layer.Name);
        if (words.Any(word => word.Contains("router", StringComparison.Ordinal) || word == "selector") && outputs <= inputs)
            return true;
        if (!GateWords.Contains(words[^1]))
            return false;
        string owner = layer.Name[..(layer.Name.LastIndexOf('.') + 1)];
        if (layers.Any(other => other.Name.StartsWith(owner, StringComparison.Ordinal) && GatedWords.Contains(other.Name[owner.Length..])))
            return false; // the gate of a gated MLP, which has these beside it
        long experts = layers.Where(other => other.Name.StartsWith(owner, StringComparison.Ordinal)
            && (other.SliceOf is not null || other.Name[owner.Length..].Contains("expert", StringComparison.OrdinalIgnoreCase))).LongCount();
        return outputs < inputs || experts > 1;
    }
}
