using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>Settings of <see cref="AdaptiveDescent"/>.</summary>
public sealed record AdaptiveSettings
{
    /// <summary>Defaults of <see cref="Hysteresis"/> and <see cref="Refresh"/>.</summary>
    public const double DefaultHysteresis = 1.1;

    /// <inheritdoc cref="DefaultHysteresis"/>
    public const int DefaultRefresh = 1;

    /// <summary>
    /// h ≥ 1: a Euclidean block turns spectral where the spectral step promises at least h times as much, a spectral block turns back where it
    /// promises less than 1/h of the Euclidean; in between a block stays what it is. Its first choice has no hysteresis.
    /// </summary>
    public double Hysteresis { get; init; } = DefaultHysteresis;

    /// <summary>Steps, 1 or more, from one measurement of a block to the next; in between its choice stands.</summary>
    public int Refresh { get; init; } = DefaultRefresh;

    /// <summary>f_E &gt; 0, the factor on the natural steps where every block is Euclidean.</summary>
    public double EuclideanFactor { get; init; } = 1;

    /// <summary>f_S &gt; 0, the factor on the natural steps where every block that may be spectral is.</summary>
    public double SpectralFactor { get; init; } = 1;

    /// <summary>The blocks that the rule decides on; all by default. The others take Euclidean steps.</summary>
    public Func<WeightBlock, bool> MayBeSpectral { get; init; } = static _ => true;

    /// <summary>Throws where a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    internal void Require()
    {
        if (!(Hysteresis >= 1 && double.IsFinite(Hysteresis)))
            throw new ArgumentOutOfRangeException(nameof(Hysteresis), Hysteresis, "The hysteresis is a finite number from 1 on.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Refresh, 1);
        foreach (double factor in new[] { EuclideanFactor, SpectralFactor })
            if (!(factor > 0 && double.IsFinite(factor)))
                throw new ArgumentOutOfRangeException(nameof(EuclideanFactor), factor, "A factor on the natural step is finite and positive.");
    }
}
