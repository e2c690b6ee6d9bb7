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

    private static string Reason(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        var settings = SweepAnalysis.Settings(part, results);
        return settings.Count == 0 ? "No result has what 'metrics' names."
            : settings.All(s => s.Estimate is null) ? "Every repetition diverged, so that there is no mean to draw."
            : settings.All(s => s.Estimate is null || s.IsUndefined) ? string.Join(' ', UndefinedWords.Of(part, settings))
            : WithoutRoom(part, results, settings);
    }

    /// <summary>Why there is neither a figure over an option, nor along the training or over the rows of a table, and where the numbers are.</summary>
    private static string WithoutRoom(SweepPart part, IReadOnlyList<TaskResult> results, IReadOnlyList<SettingResult> settings)
    {
        bool hasRows = settings.Any(s => s.Keys.All.Count > 0);
        string[] words = [.. SweepAnalysis.Axes(part).Where(axis => axis != AnalysisPlan.MethodAxis && settings.Select(s => s[axis]).Distinct().Skip(1).Any())];
        string why = hasRows ? SweepRowFigure.WhyNone(part, results) : SweepCourseFigure.WhyNone(part, results);
        why = words.Length == 0 ? Sentence.Begin(why) : $"The values of {Sentence.List(words)} are no numbers to draw over, and {why}";
        return $"{why}. " + (words.Length > 0 && !hasRows ? "'specgd sweep results DIR --x METRIC --y METRIC' draws one metric against another."
            : "The table, 'specgd sweep results' and 'specgd sweep export' have the numbers.");
    }
}
