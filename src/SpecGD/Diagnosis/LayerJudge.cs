using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>Measures a captured layer and judges it by (1.5), or by (4.16) where a parameter-only curvature is given.</summary>
/// <param name="ParameterCurvature">C_op of section 4.4, at least 0.</param>
public sealed record LayerJudge(double ParameterCurvature = 0)
{
    /// <summary>Widest layer whose activation spectrum is computed beside the ranks, for plots.</summary>
    private const int WidestSpectrum = 1024;

    /// <summary>The diagnosis of <paramref name="layer"/>.</summary>
    /// <param name="layer">What was captured.</param>
    /// <param name="group">Its part of the network.</param>
    /// <param name="heldBack">What holds it back from a spectral optimizer, or null (<see cref="LayerPlaces"/>).</param>
    /// <param name="step">The training step.</param>
    /// <param name="blockInput">For W_O: the measure of what enters its attention, or null.</param>
    public LayerDiagnosis Diagnose(CapturedLayer layer, LayerGroup group, string? heldBack, long? step, ActivationMeasure? blockInput)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var gradient = GradientMeasure.Of(layer);
        var activations = ActivationMeasure.Of(layer);
        bool byBlockInput = activations.StableRank is null && layer.Entry.Unseen && blockInput?.StableRank is not null;
        if (byBlockInput)
            activations = blockInput!;
        var judgement = Judge(gradient, activations, Math.Max(1, layer.Samples));
        var diagnosis = new LayerDiagnosis
        {
            Entry = layer.Entry,
            Kind = layer.Entry.Kind ?? (layer.IsEmbedding ? "embedding" : "linear"),
            Group = group,
            HeldBack = heldBack,
            NuclearRankInterval = layer.Entry is { NuclearRankLow: { } low, NuclearRankHigh: { } high }
                ? (Math.Min(low, gradient?.NuclearRank ?? low), Math.Max(high, gradient?.NuclearRank ?? high)) : null, // the capture measures in single precision
            MomentumNuclearRank = layer.MomentumSpectrum is { } momentum ? GradientMeasure.NuclearRankOf(momentum) : null,
            Shape = layer.Shape,
            Step = step,
            StableRank = activations.StableRank,
            Interval = activations.Interval,
            NuclearRank = gradient?.NuclearRank,
            Judgement = judgement,
            BlockInputStableRank = blockInput?.StableRank,
            Samples = layer.Samples,
            Rows = layer.Rows,
            GradientSpectrum = gradient?.Spectrum ?? [],
            ActivationSpectrum = layer.TokenCounts is null && layer.Gram is { Rows: <= WidestSpectrum } ? ActivationMeasure.SpectrumOf(layer) : [],
        };
        diagnosis = diagnosis with { Warnings = [.. LayerWarnings.Of(layer, diagnosis, gradient, activations, byBlockInput)] };
        return diagnosis with { Reason = Reason(diagnosis, layer, gradient, activations) };
    }

    private Judgement? Judge(GradientMeasure? gradient, ActivationMeasure activations, long samples)
    {
        if (gradient?.NuclearRank is not { } nr || activations.StableRank is not { } st)
            return null;
        double euclideanCurvature = activations.OperatorNormSquared!.Value / samples; // L_F with c = 1/n
        // L_F vanishes for activations below 1e-154; the threshold has its limit long before α is that large
        double alpha = ParameterCurvature == 0 ? 0 : Math.Min(ParameterCurvature / euclideanCurvature, double.MaxValue);
        return SpectralCondition.Judge(nr, st, gradient.StableRank!.Value, alpha);
    }

    private static string Reason(LayerDiagnosis diagnosis, CapturedLayer layer, GradientMeasure? gradient, ActivationMeasure activations)
    {
        if (diagnosis.Judgement is { } judged)
        {
            return judged.Verdict switch
            {
                Verdict.Spectral => "the gradient is spread over at least twice as many directions as the activations use",
                Verdict.Undecided => "the spectral guarantee is larger, but by less than the factor 2 that makes it certain",
                _ => "the activations use more directions than the gradient is spread over",
            } + (diagnosis.Warnings.Any(warning => warning.Code == LayerWarnings.Uncertain) ? ", as far as these samples tell" : "");
        }
        return gradient is null ? layer.Entry.Frozen ? "the parameter is frozen" : "there is no gradient"
            : !gradient.IsFinite ? "the gradient holds NaN or infinity"
            : gradient.NuclearRank is null ? "the gradient is zero"
            : !activations.IsFinite ? "the activations hold NaN or infinity"
            : layer.Samples == 0 ? "no activations were seen"
            : !layer.HasActivations ? "the activations were not captured"
            : "the activations are zero";
    }
}
