using System.Globalization;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>Numbers and texts as gnuplot reads them, whatever the locale.</summary>
internal static class GnuplotSyntax
{
    /// <summary>A text as a quoted string for enhanced mode. Between single quotes gnuplot substitutes nothing.</summary>
    public static string Quoted(FigureText text) => Quoted(text.ToEnhanced());

    /// <summary>A string between single quotes.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A text in a comment: quoted, so that no backslash can end the line and continue it on the next.</summary>
    public static string Commented(FigureText text) => $"\"{text}\"";

    /// <summary>A number, as short as it can be without loss.</summary>
    public static string Number(double value) => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    /// <summary>A share of a figure or plot, to a ten-thousandth.</summary>
    public static string Share(double value) => Number(Math.Round(value, 4));

    /// <summary>A measured value with 17 significant digits, which give back the very double; a gap is NaN.</summary>
    public static string Exact(double value) => double.IsFinite(value) ? value.ToString("e16", CultureInfo.InvariantCulture) : "NaN";
}
