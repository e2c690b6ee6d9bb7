using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>
/// A part of a sweep without an option that has numbers, and whose experiment has a table in the place of methods: each column of the table against the
/// number that names its rows, such as d or λ, a line for each setting and for each of the rows' other keys.
/// </summary>
public static class SweepRowFigure
{
    /// <summary>A setting with the line that it belongs to and its place on it.</summary>
    private readonly record struct Place(string Line, double X, SettingResult Setting);

    /// <summary>The figure; null where the rows are not named by a number, an option with numbers varies too, or one figure has no room for all.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    public static Figure? Of(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        SettingResult[] settings = SettingsOf(part, results);
        if (part.Analysis.Tune is not null || SweepAxes.OptionsWithNumbers(part, settings).Any() || NumberThatNames(settings) is not { } key)
            return null;
        Place[] places = PlacesOf(settings, key);
        string[] lines = [.. places.Select(p => p.Line).Distinct()];
        var columns = places.GroupBy(p => p.Setting.Metric.Series).Where(column => column.Any(p => HasPlace(p.Setting))).ToArray();
        if (columns.Length is 0 or > SweepSheet.MostPanels || lines.Length > SweepSheet.MostLines)
            return null;
        Panel[] panels = [.. columns.Select(column => PanelOf(part, key, column.Key, [.. column], lines))];
        SettingResult[] drawn = [.. columns.SelectMany(column => column).Select(p => p.Setting)];
        return SweepSheet.Of(
            $"{part.Name}_rows",
            panels,
            Caption(part, key, panels, drawn) + SettingCurves.ExplainCrosses([.. drawn.Where(s => s.Estimate is null)])
                + SettingCurves.Explain(drawn.Where(HasPlace)) + SweepSheet.Undefined(part, settings, metric => metric.Series));
    }

    /// <summary>A column has one number in a row, so that its first, last, least and largest are one.</summary>
    private static SettingResult[] SettingsOf(SweepPart part, IReadOnlyList<TaskResult> results) =>
        [.. SweepAnalysis.Settings(part, results).DistinctBy(s => (s.Metric.Series, string.Join('\n', s.Axes.Values)))];

    /// <summary>The last of the columns that name rows whose values are numbers and not all the same; null where there is none.</summary>
    private static string? NumberThatNames(SettingResult[] settings) => settings.SelectMany(s => s.Keys.All.Select(key => key.Column)).Distinct().LastOrDefault(column =>
        settings.All(s => NumberOf(s, column) is not null) && settings.Select(s => NumberOf(s, column)).Distinct().Count() > 1);

    private static double? NumberOf(SettingResult setting, string column) =>
        setting.Keys.All.Where(key => key.Column == column).Select(key => key.Number).FirstOrDefault();

    /// <summary>A line is named by the options that vary and by the other keys; a row that is there twice is on a line of its own.</summary>
    private static Place[] PlacesOf(SettingResult[] settings, string key)
    {
        string[] varying = [.. settings[0].Axes.Keys.Where(axis => axis != AnalysisPlan.MethodAxis && settings.Any(s => s[axis] != settings[0][axis]))];
        return [.. settings.Select(s => new Place(NameOf(s), NumberOf(s, key)!.Value, s))];

        string NameOf(SettingResult setting)
        {
            IEnumerable<string> options = varying.Select(axis => $"{axis} {setting[axis]}"), others = setting.Keys.All.Where(other => other.Column != key).Select(other => other.ToString());
            string copy = setting.Keys.Copy == 1 ? "" : FormattableString.Invariant($"({setting.Keys.Copy})");
            return string.Join(' ', options.Concat(others).Append(copy).Where(word => word.Length > 0));
        }
    }

    private static bool HasPlace(SettingResult setting) => setting is { Estimate: not null, IsUndefined: false };

    private static Panel PanelOf(SweepPart part, string key, string column, Place[] places, string[] lines)
    {
        SettingResult[] settings = [.. places.Select(p => p.Setting)];
        var placeOf = places.ToDictionary(p => p.Setting, p => p.X);
        var curves = new List<Curve>();
        Stroke[] strokes = lines.Length == 1 && MethodOf(column) is { } method ? [.. MethodStroke.Of([method])] : [.. lines.Select((_, i) => Palette.Other(i))];
        int rows = 0;
        foreach (var (i, line) in lines.Index())
        {
            SettingResult[] along = [.. places.Where(p => p.Line == line).OrderBy(p => p.X).Select(p => p.Setting)];
            SettingResult[] diverged = [.. along.Where(s => s.Estimate is null)];
            if (along.Any(HasPlace))
                curves.AddRange(SettingCurves.Of(along, HasPlace, setting => placeOf[setting], joined: true, strokes[i], line));
            if (diverged.Length > 0)
                curves.Add(SettingCurves.Outside(diverged, setting => placeOf[setting], rows++, strokes[i]));
        }
        return new Panel(
            "",
            SweepAxes.Across(key, [.. places.Select(p => p.X)], ofOption: true),
            SweepAxes.RangeOf(settings, SweepAxes.IsLogarithmic(part, settings), double.PositiveInfinity)
                .Axis(SweepSheet.MeanOf(part, column, SettingResult.AnyRepeats(settings)), rows * SettingCurves.RowHeight),
            curves);
    }

    /// <summary>The method that a column such as "GD last loss" or "from peak" is of; null where it is of none.</summary>
    private static string? MethodOf(string column) =>
        MethodName.Known.Where(method => column.StartsWith(MethodName.Of(method) + " ", StringComparison.Ordinal) || MethodName.Of(method).EndsWith(" " + column, StringComparison.Ordinal)).OrderByDescending(method => MethodName.Of(method).Length).FirstOrDefault();

    private static string Caption(SweepPart part, string key, IReadOnlyList<Panel> panels, SettingResult[] drawn) =>
        $"{SweepSheet.MeansOver(part, SettingResult.AnyRepeats(drawn))} of what the table of {part.Experiment} has, against {key}, "
        + $"in the part {part.Name} of a sweep{SweepSheet.Intervals(part, panels, drawn)}";

    /// <summary>Why a part without an option that has numbers, whose own numbers are there, has no figure of its rows.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    /// <returns>What a sentence says behind "No figure:", without a full stop.</returns>
    internal static string WhyNone(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        SettingResult[] settings = SettingsOf(part, results);
        string[] rows = [.. settings.Select(s => s[AnalysisPlan.MethodAxis]).Distinct()], keys = [.. settings.SelectMany(s => s.Keys.All.Select(key => key.Column)).Distinct()];
        if (rows is [var only])
            return $"its table has one row alone ({only}), and a line along the rows needs two";
        if (NumberThatNames(settings) is not { } number)
            return $"the {Counted.Of(rows.Length, "row")} of its table differ in no number along which they could be drawn (what names a row: {string.Join(", ", keys.DefaultIfEmpty("nothing"))})";
        int columns = settings.Where(HasPlace).Select(s => s.Metric.Series).Distinct().Count(), lines = PlacesOf(settings, number).Select(p => p.Line).Distinct().Count();
        return columns > SweepSheet.MostPanels
            ? $"{Counted.Of(columns, "panel")} would be needed, one for each column of its table, and a figure has {SweepSheet.MostPanels} at most; 'metrics' in the sweep file chooses"
            : $"{Counted.Of(lines, "line")} would be needed along {number}, and a panel has {SweepSheet.MostLines} at most";
    }
}
