using System.Text.RegularExpressions;
using SpecGD.Figures.Model;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>
/// A part of a sweep over repetitions alone whose experiment has a table in the place of methods: each column of the table against the number that
/// names its rows, such as d or λ, a line for each of the rows' other names.
/// </summary>
public static partial class SweepRowFigure
{
    /// <summary>A setting with the line that it belongs to and its place on it.</summary>
    private readonly record struct Place(string Line, string Key, double X, SettingResult Setting);

    /// <summary>The figure; null where the rows are not named by a number, something else varies too, or one figure has no room for all.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over.</param>
    public static Figure? Of(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(results);
        if (SweepAnalysis.Axes(part).Count > 1)
            return null;
        // A column has one number in a row, so that its first, last, least and largest are one.
        SettingResult[] settings = [.. SweepAnalysis.Settings(part, results).DistinctBy(s => (s.Metric.Series, s[AnalysisPlan.MethodAxis])).Where(s => s.Estimate is not null)];
        Place[] places = [.. Places(settings, WholeName()) ?? Places(settings, LastWord()) ?? []];
        string[] lines = [.. places.Select(p => p.Line).Distinct()];
        var columns = places.GroupBy(p => p.Setting.Metric.Series).ToArray();
        if (columns.Length is 0 or > SweepSheet.MostPanels || lines.Length > SweepSheet.MostLines || places.Select(p => p.X).Distinct().Count() < 2)
            return null;
        Panel[] panels = [.. columns.Select(column => PanelOf(part, column.Key, [.. column], lines))];
        return SweepSheet.Of($"{part.Name}_rows", panels, Caption(part, places[0].Key));
    }

    /// <summary>The places of all settings by one pattern of their rows' names; null where a name is not of its form, or the numbers are of several keys.</summary>
    private static Place[]? Places(SettingResult[] settings, Regex form)
    {
        var places = new List<Place>();
        foreach (var setting in settings)
        {
            var match = form.Match(setting[AnalysisPlan.MethodAxis]);
            if (!match.Success || AxisText.Number(match.Groups["x"].Value) is not { } x)
                return null;
            places.Add(new Place(match.Groups["line"].Value, match.Groups["key"].Value, x, setting));
        }
        return places.Select(p => p.Key).Distinct().Count() == 1 ? [.. places] : null;
    }

    private static Panel PanelOf(SweepPart part, string column, Place[] places, string[] lines)
    {
        SettingResult[] settings = [.. places.Select(p => p.Setting)];
        var xOf = places.ToDictionary(p => p.Setting, p => p.X);
        bool logarithmic = SweepAxes.IsLogarithmic(part, settings);
        var curves = new List<Curve>();
        foreach (var (i, line) in lines.Index())
        {
            SettingResult[] along = [.. places.Where(p => p.Line == line && (!logarithmic || p.Setting.Estimate!.Mean > 0)).OrderBy(p => p.X).Select(p => p.Setting)];
            if (along.Length > 0)
                curves.AddRange(SettingCurves.Of(along, setting => xOf[setting], joined: true, Palette.Other(i), line));
        }
        return new Panel(
            "",
            SweepAxes.Across(places[0].Key, [.. places.Select(p => p.X)], ofOption: true),
            SweepAxes.RangeOf(settings, logarithmic, double.PositiveInfinity).Axis(SweepSheet.MeanOf(part, column), headroom: 0),
            curves);
    }

    private static string Caption(SweepPart part, string key) =>
        $"{SweepSheet.Means(part)} over the repetitions ({part.Analysis.Replicate}) of what the table of {part.Experiment} has, against {key}, "
        + $"in the part {part.Name} of a sweep; bands are the {SweepSheet.Interval(part)}.";

    /// <summary>"batch size=8": the number alone names the row.</summary>
    [GeneratedRegex(@"^(?<line>)(?<key>[^=]+)=(?<x>[^ =]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeName();

    /// <summary>"relu identity d=8": the last word is the number, the others name the line.</summary>
    [GeneratedRegex(@"^(?<line>.+) (?<key>[^ =]+)=(?<x>[^ =]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex LastWord();
}
