using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>What is shown of a language model's run: figures, report, the ranks of its weights, and what must be seen in them.</summary>
internal static class NanoGptPictures
{
    /// <summary>Draws the figures of a run that has ended and writes its report.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="status">How it ended; of an interrupted one nothing is drawn, since who interrupts is in a hurry.</param>
    /// <param name="command">What to type to do it again, for the report; null to draw nothing.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>False where it was asked to stop before everything was drawn.</returns>
    public static string? Draw(RunFolder folder, RunStatus status, string? command, CancellationToken stop)
    {
        if (command is null)
            return null;
        if (status == RunStatus.Interrupted)
        {
            Terminal.Remark($"'specgd nanogpt plot {folder.DirectoryPath}' draws what there is so far.");
            return null;
        }
        folder.DropFigures();
        var log = NanoGptLog.Read(folder.DirectoryPath);
        string? missing = null;
        folder.Draw(() =>
        {
            missing = RunSession.Draw(log, folder.FiguresPath, keepFrames: false, stop).Missing;
            return missing is null;
        });
        string report = Path.Combine(folder.DirectoryPath, RunFolder.ReportName);
        HtmlReport.Write(RunReport.Of(RunRecord.Read(folder.DirectoryPath), command, Checks(log)), report);
        Terminal.Remark($"figures and everything on one page: {report}");
        return missing;
    }

    /// <summary>What must be seen, as far as the log has numbers for it.</summary>
    public static JsonArray ChecksOf(RunLog log) => new(
    [
        .. Checks(log).Select(check => new JsonObject
        {
            ["statement"] = check.Statement,
            ["measured"] = check.Finding?.Measured,
            ["holds"] = check.Finding is { IsUndecided: true } ? null : check.Finding?.Holds,
            ["verdict"] = check.Verdict.Words,
        }),
    ]);

    /// <summary>Whether nothing that the log has numbers for fails to be seen.</summary>
    public static bool Hold(RunLog log) => Checks(log).All(check => check.Finding is null or { Holds: true } or { IsUndecided: true });

    /// <summary>Prints the table of ranks by weight, and what must be seen; nothing where nothing was tracked.</summary>
    /// <param name="log">The log.</param>
    /// <param name="claims">Whether what must be seen is judged: not of a run that was cut short.</param>
    public static void Print(RunLog log, bool claims = true)
    {
        if (log.ConfigText("experiment") == NanoGptAblation.ExperimentName)
        {
            SummaryView.Print("Runs compared", new NanoGptAblation().Summarise(log));
            return;
        }
        SummaryView.Print("Ranks by weight", ExperimentCatalog.Named(NanoGptRun.Name).Summarise(log));
        if (claims)
            SummaryView.PrintTable("What must be seen", Rows(log));
    }

    private static JsonObject[] Rows(RunLog log) =>
    [
        .. Checks(log).Select(check => new JsonObject
        {
            ["statement"] = check.Statement,
            ["of"] = ReproductionView.KindOf(check.Kind),
            ["measured"] = check.Finding?.Measured,
            ["verdict"] = check.Verdict.Words,
        }),
    ];

    private static CheckedClaim[] Checks(RunLog log) => [.. CheckedClaim.Of(LanguageClaims.All, log).Where(check => check.Finding is not null)];
}
