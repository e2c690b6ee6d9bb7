using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Figures;
using SpecGD.Figures.Sweeps;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Cli.Display;

/// <summary>The results of a sweep, for people and for programs.</summary>
internal static class SweepView
{
    /// <summary>Rows of a table that a run of a sweep still prints; 'sweep results' prints them all.</summary>
    private const int BriefRows = 40;

    /// <summary>Prints what each part says.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="results">Its results.</param>
    /// <param name="asJson">Whether as JSON.</param>
    /// <param name="brief">Whether long tables are left to <c>sweep results</c>.</param>
    /// <param name="parts">The parts; null for all.</param>
    public static void Print(
        SweepFolder folder, IReadOnlyList<TaskResult> results, bool asJson, bool brief, IReadOnlyList<SweepPart>? parts = null)
    {
        parts ??= folder.Definition.Parts;
        if (asJson)
            SummaryView.PrintJson(ToJson(folder, results, parts));
        else
            foreach (var part in parts)
                Print(part, results, brief);
    }

    /// <summary>Draws what each part shows best; gives what there is to say of it.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static IEnumerable<string> Draw(SweepFolder folder, IReadOnlyList<TaskResult> results, CancellationToken stop)
    {
        var found = folder.Definition.Parts.Select(part => SweepFigures.Of(part, results, record => SweepCollector.LogOf(folder, record))).ToArray();
        var figures = found.Select(f => f.Figure).OfType<Figures.Model.Figure>().ToArray();
        string[] without = [.. found.Select(f => f.WhyNone).OfType<string>()];
        if (figures.Length == 0)
            return without;
        var writer = FigureWriter.ForThisMachine();
        foreach (var figure in figures)
            writer.Write(figure, folder.FiguresPath, stop);
        return without;
    }

    /// <summary>Says of each part which name in its analysis no result has; true where there is one.</summary>
    public static bool SayMissing(SweepFolder folder, IReadOnlyList<TaskResult> results, IReadOnlyList<SweepPart> parts)
    {
        string[] sentences = [.. parts.Select(part => PlanNames.Missing(part, results, record => SweepCollector.Everything(folder, record))).OfType<string>()];
        foreach (string sentence in sentences)
            Terminal.Remark($"{sentence} Nothing was computed in vain: correct the file, and the same command collects anew");
        return sentences.Length > 0;
    }

    private static void Print(SweepPart part, IReadOnlyList<TaskResult> results, bool brief)
    {
        var settings = SweepAnalysis.Settings(part, results);
        var best = SweepAnalysis.Best(part, results);
        var coverage = Coverage.Of(part, results);
        if (settings.Count <= BriefRows || !brief)
            PrintSettings(part, settings, best, coverage);
        else if (best.Count == 0)
            Terminal.Remark($"{part.Name}: {Counted.Of(settings.Count, "setting")}; 'specgd sweep results' prints them");
        foreach (string sentence in UndefinedWords.Of(part, settings))
            Terminal.Say($"{part.Name}: {sentence}");
        if (!coverage.IsWhole)
            Terminal.Say($"{part.Name}: {coverage}. No value is called best and nothing is tested before all have one.");
        else if (part.Analysis.Tune is { } tuned && best.Count == 0 && settings.Count > 0)
            Terminal.Remark($"{part.Name}: with every value of {tuned} some repetition diverged{OrUndefined(settings)}, so that none is best; try others");
        else if (part.Analysis.Tune is { } ofTune && WithoutBest(part, settings, best) is { Length: > 0 } without)
            Terminal.Say($"{part.Name}: of {string.Join(", ", without)} with every value of {ofTune} some repetition diverged{OrUndefined(settings)}, so that none is best, and no sentence speaks of it.");
        SummaryView.PrintTable(
            Heading(part, $"each at the best of its values of {part.Analysis.Tune}", best),
            [.. best.Select(b => Shown(part, b, BestRow(b), best))],
            KeysOf(best));
        foreach (string sentence in UntestedWords.Of(part, best, part.Analysis.Tune))
            Terminal.Say(sentence);
        foreach (string sentence in BestWords.Of(part, best))
            Terminal.Say(sentence);
    }

    private static string OrUndefined(IReadOnlyList<SettingResult> settings) => settings.Any(s => s.IsUndefined) ? " or there is no mean" : "";

    /// <summary>Methods that have results, and none of which every repetition ran to its end.</summary>
    private static string[] WithoutBest(SweepPart part, IReadOnlyList<SettingResult> settings, IReadOnlyList<SettingResult> best)
    {
        string[] Methods(IEnumerable<SettingResult> some) =>
            [.. some.Where(s => s.Axes.ContainsKey(AnalysisPlan.MethodAxis)).Select(s => MethodName.Of(s[AnalysisPlan.MethodAxis])).Distinct()];
        return best.Count == 0 ? [] : [.. Methods(settings).Except(Methods(best))];
    }

