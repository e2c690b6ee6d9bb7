using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Figures.Report;

/// <summary>The report of one run, and the blocks that other reports show of a run.</summary>
public static class RunReport
{
    /// <summary>The report of one run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="command">What to type to do it again.</param>
    /// <param name="checks">What must be seen in it, checked; null or none where nothing must.</param>
    public static ReportDocument Of(RunRecord run, string command, IReadOnlyList<CheckedClaim>? checks = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new ReportDocument(
            $"SpecGD: {run.Experiment.Name}",
            [ChangedSettings.Told(run.Experiment.Summary, ChangedSettings.Read(run.Log))],
            [
                new Section("figures", "Figures", "Figures", Figures(run, run.Pictures)),
                .. checks is { Count: > 0 }
                    ? (Section[])[new Section("checks", "Checks", "What must be seen", ReproductionReport.TablesOf(checks))]
                    : [],
                new Section("numbers", "Numbers", "What was measured", Numbers(run)),
                new Section("settings", "Settings", "Settings", [Settings(run)]),
                new Section(
                    "provenance",
                    "Provenance",
                    "Where these numbers come from",
                    [Provenance.Of([run.Manifest]), new Paragraph("To do it again:"), new CommandLines(command)]),
                Glossary.Section,
            ])
        {
            Verdict = StatusOf(run),
            Footer = Provenance.Line([run.Manifest]),
        };
    }

    /// <summary>How the run ended.</summary>
    public static Mark StatusOf(RunRecord run) => run.Manifest.Status switch
    {
        RunStatus.Finished when run.Manifest.Diverged is { Count: > 0 } diverged => new Mark(MarkShape.Check, $"The run finished, and {DivergedWords.Names(diverged)} diverged."),
        RunStatus.Finished => new Mark(MarkShape.Check, "The run finished."),
        RunStatus.Diverged => new Mark(MarkShape.Cross, $"The run diverged. {run.Manifest.Detail}".TrimEnd()),
        _ => new Mark(MarkShape.Ring, $"The run was interrupted. {run.Manifest.Detail}".TrimEnd() + " The same command resumes it."),
    };

    /// <summary>The pictures with their captions; where one was not drawn, what to do about it.</summary>
    internal static IReadOnlyList<Block> Figures(RunRecord run, IReadOnlyList<RunPicture> pictures)
    {
        string draw = $"'specgd plot {run.Name}' (in the folder that holds {run.Name}) draws";
        return pictures.Count == 0
            ? [new Paragraph(run.Log.Interrupted is null ? $"No figure was made of this run. {draw} what there is to draw."
                : "No figure was made of this run, which was stopped before its end.")]
            : [.. pictures.SelectMany(picture => Figure(picture, draw))];
    }

    /// <summary>The table of the run's numbers and the sentences that they support.</summary>
    internal static IReadOnlyList<Block> Numbers(RunRecord run)
    {
        var summary = run.Summary;
        bool isCut = run.Manifest.Status == RunStatus.Interrupted;
        return
        [
            .. isCut ? [new Paragraph("The run was stopped before its end: these are the numbers until then, from which nothing follows yet.")]
                : summary.Sentences.Select(sentence => new Paragraph(sentence)),
            .. summary.Rows.Count > 0 ? (Block[])[Table.Of(isCut ? "Measured until the run was stopped" : "Measured in this run", summary.Rows) with { Sortable = summary.Rows.Count > 2 }] : [],
        ];
    }

    /// <summary>Every option of the run with what it sets.</summary>
    internal static KeyValues Settings(RunRecord run)
    {
        var declared = Setting.Of(run.Experiment.OptionsType).ToDictionary(setting => setting.Name);
        return new KeyValues(
        [
            new KeyValueEntry("experiment", run.Experiment.Name, run.Experiment.Summary),
            .. run.Manifest.Options.Select(option =>
            {
                var setting = declared.GetValueOrDefault(option.Key);
                return new KeyValueEntry(
                    option.Key,
                    Show(option.Value) is { Length: > 0 } value ? value
                        : setting?.UnsetMeans is { Length: > 0 } words ? $"not set; by default {words}"
                        : "",
                    setting?.Description);
            }),
        ]);
    }

    private static IEnumerable<Block> Figure(RunPicture picture, string draw)
    {
        string alternative = $"Plot. {FirstSentence(picture.Caption)} The caption describes the curves.";
        if (picture.Still is { } still)
            yield return new Picture(still, picture.Caption, alternative);
        else
        {
            if (picture.Animation is null)
                yield return new Paragraph($"The figure '{picture.Name}' was not drawn. {draw} it. It would show:");
            yield return new Paragraph(picture.Caption);
        }
        if (picture.Animation is { } animation)
            yield return new Picture(animation, "", "Animation. " + FirstSentence(picture.Caption));
    }

    private static string FirstSentence(string caption) =>
        caption.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? caption[..(end + 1)] : caption;

    private static string Show(JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(", ", items.Select(Show)),
        JsonObject pairs => string.Join(", ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} = {Show(pair.Value)}"))),
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
