using SpecGD.Experiments.NanoGpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Figures.Recipes;

/// <summary>Figure 2 as the authors' code records it: the MLPs' hidden states before the nonlinearity.</summary>
public sealed class MlpHiddenStateFigure() : StableRankFigure(
    "activation_mlp",
    "Stable rank of the hidden state of every MLP during training, before the nonlinearity: what the paper's code records and calls post-activation.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
        [Part("Hidden states of the MLPs before the nonlinearity", tracker, "activation", "mlp.c_fc")];
}

/// <summary>Figure 2 with what enters the MLPs' output matrices: the true post-activations.</summary>
public sealed class MlpPostActivationFigure() : StableRankFigure(
    "activation_mlp_post",
    "Stable rank of the post-activations of every MLP during training: the activations that enter its output matrix.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
        [Part("Post-activations of the MLPs", tracker, "activation", "mlp.post")];
}

/// <summary>Figure 6: the normalised states that enter attention, MLPs and head.</summary>
public sealed class NormalisedStateFigure() : StableRankFigure(
    "activation_rms",
    "Stable rank of the RMS-normalised states that enter attention and the MLPs, and of the one that enters the language model head.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker)
    {
        yield return Part("Normalised states before attention", tracker, "rms", "rms.pre_attn");
        var mlps = Part("Normalised states before the MLPs and the head", tracker, "rms", "rms.pre_mlp");
        yield return mlps with { Curves = [.. mlps.Curves, .. Named(tracker, "rms", "lm_head.pre", "before the head")] };
    }
}

/// <summary>Figure 10: embeddings and the token-indicator matrix.</summary>
public sealed class EmbeddingStateFigure() : StableRankFigure(
    "activation_embedding",
    "Stable rank of the token embeddings and the value embeddings as they are looked up, and of the token-indicator matrix, which is the "
    + "number of tokens over the count of the most common one.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
    [
        new(
            "Embeddings",
            [
                .. Named(tracker, TrackedWeight.TokenFrequency, "", "token indicator"),
                .. Named(tracker, "embed_lmhead", "embedding", "token embedding"),
                .. tracker.Section("value_embed").Select(series => (ValueLabel(series), series)),
            ]),
    ];

    private static Model.FigureText ValueLabel(TrackedSeries series) =>
        series.Component.Replace("value_embed", "value embedding ", StringComparison.Ordinal);
}

/// <summary>Queries, keys, values and outputs of attention.</summary>
public sealed class AttentionStateFigure() : StableRankFigure(
    "activation_attention",
    "Stable rank of queries and keys after normalisation and rotation, of values before the value embeddings are mixed in, and of the "
    + "output of attention, heads side by side.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
    [
        Part("Queries", tracker, "qkv_columns", "attn.q"),
        Part("Keys", tracker, "qkv_columns", "attn.k"),
        Part("Values", tracker, "qkv_columns", "attn.v"),
        Part("Attention outputs", tracker, "activation", "attn.out"),
    ];
}
