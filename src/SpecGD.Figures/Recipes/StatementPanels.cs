using System.Globalization;
using System.Text.RegularExpressions;
using SpecGD.Experiments.Theory;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>Panels of the statements in a theory log: mean with the range over the seeds, and the bound dashed.</summary>
internal static partial class StatementPanels
{
    /// <summary>A bound further above the values than this would press them to the axis: the key tells it instead.</summary>
    private const double FarAbove = 3;

    /// <summary>The axis ends a little above the largest value, so that a bound is not the frame.</summary>
    private const double TopMargin = 1.1;

    private const int PhiPoints = 201;

    /// <summary>The dashes of the cases; short ones are those of bounds.</summary>
    private static readonly Dash[] Dashes = [Dash.Solid, Dash.LongDashed, Dash.DashDot, Dash.Dotted, Dash.DashDotDot];

    /// <summary>The panels of a statement, one for each of its groups.</summary>
    public static IEnumerable<Panel> Of(StatementResult result) =>
        result.Statement.Name == CovarianceStatements.Phi
            ? [Phi(result)]
            : result.Cases.GroupBy(c => c.Group).Select(group => Of(result.Statement, group.Key, [.. group.Select(c => c.Rows)]));

    /// <summary>φ as a line and the means over the seeds, from the most samples, as points.</summary>
    public static Panel Phi(StatementResult result)
    {
        var rows = Shown([.. result.Rows.Where(row => row.Case == CovarianceStatements.PhiCase)]).OrderBy(row => row.At).ToArray();
        double[] grid = [.. Enumerable.Range(0, PhiPoints).Select(i => -1 + (2.0 * i / (PhiPoints - 1)))];
        double[] gaps = [.. rows.SelectMany(row => new[] { row.At, row.At })];
        double[] means = [.. rows.SelectMany(row => new[] { row.Mean, double.NaN })]; // a gap after every point, so that no line joins them
        return new Panel(
            Title(result.Statement.Reference, ""),
            new Axis("cos θ") { From = -1, To = 1 },
            new Axis("φ(cos θ)") { From = -1.5, To = 2.5 },
            [
                new LineCurve(grid, [.. grid.Select(ArcCosineKernel.Phi)], Palette.GradientDescent with { Width = 1.2 }) { Label = "φ, closed form" },
                new LineCurve(gaps, means, Palette.FromPeak) { Label = "Monte Carlo" },
            ]);
    }

    /// <summary>A logarithmic axis of dimensions with a tic at each.</summary>
    public static Axis DimensionAxis(IReadOnlyList<double> dimensions) => dimensions.Count > 1
        ? new Axis(FigureText.Italic("d")) { Logarithmic = true, From = dimensions[0], To = dimensions[^1], Tics = dimensions }
        : new Axis(FigureText.Italic("d")) { Logarithmic = true };

    /// <summary>
    /// Text with its mathematics set: single small letters and one or two capitals are variables, what follows an underscore is a subscript, and the
    /// letters that fonts lack are superscripts.
    /// </summary>
    public static FigureText Mathematics(string text)
    {
        var result = FigureText.Empty;
        foreach (Match match in Token().Matches(text))
        {
            string token = match.Value;
            result += match.Groups["sub"].Success ? FigureText.Subscript(token[1..])
                : match.Groups["sup"].Success ? FigureText.Superscript(token == "ᵀ" ? "T" : "+")
                : match.Groups["variable"].Success ? FigureText.Italic(token)
                : FigureText.Upright(token);
        }
        return result;
    }

