using System.Globalization;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Reproduction;

/// <summary>
/// What must be seen of stable and nuclear ranks in any training of a language model. Every number is the median of a block's records from a
/// quarter of the run on; "the middle block" is the median over the blocks.
/// </summary>
public static class LanguageClaims
{
    /// <summary>"Low", for a stable rank: below this share of the dimensions of the activations, in every block.</summary>
    private const double Low = 0.1;

    /// <summary>
    /// "Far above": nr at least twice st, from where on the spectral step is no worse even by the two-sided argument under (1.5).
    /// </summary>
    private const double FarAbove = 2;

    /// <summary>
    /// Medians that differ by less than this share count as level, and no claim passes by a tie: the records that they are taken from scatter by
    /// more.
    /// </summary>
    private const double Tie = 0.02;

    /// <summary>MLPs are four times as wide as the residual stream.</summary>
    private const int HiddenFactor = 4;

    private static readonly TrackedWeight[] FarAboveOnes =
        [TrackedWeight.Query, TrackedWeight.Key, TrackedWeight.Output, TrackedWeight.Expand, TrackedWeight.Project];

    /// <summary>Figure 2: activations within the MLPs.</summary>
    public static IReadOnlyList<Claim> MlpActivations { get; } =
    [
        IsLow("the hidden states of the MLPs before ReLU² have low stable rank", "activation", "mlp.c_fc", HiddenFactor),
        IsLow("the post-activations of the MLPs have low stable rank", "activation", "mlp.post", HiddenFactor),
    ];

    /// <summary>Figure 6: normalised states.</summary>
    public static IReadOnlyList<Claim> RmsStates { get; } =
    [
        IsLow("the normalised states before attention have low stable rank", "rms", "rms.pre_attn", 1),
        IsLow("the normalised states before the MLPs have low stable rank", "rms", "rms.pre_mlp", 1),
        IsLow("the last normalised state has low stable rank", "rms", "lm_head.pre", 1),
    ];

    /// <summary>Figure 10: embeddings.</summary>
    public static IReadOnlyList<Claim> Embeddings { get; } =
    [
        BelowTokens("the token embeddings have at most the stable rank of the token-indicator matrix", "embed_lmhead", TrackedWeight.Embedding.Name),
        BelowTokens("the value embeddings have at most the stable rank of the token-indicator matrix", "value_embed", null),
    ];

    /// <summary>Figure 5: gradients of the MLPs.</summary>
    public static IReadOnlyList<Claim> MlpGradients { get; } = [IsFarAbove(TrackedWeight.Expand), IsFarAbove(TrackedWeight.Project)];

    /// <summary>Figure 8: gradients of W_Q and W_K.</summary>
    public static IReadOnlyList<Claim> QueryAndKeyGradients { get; } = [IsFarAbove(TrackedWeight.Query), IsFarAbove(TrackedWeight.Key)];

    /// <summary>Figure 9: gradients of W_O and W_V.</summary>
    public static IReadOnlyList<Claim> OutputAndValueGradients { get; } = [IsFarAbove(TrackedWeight.Output), ValueIsLowest()];

    /// <summary>Figure 7: gradients of embedding and head.</summary>
    public static IReadOnlyList<Claim> EmbeddingGradients { get; } = [EmbeddingHasSmallMargin(), HeadIsInBetween()];

    /// <summary>All of them, in the order of the paper's statements.</summary>
    public static IReadOnlyList<Claim> All { get; } =
    [
        .. MlpActivations, .. RmsStates, .. Embeddings, .. MlpGradients, .. QueryAndKeyGradients, .. OutputAndValueGradients, .. EmbeddingGradients,
    ];

    private static Claim IsLow(string statement, string section, string component, int dimensions) =>
        new($"{statement} (at most 1/10 of their dimensions, in every block)", log =>
        {
            if (Range(log, section, component) is not { } rank)
                return Finding.Missing($"{section} of {component}");
            if (log.DatasetNumber(NanoGptLog.Width) is not { } width)
                return Finding.Missing($"{NanoGptLog.Width} in its dataset");
            return new Finding(
                Text($"at most 1/{dimensions * width / rank.Most:0.0}: st {rank.Most:0.0} of {dimensions * width:0} dimensions, {rank.Median:0.0} in the middle"),
                rank.Most <= Low * dimensions * width);
        });

