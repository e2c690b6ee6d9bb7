using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// The condition for a diagonal block (section 4.5): the gains γ of a normalisation layer, with gradient g,
/// that multiply normalised activations A. A diagonal matrix has its entries for singular values, so nr
/// becomes ‖g‖₁²/‖g‖₂², st becomes ‖g‖₂²/‖g‖_∞², and the polar factor is sign(g).
/// </summary>
public static class DiagonalCondition
{
    /// <summary>‖g‖₁²/‖g‖₂², between 1 and the length; null where g is zero.</summary>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static double? NuclearRank(ReadOnlySpan<double> gradient) => Largest(gradient) is not { } largest ? null : Ratio(gradient, largest);

    /// <summary>st_diag = ‖g‖₂²/‖g‖_∞², between 1 and the length; null where g is zero.</summary>
    public static double? StableRank(ReadOnlySpan<double> gradient) => Largest(gradient) is not { } largest ? null : SumOfSquares(gradient, largest);

    /// <summary>Weighs ‖g‖₁²/‖g‖₂² against st(A), with α = C_op/L_F where it is known; null where g is zero.</summary>
    /// <param name="gradient">g, one entry a gain.</param>
    /// <param name="stableRank">st(A) of the normalised activations.</param>
    /// <param name="alpha">C_op/L_F, 0 where unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">st(A) is below 1, or α negative.</exception>
    public static Judgement? Judge(ReadOnlySpan<double> gradient, double stableRank, double alpha = 0) =>
        NuclearRank(gradient) is { } nr && StableRank(gradient) is { } st ? SpectralCondition.Judge(nr, stableRank, st, alpha) : null;

    /// <summary>step ← (‖g‖₁/a_Spec) sign(g), to be subtracted from γ.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SpectralStep(ReadOnlySpan<double> gradient, in StepModel model, Span<double> step)
    {
        if (step.Length != gradient.Length)
            throw new ArgumentException($"The step has {step.Length} entries, the gradient {gradient.Length}.", nameof(step));
        double size = TensorPrimitives.SumOfMagnitudes(gradient) / model.SpectralDenominator;
        for (int i = 0; i < gradient.Length; i++)
            step[i] = size * Math.Sign(gradient[i]);
    }

    private static double? Largest(ReadOnlySpan<double> gradient)
    {
        if (gradient.IsEmpty)
            return null;
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude(gradient));
        if (!double.IsFinite(largest))
            throw new NonFiniteMatrixException($"The gradient of the gains holds {largest}; only finite entries can be measured.");
        return largest > 0 ? largest : null;
    }

    private static double Ratio(ReadOnlySpan<double> gradient, double largest)
    {
        double sum = 0;
        foreach (double g in gradient)
            sum += Math.Abs(g / largest);
        return sum * sum / SumOfSquares(gradient, largest);
    }

    private static double SumOfSquares(ReadOnlySpan<double> gradient, double largest)
    {
        double sum = 0;
        foreach (double g in gradient)
            sum += g / largest * (g / largest);
        return sum;
    }
}
