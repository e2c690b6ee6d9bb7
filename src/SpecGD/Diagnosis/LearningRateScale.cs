namespace SpecGD.Diagnosis;

/// <summary>By what an optimizer multiplies the polar factor of an (out, in) matrix before the learning rate.</summary>
public enum LearningRateScale
{
    /// <summary>√max(1, out/in): KellerJordan/Muon, and torch.optim.Muon unless told otherwise.</summary>
    Original,

    /// <summary>0.2 √max(out, in): the root mean square of AdamW's updates, so that its learning rate fits.</summary>
    MatchRmsAdamW,

    /// <summary>√(out/in): the update has the same effect on the root mean square of activations whatever the shape.</summary>
    Spectral,

    /// <summary>1: the polar factor as it is.</summary>
    Unclamped,
}

/// <summary>What an update of learning rate 1 is like under each convention.</summary>
public static class LearningRateScales
{
    /// <summary>AdamW's updates have entries of about this size.</summary>
    private const double AdamWRms = 0.2;

    /// <summary>The word that JSON and PyTorch use.</summary>
    public static string Word(this LearningRateScale scale) => scale switch
    {
        LearningRateScale.Original => "original",
        LearningRateScale.MatchRmsAdamW => "match_rms_adamw",
        LearningRateScale.Spectral => "spectral",
        _ => "unclamped",
    };

    /// <summary>The spectral norm of the update, which is the scale itself, since the polar factor has norm 1.</summary>
    public static double SpectralNorm(this LearningRateScale scale, long rows, long columns) => scale switch
    {
        LearningRateScale.Original => Math.Sqrt(Math.Max(1, (double)rows / columns)),
        LearningRateScale.MatchRmsAdamW => AdamWRms * Math.Sqrt(Math.Max(rows, columns)),
        LearningRateScale.Spectral => Math.Sqrt((double)rows / columns),
        _ => 1,
    };

    /// <summary>
    /// The root mean square of the update's entries: ‖U Vᵀ‖_F = √min(out, in) over √(out·in) entries, so the scale over √max(out, in). A gradient of lower
    /// rank gives less.
    /// </summary>
    public static double Rms(this LearningRateScale scale, long rows, long columns) => scale.SpectralNorm(rows, columns) / Math.Sqrt(Math.Max(rows, columns));
}
