using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>
/// A part of a sweep over any two of its axes: means with their confidence intervals over an option, a line for each method or value of another
/// option, a panel for each setting of the rest; or one metric against another.
/// </summary>
public static class SweepFigure
{
    /// <summary>What a figure shows.</summary>
    /// <param name="X">An option with numbers, or a metric.</param>
    /// <param name="Y">A metric.</param>
    /// <param name="By">The axis with a line for each value.</param>
    /// <param name="Where">Values of axes that settings must have.</param>
    public sealed record Request(string X, string Y, string By, IReadOnlyList<KeyValuePair<string, string>> Where);

    /// <summary>
    /// The figure that shows a part best: the objective over the tuned option, or the first metric over the first option with numbers.
    /// </summary>
    /// <returns>The figure; null where the part has no such option or is too large for one figure.</returns>
    public static Figure? Usual(SweepPart part, IReadOnlyList<TaskResult> results) => UsualOrWhy(part, results).Figure;

    /// <summary>As <see cref="Usual"/>; where the part has an option to draw over and yet no figure, the reason beside it.</summary>
    internal static (Figure? Figure, string? Why) UsualOrWhy(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        var settings = SweepAnalysis.Settings(part, results);
        var metric = part.Analysis.Tune is not null ? part.Analysis.Objective : settings is [var some, ..] ? some.Metric : null;
        string? x = part.Analysis.Tune ?? SweepAxes.OptionsWithNumbers(part, settings).FirstOrDefault();
        if (metric is null || x is null)
            return (null, null);
        try
        {
            return (Compose(part, results, new Request(x, metric.ToString(), AnalysisPlan.MethodAxis, [])), null);
        }
        catch (BadInputException e)
        {
            return (null, e.Message); // too much for one figure; the user chooses
        }
    }