    private static Panel Of(Statement statement, string group, IReadOnlyList<IReadOnlyList<StatementRow>> cases)
    {
        var shown = cases.Select(Shown).ToArray();
        double largest = shown.Max(rows => rows.Max(row => row.Max));
        var curves = new List<Curve>();
        foreach (var (index, rows) in shown.Index())
            curves.Add(Band(rows, StrokeOf(index)) with { Label = shown.Length == 1 ? FigureText.Empty : Label(rows, largest) });
        var bounds = shown.Select((rows, i) => (Rows: rows, Stroke: StrokeOf(i))).Where(b => IsNear(b.Rows, largest)).ToArray();
        bool common = bounds.Length > 1 && bounds.All(b => b.Rows.Select(r => r.Bound).SequenceEqual(bounds[0].Rows.Select(r => r.Bound)));
        foreach (var (rows, stroke) in common ? bounds.Take(1) : bounds)
            curves.Add(new LineCurve(At(rows), [.. rows.Select(row => row.Bound)], common ? Palette.Reference : stroke with { Dash = Dash.Dashed, Width = 1.2 })
            {
                Label = common && !statement.Quantity.Contains("bound", StringComparison.Ordinal) ? "bound" : FigureText.Empty,
            });
        double top = TopMargin * bounds.SelectMany(b => b.Rows).Select(row => row.Bound).Append(largest).Max();
        return new Panel(
            Title(statement.Reference, group),
            XAxis(statement, [.. shown.SelectMany(At).Distinct().Order()]),
            statement.Abscissa == "n"
                ? new Axis(Mathematics(statement.Quantity)) { Logarithmic = true }
                : new Axis(Mathematics(statement.Quantity)) { From = 0, To = top > 0 ? top : null },
            curves);
    }

    /// <summary>Every dimension where d is the abscissa, else the rows of the largest.</summary>
    private static StatementRow[] Shown(IReadOnlyList<StatementRow> rows)
    {
        bool againstDimension = rows.All(row => row.At == row.Dimension);
        int largest = rows.Max(row => row.Dimension);
        return [.. rows.Where(row => againstDimension || row.Dimension == largest).OrderBy(row => row.At)];
    }

    private static double[] At(StatementRow[] rows) => [.. rows.Select(row => row.At)];

    private static bool IsNear(StatementRow[] rows, double largest) => rows.All(row => row.Bound <= FarAbove * largest);

    private static FigureText Label(StatementRow[] rows, double largest)
    {
        var label = Mathematics(rows[^1].Case);
        foreach (var (name, value) in rows[^1].Details.Where(detail => detail.Name.StartsWith("st(", StringComparison.Ordinal) && rows[0].Group.Length > 0))
            label += Mathematics(string.Create(CultureInfo.InvariantCulture, $", {name} = {value:G3}"));
        return double.IsFinite(rows[^1].Bound) && !IsNear(rows, largest)
            ? label + $" (bound {rows[^1].Bound.ToString(rows[^1].Bound < 100 ? "0.##" : "0", CultureInfo.InvariantCulture)})"
            : label;
    }

    private static Axis XAxis(Statement statement, double[] places) => statement switch
    {
        { IsProportional: true } => new Axis(FigureText.Italic("d")) { From = 0, Tics = places },
        { Abscissa: "d" } => DimensionAxis(places),
        { Abscissa: "n" } => new Axis(FigureText.Italic("n")) { Logarithmic = true },
        _ => new Axis(Mathematics(statement.Abscissa)) { WholeNumbers = true },
    };

    private static BandCurve Band(StatementRow[] rows, Stroke stroke) => new(
        At(rows), [.. rows.Select(row => row.Min)], [.. rows.Select(row => row.Max)], [.. rows.Select(row => row.Mean)], stroke);

    private static Stroke StrokeOf(int ordinal)
    {
        var color = ordinal == 4 ? Palette.GradientDescent : Palette.Other(ordinal); // there are four other colours
        return color with { Dash = Dashes[ordinal % Dashes.Length] };
    }

    private static FigureText Title(string reference, string group) => group.Length > 0 ? reference + (": " + Mathematics(group)) : reference;

    [GeneratedRegex(@"(?<sub>_[A-Za-z]+)|(?<sup>[ᵀ⁺])|(?<variable>(?<![A-Za-z])(?:[a-z]|[A-Z]{1,2})(?![A-Za-z]))|[A-Za-z]+|[^A-Za-z_ᵀ⁺]+|_")]
    private static partial Regex Token();
}
