namespace SpecGD.Training.Gpt;

/// <summary>A kind of weight that the tracker compares with what enters it by Table 1: nr of its gradient against st of the activations.</summary>
/// <param name="Name">Its key in <c>gradient.*</c> and <c>nr_over_st</c>; within a block without the block's number.</param>
/// <param name="Symbol">Its name for people.</param>
/// <param name="Section">The section of the gradients.</param>
/// <param name="ActivationSection">The section of the activations.</param>
/// <param name="Activation">Their key; within a block without the block's.</param>
public sealed record TrackedWeight(string Name, string Symbol, string Section, string ActivationSection, string Activation)
{
    /// <summary>The section that is one series itself: st of the token-indicator matrix.</summary>
    public const string TokenFrequency = "token_frequency";

    private const string Rms = "rms", Mlp = "gradient.mlp", Attention = "gradient.attention", Ends = "gradient.embed_lmhead";

    /// <summary>W_Q.</summary>
    public static TrackedWeight Query { get; } = new("attn.q", "W_Q", Attention, Rms, "rms.pre_attn");

    /// <summary>W_K.</summary>
    public static TrackedWeight Key { get; } = new("attn.k", "W_K", Attention, Rms, "rms.pre_attn");

    /// <summary>W_V.</summary>
    public static TrackedWeight Value { get; } = new("attn.v", "W_V", Attention, Rms, "rms.pre_attn");

    /// <summary>W_O, by Table 1 against the normalised state as well.</summary>
    public static TrackedWeight Output { get; } = new("attn.c_proj", "W_O", Attention, Rms, "rms.pre_attn");

    /// <summary>W_1, the MLP's way in.</summary>
    public static TrackedWeight Expand { get; } = new("mlp.c_fc", "MLP in", Mlp, Rms, "rms.pre_mlp");

    /// <summary>W_2, the MLP's way out.</summary>
    public static TrackedWeight Project { get; } = new("mlp.c_proj", "MLP out", Mlp, "activation", "mlp.post");

    /// <summary>The language model head.</summary>
    public static TrackedWeight Head { get; } = new("lm_head", "LM head", Ends, Rms, "lm_head.pre");

    /// <summary>The token embedding against the token-indicator matrix.</summary>
    public static TrackedWeight Embedding { get; } = new("embedding", "embedding", Ends, TokenFrequency, "");

    /// <summary>Those of every block.</summary>
    public static IReadOnlyList<TrackedWeight> InBlocks { get; } = [Query, Key, Value, Output, Expand, Project];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrackedWeight> All { get; } = [.. InBlocks, Head, Embedding];
}
