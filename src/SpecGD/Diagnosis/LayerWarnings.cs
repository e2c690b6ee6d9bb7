using System.Globalization;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>Where the measure misleads, and why, for one layer.</summary>
internal static class LayerWarnings
{
    /// <summary>
    /// Samples for each direction that the activations use, below which st(A) counts as uncertain: the largest eigenvalue of n rows is too large by
    /// about (st − 1)/n of itself, so st is then some 10 % too small.
    /// </summary>
    private const double SamplesPerDirection = 10;

    /// <summary>Code of the warning that another verdict lies within the interval.</summary>
    public const string Uncertain = "verdict-uncertain";

    /// <summary>Share of activations without gradient from which on it is said.</summary>
    private const double TellSilentRows = 0.05;

    /// <summary>Directions that centring before and behind a layer (LayerNorm, softmax) can take from its gradient, without harm.</summary>
    private const int CentredDirections = 2;

    /// <summary>The warnings, the gravest first.</summary>
    public static IEnumerable<DiagnosisWarning> Of(
        CapturedLayer layer, LayerDiagnosis found, GradientMeasure? gradient, ActivationMeasure activations, bool byBlockInput) =>
    [
        .. OfGradient(layer, gradient, activations),
        .. OfActivations(layer, found, activations, byBlockInput),
        .. OfVerdict(found),
        .. OfPlace(found),
    ];

    private static IEnumerable<DiagnosisWarning> OfGradient(CapturedLayer layer, GradientMeasure? gradient, ActivationMeasure activations)
    {
        var entry = layer.Entry;
        if (gradient is null)
        {
            yield return entry.Frozen
                ? new("frozen", "the parameter asks for no gradient (requires_grad is False), so there is nothing to decide.")
                : new("no-gradient", "no gradient was captured: the layer took no part in the loss, or gradients were cleared before the capture "
                    + "ended.");
            yield break;
        }
        if (!gradient.IsFinite)
            yield return new("non-finite-gradient", "the gradient holds NaN or infinity, as after an overflow in mixed precision; capture another "
                + "step.");
        else if (gradient.NuclearRank is null)
            yield return new("zero-gradient", "the gradient is exactly zero, and a zero matrix has no rank to compare.");
        else if (!layer.IsNorm && !layer.IsEmbedding && gradient.Rank < gradient.Spectrum.Count - CentredDirections
            && gradient.Rank < 2 * activations.StableRank) // else even a flat spectrum of so many directions would be judged as it is
        {
            yield return new(
                "rank-deficient-gradient",
                $"the gradient has rank {gradient.Rank} of {gradient.Spectrum.Count}: nr(G) is at most {gradient.Rank}, and a spectral step leaves "
                    + $"the other directions where they are.");
        }
        if (entry.GradientDtype is "bfloat16" or "float16" && gradient.NuclearRank is not null)
            yield return new("low-precision-gradient", $"the gradient was computed in {entry.GradientDtype}; its rounding errors are spread over "
                + $"all directions and raise nr(G).");
        if (entry.GradientBefore)
            yield return new("gradient-before", "there was a gradient before the capture began, and what was captured came on top; call "
                + "zero_grad() first.");
        if (layer.AveragedGradients)
            yield return new("local-gradients", "the ranks' gradients differ, so their mean was measured; capture after they are synchronised.");
        if (entry.TiedWith.Count > 0)
            yield return new("tied", $"the weight is shared with {string.Join(", ", entry.TiedWith)}: the gradient is the sum over all its uses, "
                + $"and one verdict must serve them all.");
    }

