using SpecGD.Figures.Model;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>The figure that each part of a sweep gets unasked: over an option, along the training, or over what names the rows of a table.</summary>
public static class SweepFigures
{
    /// <summary>The figure of a part, or in its place one sentence why there is none; neither where no task has a result.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    /// <param name="logOf">Reads the log of a task that has a result.</param>
    /// <exception cref="BadInputException">A log is damaged.</exception>
    public static (Figure? Figure, string? WhyNone) Of(SweepPart part, IReadOnlyList<TaskResult> results, Func<TaskRecord, RunLog> logOf)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        if (!results.Any(r => r.Task.Part.Name == part.Name && r.Record.HasResult))
            return (null, null);
        var (figure, tooMuch) = SweepFigure.UsualOrWhy(part, results);
        figure ??= SweepCourseFigure.Of(part, results, logOf) ?? SweepRowFigure.Of(part, results);
        return (figure, figure is not null ? null : $"{part.Name}: no figure is drawn. {tooMuch ?? Reason(part, results)}");
    }

    /// <summary>That methods along the training need more panels or lines than there is room for.</summary>
    private static string TooMany(SweepPart part, IReadOnlyList<SettingResult> settings) =>
        $"{Counted.Of(settings.Select(s => s.Metric.Series).Distinct().Count(), "series")} of {Counted.Of(settings.Select(s => s[AnalysisPlan.MethodAxis]).Distinct().Count(), "method")} in the part {part.Name} "
        + $"are too many for one figure, which has {SweepSheet.MostPanels} panels with {SweepSheet.MostLines} lines at most; 'metrics' in the sweep file chooses.";

    private static string Reason(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        var settings = SweepAnalysis.Settings(part, results);
        return settings.Count == 0 ? "No result has what 'metrics' names."
            : settings.All(s => s.Estimate is null) ? "Every repetition diverged, so that there is no mean to draw."
            : settings.All(s => s.Estimate is null || s.IsUndefined) ? string.Join(' ', UndefinedWords.Of(part, settings))
            : SweepAnalysis.Axes(part).Count > 1
                ? $"The values of {Sentence.List([.. SweepAnalysis.Axes(part).Where(axis => axis != AnalysisPlan.MethodAxis)])} are no numbers to draw over, and there are too many for lines along the training; "
                    + "'specgd sweep results DIR --x METRIC --y METRIC' draws one metric against another."
            : settings.All(s => s.Keys.All.Count == 0) ? TooMany(part, settings)
            : $"{SweepRowFigure.WhyNone(part, results)} The table, 'specgd sweep results' and 'specgd sweep export' have the numbers.";
    }
}
