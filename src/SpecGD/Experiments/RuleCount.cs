using System.Globalization;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments;

/// <summary>At how many steps of a trajectory the rule nr(G) ≥ st(A) favoured the spectral step, of those at which it can be asked.</summary>
/// <param name="Favoured">Steps at which it did.</param>
/// <param name="Asked">Steps with a gradient and activations: both ranks above 0, and a loss that is not zero, below which a gradient is rounding.</param>
/// <param name="Steps">All steps.</param>
internal readonly record struct RuleCount(int Favoured, int Asked, int Steps)
{
    /// <summary>Counts the steps of series that have the same steps.</summary>
    /// <param name="nuclear">nr(G).</param>
    /// <param name="stable">st(A) at each step.</param>
    /// <param name="loss">The loss; null where it was not recorded.</param>
    public static RuleCount Of(Series nuclear, Func<int, double> stable, Series? loss)
    {
        int favoured = 0, asked = 0;
        for (int i = 0; i < nuclear.Count; i++)
        {
            double st = stable(i);
            if (nuclear.Values[i] == 0 || st == 0 || (loss is not null && i < loss.Count && loss.Values[i] == 0))
                continue;
            asked++;
            favoured += SpectralCondition.Favours(nuclear.Values[i], st) ? 1 : 0;
        }
        return new RuleCount(favoured, asked, nuclear.Count);
    }

    /// <summary>"224 of 500 steps"; where the rule cannot be asked at all of them, why.</summary>
    /// <param name="without">What there is not at the other steps.</param>
    public string Words(string without) => string.Create(CultureInfo.InvariantCulture, $"{Favoured} of {Counted.Of(Asked, "step")}")
        + (Asked < Steps ? $" (at the other {Steps - Asked} {without})" : "");
}