    private static IEnumerable<DiagnosisWarning> OfActivations(CapturedLayer layer, LayerDiagnosis found, ActivationMeasure activations,
        bool byBlockInput)
    {
        if (byBlockInput)
        {
            yield return new("activations-unseen", "its own input cannot be seen from outside the module; it is judged by the input of its "
                + "attention, as in Table 1 of the paper.");
            yield break;
        }
        if (!activations.IsFinite)
            yield return new("non-finite-activations", "the activations hold NaN or infinity; no rank can be measured.");
        if (activations.StableRank is not { } st)
        {
            if (activations.IsFinite && !layer.HasActivations)
                yield return new("no-activations", $"no activations were captured: {layer.Entry.Reason ?? "the layer did not run within the capture, or not as a module of its own"}.");
            else if (activations.IsFinite)
                yield return new("zero-activations", "all activations are exactly zero, so there is no stable rank.");
            yield break;
        }
        if (layer.Rows > 0 && layer.Rows < SamplesPerDirection * st && !layer.IsEmbedding)
            yield return new("few-samples", FewSamples(layer, st, activations.Interval));
        if (found.Shape is var (rows, columns) && !layer.IsEmbedding && !layer.IsNorm && layer.Rows > 0 && layer.Rows < Math.Min(rows, columns))
        {
            yield return new(
                "batch-smaller-than-width",
                $"{Counted.Of(layer.Rows, "sample")} for a width of {Math.Min(rows, columns)}: neither rank can exceed {layer.Rows}, whatever the network could "
                    + $"show.");
        }
        if (layer.Entry.RowsWithoutGradient is { } silent && silent > TellSilentRows * (layer.Samples + silent))
        {
            yield return new(
                "rows-without-gradient",
                $"{silent} of {Counted.Of(layer.Samples + silent, "activation")} got no gradient, as padding and masked targets do; they were left out.");
        }
        if (layer.Rows < layer.Samples)
            yield return new("sampled-rows", $"{layer.Rows} of {layer.Samples} activations were measured, chosen at random.");
    }

    private static string FewSamples(CapturedLayer layer, double st, StableRankInterval? interval)
    {
        string text = $"{Counted.Of(layer.Rows, "sample")} for st(A) = {NumberText.Of(st)}: st(A) is biased towards small values (a verdict towards spectral)";
        if (interval is null)
            return text + ".";
        if (interval.Bias is { } bias)
            text += string.Create(CultureInfo.InvariantCulture, $", by an estimated {100 * Math.Abs(bias):0} %");
        return $"{text}; 95 % interval {NumberText.Of(interval.Low)} to {NumberText.Of(interval.High)} ({interval.Method}).";
    }

    private static IEnumerable<DiagnosisWarning> OfVerdict(LayerDiagnosis found)
    {
        if (found.Judgement is not { } judged || (found.Interval is null && found.NuclearRankInterval is null))
            yield break;
        double stable = found.StableRank!.Value, shift = judged.Threshold / stable;
        var (low, high) = found.Interval is { } interval ? (interval.Low, interval.High) : (stable, stable);
        var (least, most) = found.NuclearRankInterval ?? (judged.NuclearRank, judged.NuclearRank);
        var ends = new[] { (most, low), (least, high) }.Select(end => SpectralCondition.Judge(Math.Max(1, end.Item1), Math.Max(1,
            end.Item2 * shift)).Verdict).ToArray();
        if (ends.Any(verdict => verdict != judged.Verdict))
        {
            yield return new(
                Uncertain,
                $"within the uncertainty of st(A), {NumberText.Of(low)} to {NumberText.Of(high)}, "
                    + (found.NuclearRankInterval is null ? "" : $"and of nr(G), {NumberText.Of(least)} to {NumberText.Of(most)}, ")
                    + $"the verdict runs from {ends[0].Word()} to {ends[1].Word()}.");
        }
    }

    private static IEnumerable<DiagnosisWarning> OfPlace(LayerDiagnosis found)
    {
        if (FusedProjection.Looks(found.Entry, found.Kind) is { } fused)
            yield return new("looks-fused", fused);
        string? what = found.HeldBack switch
        {
            LayerPlaces.Input => found.Group == LayerGroup.Embedding ? "an embedding" : "an input layer",
            LayerPlaces.Head => "the head",
            LayerPlaces.Router => "a router",
            _ => null,
        };
        if (what is not null && found.Judgement is { Verdict: not Verdict.Euclidean })
        {
            yield return new(
                "on-the-2d-list",
                $"{what} has a weight that 'Muon for all matrices' would take by its shape; the groups below leave it to AdamW, as Muon's authors "
                    + $"do.");
        }
    }
}