    /// <summary>The figure of a part that was asked for.</summary>
    /// <exception cref="BadInputException">An axis or metric is not there, has no numbers, or leaves too much for one figure.</exception>
    public static Figure Compose(SweepPart part, IReadOnlyList<TaskResult> results, Request request)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(request);
        var axes = SweepAnalysis.Axes(part);
        foreach (string axis in request.Where.Select(w => w.Key).Append(request.By).Append(request.X))
            if (axis == part.Analysis.Replicate && part.Varying.Contains(axis))
                throw new BadInputException($"{axis} is what the repetitions of the part {part.Name} differ in, and means are over it, so it is no axis; there is {string.Join(", ", axes)}.");
        foreach (string axis in request.Where.Select(w => w.Key).Append(request.By))
            if (!axes.Contains(axis))
                throw new BadInputException($"The part {part.Name} has no axis '{axis}'; there is {string.Join(", ", axes)}.{Spelling.Hint(axis, axes)}");
        var y = Metric.Named(request.Y)[0];
        bool overOption = axes.Contains(request.X);
        if (!overOption && IsOption(part, request.X))
            throw new BadInputException($"--x {request.X} has one value in the part {part.Name}; its axes are {string.Join(", ", axes)}.");
        if (request.X == request.By)
            throw new BadInputException($"--x and --by are both {request.X}; a figure needs two axes.");
        var settings = Chosen(part, results, request.Y, request);
        SettingResult[] placeless = overOption ? [.. settings.Where(s => AxisText.Number(s[request.X]) is null)] : [];
        settings = [.. settings.Except(placeless)];
        if (!overOption)
            settings = [.. settings.Where(s => s.Estimate is not null)]; // one metric against another: what diverged has neither
        var pairs = overOption ? null : Chosen(part, results, request.X, request).ToDictionary(s => Key(s, axes));
        if (settings.Length == 0)
            throw new BadInputException($"--x {request.X} has no values that are numbers, but '{placeless[0][request.X]}'; use it with --by.");
        string[] rest = [.. axes.Where(axis => axis != request.By && (!overOption || axis != request.X))];
        if (!overOption)
            rest = []; // every setting is a point
        var groups = settings.GroupBy(s => Key(s, rest)).ToArray();
        if (groups.Length > SweepSheet.MostPanels)
            throw new BadInputException(
                $"{Counted.Of(groups.Length, "panel")} would be needed, for each setting of {string.Join(", ", rest)}; choose some with --where AXIS=VALUE.");
        string[] lines = [.. settings.Select(s => s[request.By]).Distinct().Order(AxisText.Order)];
        if (lines.Length > SweepSheet.MostLines)
            throw new BadInputException(
                $"{Counted.Of(lines.Length, "line")} would be needed, for each value of {request.By}; choose some with --where {request.By}=VALUE.");
        double X(SettingResult setting) => overOption
            ? AxisText.Number(setting[request.X])!.Value
            : pairs!.GetValueOrDefault(Key(setting, axes))?.Estimate?.Mean ?? double.NaN;
        var drawn = groups.Select(group =>
            PanelOf(part, request, [.. group], lines, X, overOption, Title(group.First(), rest, settings), Ceiling(part, results, y, settings)))
            .Where(d => PanelPlan.HasData(d.Panel)).ToArray();
        if (drawn.Length == 0)
            throw new BadInputException(string.Join(' ', UndefinedWords.Of(part, settings)));
        SettingResult[] outside = [.. drawn.SelectMany(d => d.Outside)];
        return SweepSheet.Of(
            NameOf(part, request),
            [.. drawn.Select(d => d.Panel)],
            Caption(part, request, overOption, [.. drawn.Select(d => d.Panel)], settings) + SettingCurves.ExplainCrosses(outside) + SettingCurves.Explain(settings.Except(outside).Where(s => !s.IsUndefined))
                + SweepSheet.Undefined(part, settings) + LeftOut(placeless, request) + SoFar(part, results));
    }

    private static SettingResult[] Chosen(SweepPart part, IReadOnlyList<TaskResult> results, string text, Request request)
    {
        var metric = Metric.Named(text)[0];
        SettingResult[] all = [.. SweepAnalysis.Settings(part, results, [metric]).Where(s => s.Estimate is not null || s.Diverged > 0)];
        if (!all.Any(s => s.Estimate is not null))
            throw all.Length > 0
                ? new BadInputException($"Every repetition in the part {part.Name} diverged, so that {metric} has no mean to draw.")
                : NoResults(part, results, metric.Series, text, text == request.X ? SweepAnalysis.Axes(part) : []);
        foreach (var (axis, value) in request.Where)
            if (!all.Any(s => s[axis] == value))
            {
                string[] values = [.. all.Select(s => s[axis]).Distinct().Order(AxisText.Order)];
                throw new BadInputException($"--where {axis}={value} chooses nothing: {axis} is {string.Join(", ", values)} in the part {part.Name}.{Spelling.Hint(value, values)}");
            }
        SettingResult[] chosen = [.. all.Where(s => request.Where.All(w => s[w.Key] == w.Value))];
        return chosen.Any(s => s.Estimate is not null) ? chosen
            : chosen.Length > 0 ? throw new BadInputException($"Every repetition with these values of --where diverged, so that {metric} has no mean to draw.")
            : throw new BadInputException($"The part {part.Name} has no results of {metric} for these values of --where together.");
    }

    /// <summary>That no result has a metric, with those that there are, and the one that may have been meant, or one of the <paramref name="others"/>.</summary>
    private static BadInputException NoResults(SweepPart part, IReadOnlyList<TaskResult> results, string name, string text, IReadOnlyList<string> others)
    {
        string[] series = [.. SeriesOf(part, results)];
        string hint = series.Contains(name) ? ""
            : Spelling.Hint(name, series.Concat(others)) is { Length: > 0 } near ? near
            : Spelling.Hint(text, series.SelectMany(one => Metric.Words.Keys.Select(word => $"{one}.{word}")));
        return new BadInputException(
            $"The part {part.Name} has no results of {text}; its series are {string.Join(", ", series.DefaultIfEmpty("none yet"))}, "
            + $"and a metric ends with {string.Join(", ", Metric.Words.Keys.SkipLast(1))} or {Metric.Words.Keys.Last()}.{hint}");
    }

    private static IEnumerable<string> SeriesOf(SweepPart part, IReadOnlyList<TaskResult> results) =>
        results.Where(result => result.Task.Part.Name == part.Name).SelectMany(result => result.Observations).Select(o => o.Series).Distinct();

    /// <summary>A panel, and the settings that have crosses at its upper edge.</summary>
    private static (Panel Panel, IReadOnlyList<SettingResult> Outside) PanelOf(
        SweepPart part,
        Request request,
        SettingResult[] settings,
        string[] lines,
        Func<SettingResult, double> xOf,
        bool overOption,
        FigureText title,
        double ceiling)
    {
        bool logarithmic = SweepAxes.IsLogarithmic(part, settings);
        var range = SweepAxes.RangeOf(settings, logarithmic, ceiling);
        var curves = new List<Curve>();
        Stroke[] strokes = request.By == AnalysisPlan.MethodAxis ? MethodStroke.Of(lines) : [.. lines.Select((_, i) => Palette.Other(i))];
        var crossed = new List<SettingResult>();
        int rows = 0;
        foreach (var (i, line) in lines.Index())
        {
            SettingResult[] along = [.. settings.Where(s => s[request.By] == line).OrderBy(xOf)];
            SettingResult[] outside = overOption ? [.. along.Where(s => !range.Holds(s) && !s.IsUndefined)] : [];
            if (along.Length > 0)
                curves.AddRange(SettingCurves.Of(along, s => !s.IsUndefined && !outside.Contains(s), xOf, overOption, strokes[i], LabelOf(request.By, line)));
            if (outside.Length > 0)
                curves.Add(SettingCurves.Outside(outside, xOf, rows++, strokes[i]));
            crossed.AddRange(outside);
        }
        var panel = new Panel(
            title,
            SweepAxes.Across(request.X, [.. settings.Select(xOf)], overOption),
            range.Axis(SweepSheet.MeanOf(part, request.Y, SettingResult.AnyRepeats(settings)), rows * SettingCurves.RowHeight),
            curves);
        return (panel, crossed);
    }

    /// <summary>Where the axis ends at the latest: none but that of the objective has an end.</summary>
    private static double Ceiling(SweepPart part, IReadOnlyList<TaskResult> results, Metric metric, SettingResult[] settings)
    {
        var methods = settings.Select(s => s[AnalysisPlan.MethodAxis]).ToHashSet(); // a restart from a diverging iterate begins anywhere
        double first = results.Where(result => result.Task.Part.Name == part.Name && metric.Series == part.Analysis.Objective.Series)
            .SelectMany(result => result.Observations).Where(o => o.Series == metric.Series && methods.Contains(o.Method)).Select(o => o.First).DefaultIfEmpty(double.NaN).Max();
        return PowersOfTen.CeilingOf(first);
    }

    private static FigureText LabelOf(string by, string value) => by == AnalysisPlan.MethodAxis ? Shown(by, value) : $"{by} {value}";

    /// <summary>What tells the panel's setting from those of the others.</summary>
    private static FigureText Title(SettingResult setting, string[] rest, SettingResult[] all) => string.Join(
        ", ", rest.Where(axis => all.Any(s => s[axis] != setting[axis])).Select(axis => $"{axis} {Shown(axis, setting[axis])}"));

    /// <summary>The value of an axis as people read it: methods by their names.</summary>
    private static string Shown(string axis, string value) => axis == AnalysisPlan.MethodAxis ? MethodName.Of(value) : value;

    private static string Key(SettingResult setting, IEnumerable<string> axes) => string.Join('\n', axes.Select(axis => setting[axis]));

    private static string NameOf(SweepPart part, Request request) =>
        $"{part.Name}_{request.Y}_over_{request.X}{(request.By == AnalysisPlan.MethodAxis ? "" : $"_by_{request.By}")}";

    /// <summary>Whether it is an option of the experiment, and no metric.</summary>
    private static bool IsOption(SweepPart part, string name) => Setting.Of(ExperimentCatalog.Named(part.Experiment).OptionsType).Any(setting => setting.Name == name);

    /// <summary>What has no place on the x axis, since its value there is a word such as "default".</summary>
    private static string LeftOut(SettingResult[] placeless, Request request) => placeless.Length == 0
        ? ""
        : $" Not shown, since {request.X} is no number there: "
            + string.Join(", ", placeless.Select(s => $"{Shown(request.By, s[request.By])} ({s[request.X]})").Distinct()) + ".";

    private static string SoFar(SweepPart part, IReadOnlyList<TaskResult> results) =>
        Coverage.Of(part, results) is { IsWhole: false } coverage ? $" The sweep is not at its end: {coverage}." : "";

    private static string Caption(SweepPart part, Request request, bool overOption, IReadOnlyList<Panel> panels, IReadOnlyList<SettingResult> settings)
    {
        bool repeats = SettingResult.AnyRepeats(settings);
        string conditions = string.Concat(request.Where.Select(w => $", {w.Key} {Shown(w.Key, w.Value)}"));
        return overOption
            ? $"{SweepSheet.MeansOver(part, repeats, $" of {request.Y}")} against {request.X}, in the part {part.Name} of a sweep of {part.Experiment}{conditions}"
                + SweepSheet.Intervals(part, panels, settings)
            : $"{SweepSheet.MeansOver(part, repeats, $" of {request.Y} against those of {request.X}")}, a point for each setting, in the part "
                + $"{part.Name} of a sweep of {part.Experiment}{conditions}.";
    }
}
