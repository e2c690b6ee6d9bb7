namespace SpecGD.Spectral;

/// <summary>
/// The one-step model of a layer (section 4.4): the loss grows, around the current weight, no faster than a quadratic with the curvatures below,
/// so that each geometry has a natural step and a guaranteed decrease.
/// </summary>
/// <param name="EuclideanCurvature">L_F = c‖A‖_op².</param>
/// <param name="SpectralCurvature">L_op = c‖A‖_F².</param>
/// <param name="ParameterCurvature">C_op ≥ 0, the part that does not come through the activations.</param>
public readonly record struct StepModel(double EuclideanCurvature, double SpectralCurvature, double ParameterCurvature = 0)
{
    /// <summary>The model of a layer with activations A of the given norms.</summary>
    /// <param name="operatorNorm">‖A‖_op.</param>
    /// <param name="frobeniusNorm">‖A‖_F.</param>
    /// <param name="c">1/n for the loss ‖·‖²/(2n), 2/n for ‖·‖²/n.</param>
    /// <param name="parameterCurvature">C_op.</param>
    public static StepModel OfActivations(double operatorNorm, double frobeniusNorm, double c, double parameterCurvature = 0) =>
        new(c * operatorNorm * operatorNorm, c * frobeniusNorm * frobeniusNorm, parameterCurvature);

    /// <summary>a_GD = L_F + C_op/st(G): the Euclidean step is W − G/a_GD.</summary>
    public double EuclideanDenominator(double gradientStableRank) => EuclideanCurvature + (ParameterCurvature / gradientStableRank);

    /// <summary>a_Spec = L_op + C_op: the spectral step is W − (‖G‖_*/a_Spec) polar(G).</summary>
    public double SpectralDenominator => SpectralCurvature + ParameterCurvature;

    /// <summary>Guaranteed decrease of the Euclidean step, ‖G‖_F²/(2 a_GD).</summary>
    public double EuclideanDecrease(double frobeniusNorm, double gradientStableRank) =>
        frobeniusNorm * frobeniusNorm / (2 * EuclideanDenominator(gradientStableRank));

    /// <summary>Guaranteed decrease of the spectral step, ‖G‖_*²/(2 a_Spec).</summary>
    public double SpectralDecrease(double nuclearNorm) => nuclearNorm * nuclearNorm / (2 * SpectralDenominator);
}
