using System.Globalization;
using SpecGD.Benchmarks;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Scaling;

/// <summary>Times against sizes on logarithmic axes: the points, the power law fitted to them, and the slope that theory gives.</summary>
public static class ScalingFigure
{
    private const double PanelWidth = 4.6, PanelHeight = 3.6, MarkSize = 0.8;

    /// <summary>A panel for each series, those over threads last.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Figure Compose(IReadOnlyList<ScalingResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        int columns = Math.Min(results.Count, 4), rows = (results.Count + columns - 1) / Math.Max(columns, 1);
        return new Figure(
            "scaling-times", // scaling.json beside it has the numbers
            [.. results.Select(PanelOf)],
            "Median times against sizes, with the power law fitted to all points (solid) and, through the last point, the slope of the count of operations "
            + "(dashed). " + string.Join(' ', results.Select(Sentence)))
        {
            Columns = columns,
            Width = columns == 1 ? PanelWidth + 1 : PanelWidth * columns,
            Height = (PanelHeight * rows) + 0.4,
        };
    }

    private static Panel PanelOf(ScalingResult result)
    {
        double[] x = [.. result.Series.Sizes.Select(size => (double)size)];
        double last = result.Seconds[^1];
        double[] fitted = [.. x.Select(size => Math.Exp(result.Fit.Intercept) * Math.Pow(size, result.Fit.Slope))];
        double[] theory = [.. x.Select(size => last * Math.Pow(size / x[^1], result.Series.Theory))];
        List<Curve> curves = [new PointCurve(x, result.Seconds, Palette.GradientDescent) { Size = MarkSize, Label = "measured" }];
        if (x.Length > 1)
        {
            curves.Add(new LineCurve(x, fitted, Palette.GradientDescent) { Label = "fit, exponent " + Number(result.Fit.Slope) });
            curves.Add(new LineCurve(x, theory, Palette.Reference) { Label = "theory, " + Number(result.Series.Theory) });
        }
        return new Panel(
            result.Series.Title,
            new Axis(result.Series.Parameter) { Logarithmic = true, Tics = x },
            new Axis("seconds") { Logarithmic = true },
            curves);
    }

    private static string Sentence(ScalingResult result) =>
        $"{result.Series.Name}: {result.Series.Description}, exponent {Number(result.Fit.Slope)}, theory {Number(result.Series.Theory)}.";

    private static string Number(double value) => double.IsNaN(value) ? "unknown" : value.ToString("0.##", CultureInfo.InvariantCulture).Replace('-', '−');
}
