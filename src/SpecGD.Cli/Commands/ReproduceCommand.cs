using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd reproduce [FIGURE…]</c>: figures of the paper with its settings, checked against what the paper says must be seen.</summary>
internal static class ReproduceCommand
{
    public static Command Build()
    {
        var figures = new Argument<string[]>("FIGURE")
        {
            Description = "figures to make, as --list names them; all where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var list = new Option<bool>("--list") { Description = "list the figures and what each must show; run nothing" };
        var quick = new Option<bool>("--quick")
        {
            Description = "smaller settings that show the same effects, all figures in under 90 s on two processors",
        };
        var output = new Option<string?>("--output")
        {
            Description = "folder for the run folders (default runs/reproduce, with --quick runs/reproduce-quick)",
            HelpName = "DIR",
        };
        var fresh = RunSession.FreshOption();
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "reproduce",
            "Make figures of the paper with its own settings and check them against it; exit code 1 if a check fails.")
        {
            figures,
            list,
            quick,
            output,
            fresh,
            json,
        };
        var drawing = new DrawingOptions(command, "run and check, draw nothing");
        command.SetAction(parsed =>
        {
            var named = (parsed.GetValue(figures) ?? []).SelectMany(PaperFigureCatalog.Named).Distinct().ToArray();
            var chosen = named.Length > 0 ? named : PaperFigureCatalog.All;
            if (parsed.GetValue(list))
                return List(chosen, parsed.GetValue(json));
            bool isQuick = parsed.GetValue(quick);
            string directory = parsed.GetValue(output) ?? Path.Combine("runs", isQuick ? "reproduce-quick" : "reproduce");
            var request = new RunSession.Request(directory, drawing.Of(parsed), Fresh: parsed.GetValue(fresh));
            return Reproduce(chosen, isQuick, request, parsed.GetValue(json));
        });
        return command;
    }

    private static int List(IReadOnlyList<PaperFigure> figures, bool asJson)
    {
        JsonObject[] rows =
        [
            .. from figure in figures
               from claim in figure.Claims
               select new JsonObject
               {
                   ["figure"] = figure.Id,
                   ["title"] = figure.Title,
                   ["experiment"] = figure.Experiment,
                   ["must show"] = claim.Statement,
               },
        ];
        Print("Figures of the paper", rows, asJson);
        return ExitCode.Done;
    }

    private static int Reproduce(IReadOnlyList<PaperFigure> figures, bool quick, RunSession.Request request, bool asJson)
    {
        long begin = TimeProvider.System.GetTimestamp();
        var reproduced = new List<ReproducedFigure>();
        var runs = new Dictionary<string, RunRecord>(); // by folder: figures of one run share it
        int code = ExitCode.Done, folders = figures.DistinctBy(f => f.Folder).Count();
        foreach (var figure in figures)
        {
            if (!runs.TryGetValue(figure.Folder, out var run))
            {
                Terminal.Remark($"{figure.Id} ({runs.Count + 1} of {folders}): {figure.Title}");
                (code, run) = Run(figure, quick, request, asJson);
                runs.Add(figure.Folder, run);
            }
            reproduced.Add(ReproducedFigure.Of(figure, run));
            if (code != ExitCode.Done)
                break;
        }
        var verdict = ReproductionReport.Sum([.. reproduced.SelectMany(figure => figure.Claims)]);
        if (code == ExitCode.Done && verdict.Shape != MarkShape.Check)
            code = ExitCode.Failed;
        string report = Path.Combine(request.Directory, RunFolder.ReportName);
        HtmlReport.Write(ReproductionReport.Of(reproduced, CommandFor(figures, quick), quick), report);
        Print("Claims of the paper and what was measured", [.. reproduced.SelectMany(RowsOf)], asJson);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict.Words} {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0.0} s in all; everything on one page: {report}"));
        return code;
    }

    private static (int ExitCode, RunRecord Run) Run(PaperFigure figure, bool quick, RunSession.Request request, bool asJson)
    {
        var experiment = ExperimentCatalog.Named(figure.Experiment);
        string directory = Path.Combine(request.Directory, figure.Folder);
        var outcome = RunSession.Run(
            experiment, quick ? figure.QuickOptions : figure.Options, request with { Directory = directory }, TimeProvider.System);
        var run = RunRecord.Read(directory);
        if (!asJson)
            SummaryView.Print($"{figure.Folder}: {figure.Title}", run.Summary);
        return (outcome.ExitCode, run);
    }

    private static string CommandFor(IReadOnlyList<PaperFigure> figures, bool quick) =>
        "specgd reproduce"
        + (figures.Count < PaperFigureCatalog.All.Count ? " " + string.Join(' ', figures.Select(f => f.Id)) : "")
        + (quick ? " --quick" : "");

    private static IEnumerable<JsonObject> RowsOf(ReproducedFigure figure) => figure.Claims.Select(claim => new JsonObject
    {
        ["figure"] = figure.Id,
        ["claim"] = claim.Statement,
        ["measured"] = claim.Finding?.Measured,
        ["holds"] = claim.Finding?.Holds,
        ["wall time"] = figure.Run.Manifest.WallTime.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
    });

    private static void Print(string heading, IReadOnlyList<JsonObject> rows, bool asJson)
    {
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. rows]));
        else
            SummaryView.PrintTable(heading, rows);
    }
}
