using System.Globalization;

namespace SpecGD.Figures.Description;

/// <summary>Lengths as one writes them: 8.5cm, 85mm, 3.35in, 241pt.</summary>
public static class Length
{
    private const double CentimetresPerInch = 2.54, MillimetresPerInch = 25.4, PointsPerInch = 72;

    private static readonly (string Unit, double PerInch)[] Units = [("cm", CentimetresPerInch), ("mm", MillimetresPerInch), ("in", 1), ("pt", PointsPerInch)];

    /// <summary>The length in inches; null where the text is none.</summary>
    public static double? Inches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (unit, perInch) in Units.Where(unit => text.EndsWith(unit.Unit, StringComparison.Ordinal)))
        {
            return double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double value) && value > 0 ? value / perInch : null;
        }
        return null;
    }

    /// <summary>A length in inches as text.</summary>
    internal static string Text(double inches) => Math.Round(inches, 6).ToString("R", CultureInfo.InvariantCulture) + "in";
}
