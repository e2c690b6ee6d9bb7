using System.Globalization;
using SpecGD.Experiments;

namespace SpecGD.Sweeps.Analysis;

/// <summary>Which settings of a part with a baseline were not tested against it, and why: a table without a p says so.</summary>
public static class UntestedWords
{
    /// <summary>More settings than this are counted, and the first ones named.</summary>
    private const int MostNamed = 4;

    /// <summary>A sentence for each reason; none where all were tested, or nothing is to be.</summary>
    /// <param name="part">The part.</param>
    /// <param name="settings">Its settings, or the best of them.</param>
    /// <param name="but">The option that may differ from the baseline's, where each is at its own best; null for none.</param>
    public static IEnumerable<string> Of(SweepPart part, IReadOnlyList<SettingResult> settings, string? but = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(settings);
        var plan = part.Analysis;
        if (plan.Baseline.Count == 0)
            return [];
        string baseline = BaselineOf(plan);
        var untested = from setting in settings
                       where setting.AgainstBaseline is null
                       let other = SweepAnalysis.BaselineOf(setting, settings, plan, but)
                       where other != setting
                       group Name(setting, but) by Why(setting, other, baseline);
        return untested.Select(group => $"Not tested against {baseline}: {Names([.. group.Distinct()])}, since {group.Key}.");
    }

    /// <summary>What the others are tested against: "method GD".</summary>
    public static string BaselineOf(AnalysisPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return string.Join(", ", plan.Baseline.Select(axis => $"{axis.Key} {Shown(axis.Key, axis.Value)}"));
    }

    private static string Why(SettingResult setting, SettingResult? baseline, string name) =>
        baseline is null ? $"there is no result of {name} beside it"
        : !baseline.IsWhole ? $"{Counted.Of(baseline.Diverged, "repetition")} of {name} diverged, and those that are left are no sample"
        : !setting.IsWhole ? "repetitions diverged, and those that are left are no sample"
        : setting.IsUndefined || baseline.IsUndefined ? "a mean is not defined"
        : Math.Min(setting.Values.Count, baseline.Values.Count) < 2 ? "one repetition alone tells nothing of how much they scatter"
        : "the differences do not scatter";

    private static string Name(SettingResult setting, string? but) => string.Join(' ', setting.Axes.Where(axis => axis.Key != but)
        .Select(axis => axis.Key == AnalysisPlan.MethodAxis ? Shown(axis.Key, axis.Value) : $"{axis.Key}={axis.Value}"));

    private static string Names(string[] names) => names.Length <= MostNamed
        ? Sentence.List(names)
        : string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(names.Length, "setting")} ({string.Join(", ", names.Take(MostNamed))}, …)");

    private static string Shown(string axis, string value) => axis == AnalysisPlan.MethodAxis ? MethodName.Of(value) : value;
}
