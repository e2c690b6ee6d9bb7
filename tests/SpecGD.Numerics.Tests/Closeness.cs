using System.Globalization;

namespace SpecGD.Numerics.Tests;

/// <summary>Comparisons of numbers that no NaN passes (NaN orders below every number) and that take a tolerance of zero at its word.</summary>
internal static class Closeness
{
    public static void ShouldBeWithin(this double actual, double allowed, double of, string? what = null)
    {
        if (!(Math.Abs(actual - of) <= allowed))
            throw new ShouldAssertException(
                string.Create(CultureInfo.InvariantCulture, $"{what ?? "The value"} is {actual:R}; it must be within {allowed:G3} of {of:R}."));
    }

    public static void ShouldBeAtMost(this double actual, double bound, string? what = null)
    {
        if (!(actual <= bound))
            throw new ShouldAssertException(string.Create(CultureInfo.InvariantCulture, $"{what ?? "The value"} is {actual:R}; it must be at most {bound:G6}."));
    }
}
