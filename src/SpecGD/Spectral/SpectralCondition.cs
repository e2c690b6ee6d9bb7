using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>Which geometry a layer's gradient favours.</summary>
public enum Verdict
{
    /// <summary>nr(G) &lt; st(A): the Euclidean step has the larger guaranteed decrease.</summary>
    Euclidean,

    /// <summary>
    /// st(A) ≤ nr(G) &lt; 2 st(A): the spectral guarantee is larger, but for the quadratic loss the true decrease may still be smaller.
    /// </summary>
    Undecided,

    /// <summary>nr(G) ≥ 2 st(A): the spectral step is favoured, and for the quadratic loss certainly no worse.</summary>
    Spectral,
}

/// <summary>The two ranks of a layer weighed against each other.</summary>
/// <param name="NuclearRank">nr(G) of the layer's gradient.</param>
/// <param name="Threshold">What nr(G) must reach: st(A), or the right side of (4.16) where the curvature C_op is known.</param>
/// <param name="Verdict">The geometry favoured.</param>
public readonly record struct Judgement(double NuclearRank, double Threshold, Verdict Verdict)
{
    /// <summary>nr(G)/threshold: how many times the Euclidean guarantee the spectral one is.</summary>
    public double Ratio => NuclearRank / Threshold;

    /// <summary>The factor, at least 1, by which the ratio must change before the verdict does.</summary>
    public double Margin => Verdict switch
    {
        Verdict.Euclidean => 1 / Ratio,
        Verdict.Undecided => Math.Min(Ratio, SpectralCondition.CertainRatio / Ratio),
        _ => Ratio / SpectralCondition.CertainRatio,
    };
}

/// <summary>
/// When a spectral update helps, for a weight W that multiplies activations A (features × samples) and has gradient G: the condition
/// nr(G) ≥ st(A) of (1.5), (1.8) and (4.18), and its form (4.16) with a curvature that does not come through the activations.
/// </summary>
public static class SpectralCondition
{
    /// <summary>nr(G)/st(A) from which the spectral step is certainly no worse on a quadratic loss (two-sided argument under (1.5)).</summary>
    public const double CertainRatio = 2;

    /// <summary>Whether the spectral step has the larger guaranteed decrease: nr(G) ≥ st(A), (1.5). False where either is not a number.</summary>
    public static bool Favours(double nuclearRank, double stableRank) => nuclearRank >= stableRank;

    /// <summary>Weighs nr(G) against st(A), (1.5).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rank is below 1 or not finite.</exception>
    public static Judgement Judge(double nuclearRank, double stableRank)
    {
        RequireRank(nuclearRank, nameof(nuclearRank));
        RequireRank(stableRank, nameof(stableRank));
        return Against(nuclearRank, stableRank);
    }

    /// <summary>Measures a layer and weighs nr(G) against st(A), (1.5).</summary>
    /// <param name="gradient">G, the gradient of the loss in the layer's weight, either way round.</param>
    /// <param name="activations">A, what the weight multiplies, features × samples or its transpose.</param>
    /// <returns>The judgement; null where the gradient or the activations are zero, which have no rank.</returns>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static Judgement? Judge<T>(Matrix<T> gradient, Matrix<T> activations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Measures.NuclearRank(gradient) is { } nr && Measures.StableRank(activations) is { } st ? Judge(nr, st) : null;

    /// <summary>Weighs nr(G) against the threshold of (4.16) for α = C_op/L_F.</summary>
    /// <param name="nuclearRank">nr(G).</param>
    /// <param name="stableRank">st(A).</param>
    /// <param name="gradientStableRank">st(G).</param>
    /// <param name="alpha">C_op/L_F, at least 0; 0 gives back (1.5).</param>
    /// <exception cref="ArgumentOutOfRangeException">A rank is below 1, or α is negative or not finite.</exception>
    public static Judgement Judge(double nuclearRank, double stableRank, double gradientStableRank, double alpha)
    {
        RequireRank(nuclearRank, nameof(nuclearRank));
        return Against(nuclearRank, Threshold(stableRank, gradientStableRank, alpha));
    }

    /// <summary>(st(A) + α) / (1 + α/st(G)), the right side of (4.16).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rank is below 1, or α is negative or not finite.</exception>
    public static double Threshold(double stableRank, double gradientStableRank, double alpha)
    {
        RequireRank(stableRank, nameof(stableRank));
        RequireRank(gradientStableRank, nameof(gradientStableRank));
        if (!(alpha >= 0 && double.IsFinite(alpha)))
            throw new ArgumentOutOfRangeException(nameof(alpha), $"α = C_op/L_F must be finite and not negative; it is {alpha}.");
        return (stableRank + alpha) / (1 + (alpha / gradientStableRank));
    }

    private static Judgement Against(double nuclearRank, double threshold) =>
        new(
            nuclearRank,
            threshold,
            nuclearRank < threshold ? Verdict.Euclidean
            : nuclearRank < CertainRatio * threshold ? Verdict.Undecided
            : Verdict.Spectral);

    private static void RequireRank(double rank, string name)
    {
        // A computed rank of a rank-one matrix may fall short of 1 by its rounding.
        const double rounding = 1e-6;
        if (!(rank >= 1 - rounding && double.IsFinite(rank)))
            throw new ArgumentOutOfRangeException(name, $"A stable or nuclear rank is a finite number from 1 on; '{name}' is {rank}.");
    }
}
