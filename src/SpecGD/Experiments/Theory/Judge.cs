using System.Globalization;

namespace SpecGD.Experiments.Theory;

/// <summary>Decides from the rows of one case, whatever their order.</summary>
public delegate Verdict Judge(IReadOnlyList<StatementRow> rows);

/// <summary>What was decided.</summary>
/// <param name="Holds">Whether the statement holds; null where there are too few dimensions to tell a trend.</param>
/// <param name="Trend">How the values go with the abscissa, in a phrase.</param>
/// <param name="Worst">Largest ratio of a value to its bound, where that was judged; else NaN.</param>
public readonly record struct Verdict(bool? Holds, string Trend, double Worst = double.NaN);

/// <summary>The ways to judge. Every comparison is one that a NaN fails.</summary>
public static class Judges
{
    /// <summary>Fewest places from which a trend is read: two determine a line, and say nothing of how straight it is.</summary>
    public const int FewestForTrend = 3;

    /// <summary>Every value of every seed is at most its bound, times 1 + slack(d).</summary>
    public static Judge AtMost(Func<int, double> slack) => rows => new Verdict(
        rows.Count > 0 && rows.All(row => row.WorstRatio <= 1 + slack(row.Dimension)),
        Trend(Exponents(rows)),
        rows.Select(row => row.WorstRatio).DefaultIfEmpty(double.NaN).Max());

    /// <summary>
    /// The mean is bounded in d as far as finitely many dimensions tell: over the last doubling of d it grows no faster than this power of d,
    /// give or take
    /// two standard errors of the fitted power. No run tells a bound from a logarithm; this tells it from powers.
    /// </summary>
    public static Judge LevelsOff(double exponent) => rows =>
    {
        const double standardErrors = 2;
        if (rows.Count < FewestForTrend)
            return new Verdict(null, Text($"needs {FewestForTrend} dimensions"));
        double largest = rows.Max(row => row.At), next = rows.Where(row => row.At < largest).Max(row => row.At);
        StatementRow[] last = [.. rows.Where(row => row.At >= Math.Min(next, largest / 2))];
        double measured = LineFit.OfLogarithms([.. last.Select(r => r.At)], [.. last.Select(r => r.Mean)]).Slope;
        double error = SlopeError(last);
        return new Verdict(measured <= exponent + (standardErrors * error), Text($"{Power(measured)} ± {error:0.00} at the end"));
    };

    /// <summary>Every value lies within a factor of its prediction: between (1 − tolerance) and (1 + tolerance) times it.</summary>
    public static Judge Within(double tolerance) => rows => new Verdict(
        rows.Count > 0 && rows.All(row => row.Min / row.Bound >= 1 - tolerance && row.Max / row.Bound <= 1 + tolerance),
        Text($"{rows.Min(r => r.Min / r.Bound):0.00} to {rows.Max(r => r.Max / r.Bound):0.00} of it"));

    /// <summary>The mean over the seeds lies within so many standard errors of its prediction.</summary>
    public static Judge WithinStandardErrors(double most) => rows =>
    {
        double furthest = rows.Select(StandardErrors).DefaultIfEmpty(double.NaN).Aggregate((a, b) => double.IsNaN(a) || a > b ? a : b);
        return new Verdict(furthest <= most, Text($"off by {furthest:0.0} s.e. at most"));
    };

    /// <summary>The mean grows with the abscissa no faster than its power <paramref name="exponent"/>: for every dimension, where it is not d
    /// itself.</summary>
    public static Judge GrowsAtMostLike(double exponent) => Power(measured => measured <= exponent);

    /// <summary>The mean goes with the abscissa like its power <paramref name="exponent"/>, give or take the tolerance.</summary>
    public static Judge GoesLike(double exponent, double tolerance) => Power(measured => Math.Abs(measured - exponent) <= tolerance);

    /// <summary>The mean grows linearly with the abscissa: a line with positive slope explains at least this share of the variance.</summary>
    public static Judge Linear(double explained) => rows =>
    {
        if (rows.Count < FewestForTrend)
            return new Verdict(null, Text($"needs {FewestForTrend} dimensions"));
        var line = LineFit.Of([.. rows.Select(r => r.At)], [.. rows.Select(r => r.Mean)]);
        return new Verdict(line.Slope > 0 && line.Explained >= explained, Text($"slope {line.Slope:0.000}, R² {line.Explained:0.0000}"));
    };

    /// <summary>Both must hold, and both trends are told.</summary>
    public static Judge Both(Judge first, Judge second) => rows =>
    {
        var (one, other) = (first(rows), second(rows));
        bool? holds = one.Holds == false || other.Holds == false ? false : one.Holds is null || other.Holds is null ? null : true;
        return new Verdict(holds, string.Join(", ", new[] { one.Trend, other.Trend }.Where(trend => trend.Length > 0).Distinct()), one.Worst);
    };

    /// <summary>How many standard errors a row's mean is off its prediction.</summary>
    public static double StandardErrors(StatementRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Math.Abs(row.Mean - row.Bound) / row.StandardError;
    }

    /// <summary>
    /// Exponents of the power laws that the means follow along the abscissa: one for each dimension, or a single one where d itself is the abscissa.
    /// None where there are too few places.
    /// </summary>
    public static IReadOnlyList<double> Exponents(IReadOnlyList<StatementRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        bool againstDimension = rows.All(row => row.At == row.Dimension);
        return
        [
            .. from line in rows.GroupBy(row => againstDimension ? 0 : row.Dimension)
               where line.Count() >= FewestForTrend
               select LineFit.OfLogarithms([.. line.Select(r => r.At)], [.. line.Select(r => r.Mean)]).Slope,
        ];
    }

    /// <summary>Standard error of the slope through (ln x, ln mean) from the relative errors e of the means: √Σ (u − ū)²e² / Σ (u − ū)², u = ln
    /// x.</summary>
    private static double SlopeError(StatementRow[] rows)
    {
        double centre = rows.Average(row => Math.Log(row.At));
        double variance = rows.Sum(row => Math.Pow((Math.Log(row.At) - centre) * row.Deviation / row.Mean, 2) / row.Seeds);
        return Math.Sqrt(variance) / rows.Sum(row => Math.Pow(Math.Log(row.At) - centre, 2));
    }

    private static Judge Power(Func<double, bool> holds) => rows => Exponents(rows) is { Count: > 0 } exponents
        ? new Verdict(exponents.All(holds), Trend(exponents))
        : new Verdict(null, Text($"needs {FewestForTrend} places"));

    private static string Trend(IReadOnlyList<double> exponents) => exponents.Count == 0 ? "" : Power(exponents.Max());

    /// <summary>Rounded first, and with a zero added, since there is no minus zero for people.</summary>
    private static string Power(double exponent) => Text($"∝ x^{Math.Round(exponent, 2) + 0.0:0.00;−0.00}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