    private static void PrintSettings(SweepPart part, IReadOnlyList<SettingResult> settings, IReadOnlyList<SettingResult> best, Coverage coverage)
    {
        bool leavesOutTests = SweepAnalysis.LeavesOutTests(part);
        SummaryView.PrintTable(
            Heading(part, "", settings),
            [.. settings.Select(setting => Shown(part, setting, setting.ToRow(), settings))],
            KeysOf(settings));
        if (settings.Any(setting => !setting.IsWhole && setting.Estimate is not null))
            Terminal.Say("In parentheses: some repetitions diverged. The mean is of those that did not, and is no result.");
        if (part.Analysis.Logarithmic && settings.Any(setting => setting.Estimate is { Lower: 0 }))
            Terminal.Say("An interval from 0 is wider than numbers reach: so few repetitions that differ so much say nothing.");
        if (!coverage.IsWhole || settings.Count == 0)
            return;
        if (leavesOutTests)
            Terminal.Say("Methods are not tested at one step size, whose unit is each method's own"
                + (part.Analysis.Tune is null ? ", and so nothing is tested: with 'tune' in the sweep file each method is tested at the best of its values."
                    : best.Any(b => b.AgainstBaseline is not null) ? ", but each at the best of the values tried for it."
                    : best.Count == 0 ? ", and so nothing is tested: no method has a value with which every repetition ended well."
                    : ", and so nothing is tested; what is said of the best values tells why."));
        else
            foreach (string sentence in UntestedWords.Of(part, settings))
                Terminal.Say(sentence);
    }

    /// <summary>The columns that tell a row from the others: the axes, and the metric where there are several.</summary>
    private static int KeysOf(IReadOnlyList<SettingResult> shown) => shown.Count == 0 ? 1 : shown[0].Axes.Count + (HasOneMetric(shown) ? 0 : 1);

    private static bool HasOneMetric(IReadOnlyList<SettingResult> shown) => shown.Select(setting => setting.Metric).Distinct().Count() == 1;

    /// <summary>
    /// A row as people read it: means by their name, those of survivors marked, and without what the heading says (the only metric), the count says
    /// (how many diverged) or no row has (tests).
    /// </summary>
    private static JsonObject Shown(SweepPart part, SettingResult setting, JsonObject row, IReadOnlyList<SettingResult> all)
    {
        bool hasTests = all.Any(other => other.AgainstBaseline is not null);
        var shown = new JsonObject();
        foreach (var (key, value) in row)
        {
            if (key == "diverged" || (key == "metric" && HasOneMetric(all)) || (key is "p" or "test" && !hasTests))
                continue;
            bool isEstimate = key is "mean" or "low" or "high";
            string name = key != "mean" ? key : !SettingResult.AnyRepeats(all) ? "value" : part.Analysis.Logarithmic ? "geometric mean" : key;
            shown[name] = key == "n" && !setting.IsWhole ? setting.CountText
                : isEstimate && !setting.IsWhole && JsonNumber.Of(value) is { } number ? $"({NumberText.Of(number)})"
                : value?.DeepClone();
        }
        return shown;
    }

    private const string AtTheEdge = "at the edge";

    private static JsonObject BestRow(SettingResult best)
    {
        var row = best.ToRow();
        row[AtTheEdge] = best.IsAtEdge ? "yes: a better one may lie beyond" : "no";
        return row;
    }

    private static string Heading(SweepPart part, string what, IReadOnlyList<SettingResult> shown) =>
        $"{part.Name} ({part.Experiment}): {(shown.Count > 0 && HasOneMetric(shown) ? $"{shown[0].Metric}, " : "")}{(what.Length > 0 ? what + ", " : "")}"
        + (!SettingResult.AnyRepeats(shown) ? "one run each"
            : (part.Analysis.Logarithmic ? "geometric means" : "means") + FormattableString.Invariant($" over repetitions ({part.Analysis.Replicate}), {100 * part.Analysis.Confidence:0.##} % intervals")
                + (part.Analysis.Logarithmic ? ", of logarithms" : ""))
        + (shown.Any(setting => setting.AgainstBaseline is not null) ? $"; p against {UntestedWords.BaselineOf(part.Analysis)}" : "");

    private static JsonObject ToJson(SweepFolder folder, IReadOnlyList<TaskResult> results, IReadOnlyList<SweepPart> parts) => new()
    {
        ["name"] = folder.Definition.Name,
        ["directory"] = folder.DirectoryPath,
        ["tasks"] = results.Count,
        ["with_result"] = results.Count(result => result.Record.HasResult),
        ["parts"] = new JsonArray(
        [
            .. parts.Select(part => new JsonObject
            {
                ["name"] = part.Name,
                ["experiment"] = part.Experiment,
                ["confidence"] = part.Analysis.Confidence,
                ["scale"] = part.Analysis.Logarithmic ? "log" : "linear",
                ["settings"] = new JsonArray([.. SweepAnalysis.Settings(part, results).Select(setting => setting.ToRow())]),
                ["best"] = new JsonArray([.. SweepAnalysis.Best(part, results).Select(BestRow)]),
                ["sentences"] = new JsonArray([.. BestWords.Of(part, SweepAnalysis.Best(part, results)).Select(s => (JsonNode)s)]),
            }),
        ]),
    };
}
