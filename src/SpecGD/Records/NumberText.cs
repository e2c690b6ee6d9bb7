using System.Globalization;

namespace SpecGD.Records;

/// <summary>Numbers as tables of results show them.</summary>
public static class NumberText
{
    /// <summary>How many times one number is another: three digits, in full up to a million.</summary>
    public static string OfRatio(double ratio) =>
        Math.Abs(ratio) < 1000 ? ratio.ToString("G3", CultureInfo.InvariantCulture)
        : Math.Abs(ratio) < 1e6 ? ratio.ToString("0", CultureInfo.InvariantCulture)
        : ratio.ToString("0.0e0", CultureInfo.InvariantCulture);

    /// <summary>Whole numbers in full, others to four digits at least, very small and very large ones with an exponent.</summary>
    public static string Of(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1e9 ? number.ToString("0", CultureInfo.InvariantCulture)
        : Math.Abs(number) is >= 1000 and < 1e6 ? number.ToString("0", CultureInfo.InvariantCulture)
        : Math.Abs(number) is >= 1e-3 and < 1000 ? number.ToString("G4", CultureInfo.InvariantCulture)
        : number.ToString("0.000e0", CultureInfo.InvariantCulture);
}
