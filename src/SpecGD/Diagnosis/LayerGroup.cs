namespace SpecGD.Diagnosis;

/// <summary>What part of a network a layer is.</summary>
public enum LayerGroup
{
    /// <summary>Projections of attention: query, key, value, output.</summary>
    Attention,

    /// <summary>The first matrix of an MLP, and the gate beside it.</summary>
    MlpIn,

    /// <summary>The second matrix of an MLP.</summary>
    MlpOut,

    /// <summary>Convolutions.</summary>
    Convolution,

    /// <summary>Token and position embeddings.</summary>
    Embedding,

    /// <summary>The last linear layer, which gives logits or predictions.</summary>
    Head,

    /// <summary>Gains of normalisations.</summary>
    Norm,

    /// <summary>Any other matrix.</summary>
    Other,
}

/// <summary>Groups by the names that frameworks give their layers.</summary>
public static class LayerGroups
{
    private static readonly string[] AttentionWords =
        ["attn", "attention", "self_attn", "selfattention", "q_proj", "k_proj", "v_proj", "o_proj", "qkv", "qkv_proj", "q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj", "c_attn",
            "query_key_value", "query", "key", "value",
         "in_proj", "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight", "qkv_w", "qkvo_w", "wqkv", "to_q", "to_k", "to_v", "to_qkv", "to_out", "wq", "wk", "wv", "wo", "out_proj"];

    private static readonly string[] MlpWords =
        ["mlp", "ffn", "feed_forward", "feedforward", "ff", "fc", "fc1", "fc2", "c_fc", "up_proj", "gate_proj", "down_proj", "linear1",
            "linear2", "dense_h_to_4h", "dense_4h_to_h",
         "intermediate", "w1", "w2", "w3"];

    private static readonly string[] MlpOutWords = ["fc2", "c_proj", "down_proj", "linear2", "dense_4h_to_h", "w2", "proj", "out", "output", "down", "fc_out", "w_out", "w_down"];

    private static readonly string[] HeadWords = ["lm_head", "head", "classifier", "logits", "unembed", "embed_out", "output_projection", "score"];

    private static readonly string[] AttentionOutWords = ["o_proj", "out_proj", "c_proj", "proj", "wo", "to_out", "o", "dense", "out"];

    private static readonly string[] StateSpaceLayers = ["in_proj", "x_proj", "dt_proj", "out_proj"];

    /// <summary>The word that JSON, tables and captures use.</summary>
    public static string Word(this LayerGroup group) => group switch
    {
        LayerGroup.Attention => "attention",
        LayerGroup.MlpIn => "mlp in",
        LayerGroup.MlpOut => "mlp out",
        LayerGroup.Convolution => "convolution",
        LayerGroup.Embedding => "embedding",
        LayerGroup.Head => "head",
        LayerGroup.Norm => "norms",
        _ => "other",
    };

    /// <summary>The group of a layer: what the capture says, else what kind and name tell, else whether it is the last matrix.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isLastMatrix">Whether no other linear layer follows it in the network.</param>
    /// <param name="placesAreKnown">Whether the capture tells the places of layers; then a name does not make a head.</param>
    /// <exception cref="BadInputException">The capture names a group that does not exist.</exception>
    public static LayerGroup Of(LayerEntry layer, bool isLastMatrix, bool placesAreKnown = false)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.Group is { } said)
        {
            foreach (var group in Enum.GetValues<LayerGroup>())
                if (group.Word() == said)
                    return group;
            string known = string.Join(", ", Enum.GetValues<LayerGroup>().Select(Word));
            throw new BadInputException($"The layer '{layer.Name}' is said to be of the group '{said}'; there are {known}.");
        }
        return layer switch
        {
            { Kind: "embedding" } or { TokenCounts: not null } => LayerGroup.Embedding,
            { Kind: "norm" } => LayerGroup.Norm,
            { Place: LayerPlaces.Head } => LayerGroup.Head,
            { Kind: "conv" } => LayerGroup.Convolution,
            _ => OfMatrix(layer, isLastMatrix, placesAreKnown),
        };
    }

    /// <summary>Whether a layer of attention is its output projection, W_O.</summary>
    public static bool IsAttentionOutput(LayerEntry layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.PartOf is null && AttentionOutWords.Contains(Words(layer.Name)[^1]);
    }

    private static LayerGroup OfMatrix(LayerEntry layer, bool isLastMatrix, bool placesAreKnown)
    {
        string[] words = Words(layer.Name);
        if (!placesAreKnown && HeadWords.Any(words.Contains))
            return LayerGroup.Head;
        if (IsOfStateSpace(words))
            return LayerGroup.Other;
        if (AttentionWords.Any(words.Contains))
            return LayerGroup.Attention;
        if (LayerPlaces.IsNamedRouter(layer))
            return LayerGroup.Other;
        if (MlpWords.Any(words.Contains))
            return MlpOutWords.Contains(words[^1]) ? LayerGroup.MlpOut : LayerGroup.MlpIn;
        return isLastMatrix && !placesAreKnown ? LayerGroup.Head : LayerGroup.Other;
    }

    /// <summary>Whether a layer is of a state space model such as Mamba, whose projections have names that attention uses as well.</summary>
    internal static bool IsOfStateSpace(string[] words) =>
        words.Any(word => word.Contains("mamba", StringComparison.Ordinal) || word == "ssm") || (words.Contains("mixer") && StateSpaceLayers.Contains(words[^1]));

    /// <summary>The words of a name, without numbers and indices; one at least, which may be empty.</summary>
    internal static string[] Words(string name) =>
        [.. name.Split('.', '[').Select(word => word.ToLowerInvariant()).Where(word => word.Length > 0
            && !word.EndsWith(']') && !word.All(char.IsAsciiDigit)).DefaultIfEmpty("")];
}
