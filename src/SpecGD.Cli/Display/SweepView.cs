using System.Text.Json.Nodes;
using SpecGD.Figures;
using SpecGD.Figures.Sweeps;
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
    public static IEnumerable<string> Draw(SweepFolder folder, IReadOnlyList<TaskResult> results)
    {
        var figures = folder.Definition.Parts.Select(part => SweepFigure.Usual(part, results)).OfType<Figures.Model.Figure>().ToArray();
        if (figures.Length == 0)
            return [];
        var writer = FigureWriter.ForThisMachine();
        return [.. figures.Select(figure => writer.Write(figure, folder.FiguresPath).Hint).OfType<string>().Distinct()];
    }

    private static void Print(SweepPart part, IReadOnlyList<TaskResult> results, bool brief)
    {
        var settings = SweepAnalysis.Settings(part, results);
        var best = SweepAnalysis.Best(part, results);
        if (settings.Count <= BriefRows || !brief)
            SummaryView.PrintTable(Heading(part, "means over repetitions"), [.. settings.Select(setting => setting.ToRow())]);
        else if (best.Count == 0)
            Terminal.Remark($"{part.Name}: {settings.Count} settings; 'specgd sweep results' prints them");
        if (part.Analysis.Tune is { } tuned && best.Count == 0 && settings.Count > 0)
            Terminal.Remark($"{part.Name}: with every value of {tuned} some repetition diverged, so that none is best; try others");
        SummaryView.PrintTable(Heading(part, $"each at the best of its values of {part.Analysis.Tune}"), [.. best.Select(BestRow)]);
        foreach (string sentence in BestWords.Of(part, best))
            Terminal.Say(sentence);
    }

    private static JsonObject BestRow(SettingResult best)
    {
        var row = best.ToRow();
        row["at the edge"] = best.IsAtEdge ? "yes: a better one may lie beyond" : "no";
        return row;
    }

    private static string Heading(SweepPart part, string what) =>
        $"{part.Name} ({part.Experiment}): {what} ({part.Analysis.Replicate}), {100 * part.Analysis.Confidence:0.##} % intervals"
        + (part.Analysis.Logarithmic ? ", of logarithms" : "")
        + (part.Analysis.Baseline.Count > 0 ? $"; p against {string.Join(", ", part.Analysis.Baseline.Select(b => $"{b.Key} {b.Value}"))}" : "");

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
