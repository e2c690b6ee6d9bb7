using System.Globalization;
using SpecGD.Experiments;
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
    /// <summary>A panel whose largest value is so many times its least has a logarithmic axis, also where the means are not those of logarithms.</summary>
    private const double LogarithmicValues = 100;

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
        var all = SweepAnalysis.Settings(part, results);
        if (part.Analysis.Tune is not null || SweepAxes.OptionsWithNumbers(part, all).Any())
            return null; // a figure over that option shows more
        string[] series = [.. all.Select(s => s.Metric.Series).Distinct()];
        SweepCourse[] courses =
            [.. results.Where(r => r.Task.Part.Name == part.Name && r.Record.HasResult).SelectMany(r => SweepCourse.All(part, r, logOf(r.Record)))];
        string[] settings = [.. courses.Select(c => c.Setting).Distinct()], methods = [.. courses.Select(c => c.Method).Distinct()];
        if (series.Length * settings.Length is 0 or > SweepSheet.MostPanels || methods.Length > SweepSheet.MostLines)
            return null;
        CourseMeans[][] shown =
        [
            .. from setting in settings
               from name in series
               let means = methods.Select(method => CourseMeans.Of(part, name, method, [.. courses.Where(c => c.Setting == setting && c.Method == method)]))
               select means.OfType<CourseMeans>().ToArray(),
        ];
        shown = [.. shown.Where(panel => panel.Any(means => means.HasPlace))];
        Panel[] panels = [.. shown.Select(panel => PanelOf(part, panel, methods))];
        return shown.Length == 0 ? null : SweepSheet.Of($"{part.Name}_course", panels, Caption(part, shown, panels));
    }

    /// <summary>Why a part without an option that has numbers, whose own numbers are there, has no figure along the training.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    /// <returns>What a sentence says behind "No figure:", without a full stop.</returns>
    internal static string WhyNone(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        var all = SweepAnalysis.Settings(part, results);
        int series = all.Select(s => s.Metric.Series).Distinct().Count(), methods = all.Select(s => s[AnalysisPlan.MethodAxis]).Distinct().Count();
        int settings = results.Where(r => r.Task.Part.Name == part.Name && r.Record.HasResult).Select(r => SweepCourse.SettingOf(part, r)).Distinct().Count();
        return series * settings > SweepSheet.MostPanels
            ? $"{Counted.Of(series * settings, "panel")} would be needed along the training, one for each {(settings > 1 ? "series of each setting" : "series")}, "
                + $"and a figure has {SweepSheet.MostPanels} at most{(series > 1 ? "; 'metrics' in the sweep file chooses" : "")}"
            : methods > SweepSheet.MostLines
            ? $"{Counted.Of(methods, "line")} would be needed along the training, one for each method, and a panel has {SweepSheet.MostLines} at most"
            : "along the training the repetitions have no step in common with a mean to draw";
    }

    private static Panel PanelOf(SweepPart part, CourseMeans[] shown, string[] methods)
    {
        double[] all = [.. shown.SelectMany(m => m.Means).Concat(shown.Select(m => m.Survivors).OfType<(double X, double Mean)>().Select(s => s.Mean)).Where(double.IsFinite)];
        double? end = EndOf(part, shown);
        bool logarithmic = all.Length > 0 && all.Min() > 0 && (part.Analysis.Logarithmic || all.Max() >= LogarithmicValues * all.Min());
        var strokes = methods.Zip(MethodStroke.Of(methods)).ToDictionary(m => m.First, m => m.Second);
        var curves = new List<Curve>();
        foreach (var (row, means) in shown.Index())
            curves.AddRange(CurvesOf(means, strokes[means.Method], row));
        var steps = new Axis("Training iteration") { WholeNumbers = true, From = 0 };
        var y = new Axis(SweepSheet.MeanOf(part, shown[0].Series, shown.Any(m => m.Repeats)))
        {
            Logarithmic = logarithmic,
            To = end,
            From = logarithmic ? PowersOfTen.Below(LeastOf(shown, all.Min())) : null,
        };
        return new Panel(shown[0].Setting, steps, y, curves);
    }

    /// <summary>The least mean or end of an interval; an interval of logarithms may reach down to any power of ten, and is cut where the means would be squeezed.</summary>
    private static double LeastOf(CourseMeans[] shown, double leastMean)
    {
        double end = shown.SelectMany(m => m.Lower).Where(lower => lower > 0).DefaultIfEmpty(leastMean).Min();
        return Math.Min(leastMean, Math.Max(end, leastMean / SweepAxes.FarthestInterval));
    }

    /// <summary>Where the axis of the objective ends, since a mean has grown beyond what trains; null where it takes in all, as of other series.</summary>
    private static double? EndOf(SweepPart part, IReadOnlyList<CourseMeans> shown) => shown[0].Series != part.Analysis.Objective.Series ? null
        : PowersOfTen.EndOf([.. shown.Select(m => (IReadOnlyList<double>)[.. m.Means, .. m.Survivors is { } survivors ? new[] { survivors.Mean } : []])]);

    /// <summary>A line with its band as far as every repetition goes, then the survivors as a hollow mark, or a cross where there are none.</summary>
    private static IEnumerable<Curve> CurvesOf(CourseMeans means, Stroke stroke, int row)
    {
        FigureText label = MethodName.Of(means.Method);
        if (means.HasBand)
            yield return new BandCurve(means.Steps, means.Lower, means.Upper, null, stroke);
        if (means.Steps.Count > 0)
            yield return new LineCurve(means.Steps, means.Means, stroke) { Label = label };
        else
            yield return new KeySample(stroke) { Label = label };
        if (means.Survivors is { } survivors)
            yield return new PointCurve([survivors.X], [survivors.Mean], stroke) { Size = SettingCurves.HollowSize, IsHollow = true, Notes = [means.CountText] };
        else if (means.Diverged > 0)
            yield return new EdgeMarks([means.LastStep], [means.CountText], SettingCurves.FirstRow - (row * SettingCurves.RowHeight), stroke);
    }

    private static string Caption(SweepPart part, CourseMeans[][] panels, IReadOnlyList<Panel> drawn)
    {
        CourseMeans[] shown = [.. panels.SelectMany(panel => panel)];
        string ends = shown.Any(m => m.Diverged > 0) ? " Where repetitions diverged, a line ends before the first of them does." : "";
        string gone = SettingCurves.Quoted(shown.Where(m => m is { Diverged: > 0, Survivors: null }).Select(m => m.CountText));
        string crosses = gone.Length > 0 ? $" Crosses at the upper edge stand where every repetition has diverged ({gone})." : "";
        string outside = string.Concat(panels.Select(panel => EndOf(part, panel)).OfType<double>().Distinct().Select(end => " " + LayeredLog.Outside(end)));
        string[] gaps = [.. shown.Where(m => m.HasGap).Select(m => $"{MethodName.Of(m.Method)} ({m.Series})").Distinct()];
        string undefined = gaps.Length == 0 ? ""
            : $" Lines have gaps where a repetition's value is {(part.Analysis.Logarithmic ? "0 or below, which has no logarithm, or " : "")}not finite: {string.Join(", ", gaps)}.";
        string alone = !shown.Any(m => m.Repeats) ? "one run of each, so that there are no bands."
            : shown.All(m => !m.HasBand) ? "there are no bands, since one value alone has no interval."
            : $"bands are the {SweepSheet.Interval(part)}, step by step{(drawn.Any(panel => panel.Y.Logarithmic) ? ", and go to the lower edge where a logarithmic axis has no place for their end" : "")}{(SweepSheet.CutsBands(drawn) ? "; the frame cuts those that reach beyond it" : "")}.";
        string[] late = [.. shown.Where(m => m.StartsLate).Select(m => string.Create(CultureInfo.InvariantCulture, $"{MethodName.Of(m.Method)} at step {m.Steps[0]:0}")).Distinct()];
        string starts = late.Length == 0 ? "" : $" Where repetitions begin at steps of their own, a line begins where the last of them does: {string.Join(", ", late)}.";
        return $"{SweepSheet.MeansOver(part, shown.Any(m => m.Repeats))} along the training, in the part {part.Name} of a sweep of {part.Experiment}; {alone}"
            + starts + ends + SettingCurves.ExplainHollow([.. shown.Where(m => m.Survivors is not null).Select(m => m.CountText)]) + crosses + outside + undefined;
    }
}
