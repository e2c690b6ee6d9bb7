using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Sweeps.Analysis;

/// <summary>What the comparison of methods, each at the best of the values that were tried for it, says in sentences.</summary>
public static class BestWords
{
    /// <summary>A sentence for each setting that was compared with the baseline, and one where a best value lies at the end of those tried.</summary>
    public static IEnumerable<string> Of(SweepPart part, IReadOnlyList<SettingResult> best)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(best);
        if (part.Analysis.Tune is not { } tuned)
            yield break;
        foreach (var setting in best.Where(b => b.AgainstBaseline is not null))
        {
            var baseline = best.First(b => b.Axes.All(axis =>
                axis.Key == tuned || axis.Value == part.Analysis.Baseline.GetValueOrDefault(axis.Key, setting[axis.Key])));
            yield return Compared(part, setting, baseline, tuned);
        }
        foreach (var setting in best.Where(b => b.IsAtEdge))
            yield return $"{part.Name}: {Name(setting, tuned)} is best at {tuned} = {setting[tuned]}, an end of the values that were tried; "
                + "a better one may lie beyond.";
    }

    private static string Compared(SweepPart part, SettingResult setting, SettingResult baseline, string tuned)
    {
        double own = setting.Estimate!.Mean, other = baseline.Estimate!.Mean;
        var test = setting.AgainstBaseline!;
        string how = own == other ? "as high as"
            : own > 0 && other > 0 ? Text($"{NumberText.Of(Math.Max(own, other) / Math.Min(own, other))} times {(own < other ? "below" : "above")}")
            : own < other ? "below" : "above";
        string scale = part.Analysis.Logarithmic ? " on logarithms" : "";
        return Text($"{part.Name}: {Name(setting, tuned)} at {Chosen(setting, tuned)} ({setting[tuned]}) ends with ")
            + Text($"{(part.Analysis.Logarithmic ? "a geometric mean of " : "a mean of ")}{setting.Metric} of {NumberText.Of(own)}, {how} ")
            + Text($"{Name(baseline, tuned)} at {Chosen(baseline, tuned)} ({baseline[tuned]}; {NumberText.Of(other)}); ")
            + Text($"p = {NumberText.Of(test.P)} ({test.Name}{scale}, {Counted.Of(setting.Values.Count, "repetition")}).")
            + (Math.Min(setting.Tried, baseline.Tried) < Math.Max(setting.Tried, baseline.Tried)
                ? Text($" The choice among more values favours {Name(setting.Tried > baseline.Tried ? setting : baseline, tuned)}.") : "");
    }

    /// <summary>"the best of 4 values of method-lr", or "its only method-lr": what had one value was not tuned.</summary>
    private static string Chosen(SettingResult setting, string tuned) => setting.Tried > 1 ? Text($"the best of {setting.Tried} values of {tuned}") : $"its only {tuned}";

    private static string Name(SettingResult setting, string tuned) =>
        string.Join(' ', setting.Axes.Where(axis => axis.Key != tuned)
            .Select(axis => axis.Key == AnalysisPlan.MethodAxis ? MethodName.InSentences(axis.Value) : $"{axis.Key}={axis.Value}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
