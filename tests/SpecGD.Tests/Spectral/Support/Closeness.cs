using System.Globalization;

namespace SpecGD.Tests.Spectral;

/// <summary>Comparisons of numbers that no NaN passes (NaN orders below every number) and that take a tolerance of zero at its word.</summary>
internal static class Closeness
{
    /// <summary>|actual − of| ≤ allowed.</summary>
    public static void ShouldBeWithin(this double actual, double allowed, double of, string? what = null)
    {
        if (!(Math.Abs(actual - of) <= allowed))
            throw new ShouldAssertException(
                string.Create(CultureInfo.InvariantCulture, $"{what ?? "The value"} is {actual:R}; it must be within {allowed:G3} of {of:R}."));
    }

    /// <summary>|actual − of| ≤ share · |of|.</summary>
    public static void ShouldBeRelatively(this double actual, double share, double of, string? what = null) =>
        actual.ShouldBeWithin(share * Math.Abs(of), of, what);

    /// <summary>The same for a rank, which must exist.</summary>
    public static void ShouldBeRelatively(this double? actual, double share, double? of, string? what = null) =>
        actual.ShouldNotBeNull(what).ShouldBeRelatively(share, of.ShouldNotBeNull(what), what);

    /// <summary>actual ≤ bound.</summary>
    public static void ShouldBeAtMost(this double actual, double bound, string? what = null)
    {
        if (!(actual <= bound))
            throw new ShouldAssertException(string.Create(CultureInfo.InvariantCulture, $"{what ?? "The value"} is {actual:R}; it must be at most {bound:R}."));
    }

    /// <summary>actual ≥ bound.</summary>
    public static void ShouldBeAtLeast(this double actual, double bound, string? what = null)
    {
        if (!(actual >= bound))
            throw new ShouldAssertException(string.Create(CultureInfo.InvariantCulture, $"{what ?? "The value"} is {actual:R}; it must be at least {bound:R}."));
    }
}
