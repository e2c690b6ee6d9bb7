using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>
/// A part of a sweep whose settings are few and no numbers, such as one over seeds alone: every series of its metrics along the training, the mean of
/// the repetitions with its confidence interval, a line for each method and a panel for each setting and series.
/// </summary>
public static class SweepCourseFigure
{
    /// <summary>A panel whose largest value is so many times its least has a logarithmic axis.</summary>
    private const double LogarithmicValues = 100;

    /// <summary>One trajectory's share in a panel.</summary>
    private readonly record struct Course(string Setting, string Method, string Replicate, RunLog Log, bool Diverged);

    /// <summary>The figure; null where no task has a result with series, or one figure has no room for all.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    /// <param name="logOf">Reads the log of a task that has a result.</param>
    /// <exception cref="BadInputException">A log is damaged.</exception>
    public static Figure? Of(SweepPart part, IReadOnlyList<TaskResult> results, Func<TaskRecord, RunLog> logOf)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(logOf);
        if (part.Analysis.Tune is not null || HasNumbers(part, results))
            return null; // a figure over that option shows more
        string[] series = [.. SweepAnalysis.Settings(part, results).Select(s => s.Metric.Series).Distinct()];
        Course[] courses = [.. results.Where(r => r.Task.Part.Name == part.Name && r.Record.HasResult).SelectMany(r => CoursesOf(part, r, logOf(r.Record)))];
        string[] settings = [.. courses.Select(c => c.Setting).Distinct()], methods = [.. courses.Select(c => c.Method).Distinct()];
        if (series.Length * settings.Length is 0 or > SweepSheet.MostPanels || methods.Length > SweepSheet.MostLines)
            return null;
        Panel[] panels =
        [
            .. from setting in settings
               from name in series
               let curves = CurvesOf(part, name, [.. courses.Where(c => c.Setting == setting)], methods).ToArray()
               where curves.Length > 0
               select PanelOf(setting, SweepSheet.MeanOf(part, name), curves),
        ];
        return panels.Length == 0 ? null : SweepSheet.Of($"{part.Name}_course", panels, Caption(part, courses));
    }

    private static bool HasNumbers(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        var settings = SweepAnalysis.Settings(part, results);
        return SweepAnalysis.Axes(part).Where(axis => axis != AnalysisPlan.MethodAxis)
            .Any(axis => settings.Select(s => AxisText.Number(s[axis])).OfType<double>().Distinct().Count() > 1);
    }

    private static IEnumerable<Course> CoursesOf(SweepPart part, TaskResult result, RunLog log)
    {
        string setting = string.Join(", ", SweepAnalysis.Axes(part).Where(axis => axis != AnalysisPlan.MethodAxis)
            .Select(axis => $"{axis} {AxisText.Of(result.Task.Identity.Options[axis])}"));
        var observed = Observation.All(result.Task.Experiment, log, result.Record.State == TaskState.Diverged);
        return log.Methods.Keys.Select(method => new Course(
            setting, method, result.Replicate, log, observed.Any(o => o.Method == method && o.Diverged)));
    }

    private static IEnumerable<Curve> CurvesOf(SweepPart part, string series, IReadOnlyList<Course> courses, string[] methods)
    {
        foreach (var (method, stroke) in methods.Zip(MethodStroke.Of(methods)))
        {
            Course[] all = [.. courses.Where(c => c.Method == method).DistinctBy(c => c.Replicate)];
            Series[] whole = [.. all.Where(c => !c.Diverged).Select(c => c.Log.Methods[c.Method].Find(series)).OfType<Series>().Where(s => s.Count > 0)];
            if (whole.Length == 0)
                continue;
            int[] steps = [.. whole.Skip(1).Aggregate(whole[0].Steps.AsEnumerable(), (common, next) => common.Intersect(next.Steps)).Order()];
            var values = whole.Select(s => s.Steps.Zip(s.Values).ToDictionary(p => p.First, p => p.Second)).ToArray();
            Estimate[] means =
                [.. steps.Select(step => Estimate.Of([.. values.Select(v => v[step])], part.Analysis.Confidence, part.Analysis.Logarithmic))];
            double[] x = [.. steps.Select(step => (double)step)];
            int diverged = all.Count(c => c.Diverged);
            string label = MethodName.Of(method) + (diverged == 0 ? "" : Text($" ({whole.Length} of {all.Length})"));
            if (whole.Length > 1)
                yield return new BandCurve(x, [.. means.Select(m => m.Lower)], [.. means.Select(m => m.Upper)], null, stroke);
            yield return new LineCurve(x, [.. means.Select(m => m.Mean)], diverged == 0 ? stroke : stroke with { Dash = Dash.Dotted }) { Label = label };
        }
    }

    private static Panel PanelOf(string setting, string label, Curve[] curves)
    {
        double[] means = [.. curves.OfType<LineCurve>().SelectMany(c => c.Columns[1].Values).Where(double.IsFinite)];
        bool logarithmic = means.Length > 0 && means.Min() > 0 && means.Max() >= LogarithmicValues * means.Min();
        var steps = new Axis("Training iteration") { WholeNumbers = true, From = 0 };
        var y = new Axis(label)
        {
            Logarithmic = logarithmic,
            From = logarithmic ? PowersOfTen.Below(means.Min()) : null, // an interval may reach down to any power of ten
        };
        return new Panel(setting, steps, y, curves);
    }

    private static string Caption(SweepPart part, Course[] courses)
    {
        string survivors = courses.Any(c => c.Diverged)
            ? " Dotted: some repetitions diverged, and the line is of those alone that did not, as many as the key says; it is no result."
            : "";
        return $"{SweepSheet.Means(part)} over the repetitions ({part.Analysis.Replicate}) along the training, in the part {part.Name} of a sweep of {part.Experiment}; bands are the "
            + $"{SweepSheet.Interval(part)}, step by step, and go to the lower edge where a logarithmic axis has no place for their end.{survivors}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
