using System.Globalization;
using SpecGD.Experiments;

namespace SpecGD.Sweeps.Analysis;

/// <summary>Which numbers of a sweep are not there although repetitions ran to their end, and why: tables and captions say so beside the gap.</summary>
public static class UndefinedWords
{
    /// <summary>More settings than this are counted, and the first ones named.</summary>
    private const int MostNamed = 4;

    /// <summary>A sentence for each reason and group of settings; nothing where every number is there.</summary>
    /// <param name="part">The part.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="nameOf">What a metric is called; null for its name.</param>
    public static IEnumerable<string> Of(SweepPart part, IReadOnlyList<SettingResult> settings, Func<Metric, string>? nameOf = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(settings);
        nameOf ??= metric => metric.ToString();
        string mean = part.Analysis.Logarithmic ? "geometric mean" : "mean";
        var groups = settings.Where(s => s.IsUndefined).GroupBy(s => (Metric: nameOf(s.Metric), Why: Why(part, s)))
            .GroupBy(g => (g.Key.Why, Where: Where([.. g.Select(Name).Distinct()])));
        foreach (var group in groups)
        {
            string[] metrics = [.. group.Select(g => g.Key.Metric).Distinct()];
            yield return $"{Joined(metrics)} {(metrics.Length == 1 ? "has" : "have")} no {mean}{(part.Analysis.Baseline.Count > 0 ? ", no interval and no test" : " and no interval")}"
                + $"{group.Key.Where}: {group.Key.Why}.";
        }
        SettingResult[] defined = [.. settings.Where(s => s is { IsUndefined: false, Estimate: not null })], alone = [.. defined.Where(s => s.Estimate!.Count == 1)];
        string[] wide = [.. defined.Except(alone).Where(s => !double.IsFinite(s.Estimate!.Lower) || !double.IsFinite(s.Estimate.Upper)).Select(Name).Distinct()];
        if (wide.Length > 0)
            yield return $"There is no interval{Where(wide)}: it is wider than numbers reach.";
        if (alone.Length > 0)
            yield return alone.Length == defined.Length ? "There are no intervals: every setting has one value alone."
                : $"There is no interval{Where([.. alone.Select(Name).Distinct()])}: one value alone has none.";
    }

    /// <summary>What the setting's repetitions have that leaves the mean undefined.</summary>
    private static string Why(SweepPart part, SettingResult setting)
    {
        double[] values = [.. setting.Values.Values];
        if (values.Any(value => !double.IsFinite(value)))
            return "a repetition's value is not finite";
        if (!part.Analysis.Logarithmic)
            return "the values are too large for a sum";
        return values.Any(value => value == 0) ? "a repetition's value is 0, which has no logarithm" : "a repetition's value is below 0, which has no logarithm";
    }

    private static string Name(SettingResult setting) =>
        string.Join(' ', setting.Axes.Select(axis => axis.Key == AnalysisPlan.MethodAxis ? MethodName.Of(axis.Value) : $"{axis.Key}={axis.Value}"));

    private static string Where(string[] names) => names.Length <= MostNamed
        ? $" for {Joined(names)}"
        : string.Create(CultureInfo.InvariantCulture, $" for {Counted.Of(names.Length, "setting")} ({string.Join(", ", names.Take(MostNamed))}, …)");

    private static string Joined(string[] names) => names.Length > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];
}
