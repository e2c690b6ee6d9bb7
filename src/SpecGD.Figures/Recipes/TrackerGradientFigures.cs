using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Model;
using SpecGD.Training.Gpt;

namespace SpecGD.Figures.Recipes;

/// <summary>Figure 5: the gradients of the MLPs' matrices.</summary>
public sealed class MlpGradientFigure() : NuclearRankFigure(
    "gradient_mlp", "Nuclear rank of the gradients of both matrices of every MLP during training.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
    [
        OfWeight("MLP in: ", tracker, TrackedWeight.Expand, FigureText.Italic("W") + FigureText.Subscript("1")),
        OfWeight("MLP out: ", tracker, TrackedWeight.Project, FigureText.Italic("W") + FigureText.Subscript("2")),
    ];

    /// <summary>A panel of the gradients of one matrix of every block.</summary>
    internal static TrackerPart OfWeight(FigureText before, TrackerView tracker, TrackedWeight weight, FigureText symbol) =>
        Part(before + symbol, tracker, weight.Section, weight.Name);
}

/// <summary>Figure 8: the gradients of W_Q and W_K.</summary>
public sealed class QueryKeyGradientFigure() : NuclearRankFigure(
    "gradient_attention_qk", "Nuclear rank of the gradients of the query and key matrices of every block during training.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
    [
        MlpGradientFigure.OfWeight("Queries: ", tracker, TrackedWeight.Query, StatementPanels.Mathematics(TrackedWeight.Query.Symbol)),
        MlpGradientFigure.OfWeight("Keys: ", tracker, TrackedWeight.Key, StatementPanels.Mathematics(TrackedWeight.Key.Symbol)),
    ];
}

/// <summary>Figure 9, above: the gradients of W_O.</summary>
public sealed class OutputGradientFigure() : NuclearRankFigure(
    "gradient_attention_o", "Nuclear rank of the gradients of attention's output matrix of every block during training.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
        [MlpGradientFigure.OfWeight("Attention output: ", tracker, TrackedWeight.Output, StatementPanels.Mathematics(TrackedWeight.Output.Symbol))];
}

/// <summary>Figure 9, below: the gradients of W_V.</summary>
public sealed class ValueGradientFigure() : NuclearRankFigure(
    "gradient_attention_v", "Nuclear rank of the gradients of the value matrix of every block during training.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
        [MlpGradientFigure.OfWeight("Values: ", tracker, TrackedWeight.Value, StatementPanels.Mathematics(TrackedWeight.Value.Symbol))];
}

/// <summary>Figure 7: the gradients of embeddings and head.</summary>
public sealed class EmbeddingGradientFigure() : NuclearRankFigure(
    "gradient_embedding", "Nuclear rank of the gradients of the token embedding, the language model head and the value embeddings during training.")
{
    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker) =>
    [
        new(
            "Embeddings and language model head",
            [
                .. Named(tracker, "gradient.embed_lmhead", "embedding", "token embedding"),
                .. Named(tracker, "gradient.embed_lmhead", "lm_head", "head"),
                .. tracker.Section("gradient.value_embed").Select(series => (ValueLabel(series), series)),
            ]),
    ];

    private static FigureText ValueLabel(TrackedSeries series) =>
        series.Component.Replace(".weight", "", StringComparison.Ordinal).Replace("value_embed", "value embedding ", StringComparison.Ordinal);
}

/// <summary>The verdict of Table 1: nr of every weight's gradient over st of what enters it, with the line 1.</summary>
public sealed class VerdictFigure() : TrackerFigure(
    "verdict",
    "Nuclear rank of the gradient of every weight over the stable rank of the activations that enter it, by the paper's Table 1. Above the "
    + "dashed line at 1 the rule favours a spectral step, below it a Euclidean one.")
{
    private protected override int Columns => 4;

    private protected override IEnumerable<TrackerPart> Parts(TrackerView tracker)
    {
        foreach (var weight in TrackedWeight.InBlocks)
            yield return new TrackerPart(
                StatementPanels.Mathematics(weight.Symbol), [.. tracker.Ratios(weight).Select(series => (FigureText.Empty, series))]);
        yield return Part(StatementPanels.Mathematics("W_O") + " against attention's output", tracker, TrackerLog.RatiosName, "attn.c_proj.H");
        yield return new TrackerPart(
            "Head and token embedding",
            [
                .. tracker.Ratios(TrackedWeight.Head).Select(series => ((FigureText)"LM head", series)),
                .. tracker.Ratios(TrackedWeight.Embedding).Select(series => ((FigureText)"token embedding", series)),
            ]);
    }

    private protected override Panel[] Panels(IReadOnlyList<TrackerPart> parts) =>
        TrackerPanels.OfRatios(parts, "nr(" + FigureText.Italic("G") + ") / st(" + FigureText.Italic("A") + ")");
}