    private static Claim BelowTokens(string statement, string section, string? component) => new(statement, log =>
    {
        if (TrackerView.Of(log) is not { } tracker)
            return Finding.Missing("record of a tracker");
        var embeddings = TrackedRange.Of(tracker.Section(section).Where(series => component is null || series.Component == component));
        if (embeddings is not { } rank || Range(log, TrackedWeight.TokenFrequency, "") is not { } tokens)
            return Finding.Missing($"{section} and {TrackedWeight.TokenFrequency}");
        return new Finding(Text($"st at most {rank.Most:0.0} against {tokens.Median:0.0}"), rank.Most <= tokens.Median);
    });

    private static Claim IsFarAbove(TrackedWeight weight) =>
        new($"{weight.Symbol}: nr(G) is above 2 st(A) in the middle block, and above st(A) in every", log =>
            Ratio(log, weight) is { } ratio
                ? new Finding(
                    Text($"nr(G) = {ratio.Median:0.00} st(A) in the middle, {ratio.Least:0.00} to {ratio.Most:0.00} over {Counted.Of(ratio.Blocks, "block")}"),
                    ratio.Median > FarAbove && ratio.Least > 1)
                : Finding.Missing($"ranks of {weight.Symbol}"));

    private static Claim ValueIsLowest() => new(Text($"W_V: nr of the gradient lies below those of W_Q, W_K and W_O (by more than {Tie:P0})"), log =>
    {
        TrackedWeight[] others = [TrackedWeight.Query, TrackedWeight.Key, TrackedWeight.Output];
        var ranks = others.Select(weight => Range(log, weight.Section, weight.Name)?.Median).ToArray();
        if (Range(log, TrackedWeight.Value.Section, TrackedWeight.Value.Name)?.Median is not { } value || ranks.Any(rank => rank is null))
            return Finding.Missing("gradients of attention");
        return Finding.Below(
            Text($"nr {value:0.00} in the middle block, against {ranks[0]:0.00}, {ranks[1]:0.00} and {ranks[2]:0.00}"),
            1 - (value / ranks.Min(rank => rank!.Value)),
            Tie);
    });

    private static Claim EmbeddingHasSmallMargin() =>
        new(Text($"embedding: nr/st of the gradient is at least 1, and lower than anywhere in MLPs, W_Q, W_K and W_O (by more than {Tie:P0})"), log =>
            Ratio(log, TrackedWeight.Embedding) is { } embedding && LeastOfTheFarAbove(log) is { } least
                ? embedding.Median >= 1
                    ? Finding.Below(
                        Text($"nr/st {embedding.Median:0.00}, against {least.Ratio:0.00} of {least.Symbol}"), 1 - (embedding.Median / least.Ratio), Tie)
                    : new Finding(Text($"nr/st {embedding.Median:0.00}, against {least.Ratio:0.00} of {least.Symbol}"), false)
                : Finding.Missing("ranks of embedding, attention and MLPs"));

    private static Claim HeadIsInBetween() => new(Text($"LM head: nr/st lies between that of the embedding and the largest of MLPs, W_Q, W_K, W_O (by more than {Tie:P0} from either)"), log =>
    {
        double[] others = [.. FarAboveOnes.Select(weight => Ratio(log, weight)?.Median).OfType<double>()];
        if (Ratio(log, TrackedWeight.Head) is not { } head || Ratio(log, TrackedWeight.Embedding) is not { } embedding || others.Length == 0)
            return Finding.Missing("ranks of head, embedding, attention and MLPs");
        return Finding.Below(
            Text($"nr/st {head.Median:0.00}, of the embedding {embedding.Median:0.00}, of the others {others.Min():0.00} to {others.Max():0.00}"),
            Math.Min(1 - (embedding.Median / head.Median), 1 - (head.Median / others.Max())),
            Tie);
    });

    private static (double Ratio, string Symbol)? LeastOfTheFarAbove(RunLog log)
    {
        var ratios = FarAboveOnes.Select(weight => (Ratio: Ratio(log, weight)?.Median, weight.Symbol)).ToArray();
        return ratios.Any(r => r.Ratio is null) ? null : ratios.Select(r => (r.Ratio!.Value, r.Symbol)).MinBy(r => r.Value);
    }

    private static TrackedRange? Ratio(RunLog log, TrackedWeight weight) =>
        TrackerView.Of(log) is { } tracker ? TrackedRange.Of(tracker.Ratios(weight)) : null;

    private static TrackedRange? Range(RunLog log, string section, string component) =>
        TrackerView.Of(log) is { } tracker ? TrackedRange.Of(tracker.Of(section, component)) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
