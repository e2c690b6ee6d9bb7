using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
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
        var noFigures = new Option<bool>("--no-figures") { Description = "run and check, draw nothing" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "reproduce",
            "Make figures of the paper with its own settings and check them against it; exit code 1 if a check fails.")
        {
            figures,
            list,
            quick,
            output,
            noFigures,
            fresh,
            json,
        };
        command.SetAction(parsed =>
        {
            var named = (parsed.GetValue(figures) ?? []).SelectMany(PaperFigureCatalog.Named).Distinct().ToArray();
            var chosen = named.Length > 0 ? named : PaperFigureCatalog.All;
            if (parsed.GetValue(list))
                return List(chosen, parsed.GetValue(json));
            bool isQuick = parsed.GetValue(quick);
            string directory = parsed.GetValue(output) ?? Path.Combine("runs", isQuick ? "reproduce-quick" : "reproduce");
            var request = new RunSession.Request(directory, Figures: !parsed.GetValue(noFigures), Fresh: parsed.GetValue(fresh));
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
        var rows = new List<JsonObject>();
        var outcomes = new Dictionary<string, RunSession.Outcome>(); // by folder: figures of one run share it
        int code = ExitCode.Done;
        foreach (var figure in figures)
        {
            if (!outcomes.TryGetValue(figure.Folder, out var outcome))
            {
                Terminal.Remark($"{figure.Id} ({outcomes.Count + 1} of {figures.DistinctBy(f => f.Folder).Count()}): {figure.Title}");
                outcome = Run(figure, quick, request, asJson);
                outcomes.Add(figure.Folder, outcome);
            }
            if (outcome.ExitCode != ExitCode.Done)
            {
                code = outcome.ExitCode;
                break;
            }
            rows.AddRange(figure.Claims.Select(claim => Row(figure, claim, outcome)));
        }
        if (code == ExitCode.Done && !rows.All(r => (bool)r["holds"]!))
            code = ExitCode.Failed;
        Print("Claims of the paper and what was measured", rows, asJson);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count(r => (bool)r["holds"]!)} of {rows.Count} claims hold; {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0.0} s in all"));
        return code;
    }

    private static RunSession.Outcome Run(PaperFigure figure, bool quick, RunSession.Request request, bool asJson)
    {
        var experiment = ExperimentCatalog.Named(figure.Experiment);
        object options = quick ? figure.QuickOptions : figure.Options;
        var outcome = RunSession.Run(
            experiment, options, request with { Directory = Path.Combine(request.Directory, figure.Folder) }, TimeProvider.System);
        if (!asJson)
            SummaryView.Print($"{figure.Folder}: {figure.Title}", experiment.Summarise(outcome.Result.Log));
        return outcome;
    }

    private static JsonObject Row(PaperFigure figure, Claim claim, RunSession.Outcome outcome)
    {
        var finding = claim.Measure(outcome.Result.Log);
        return new JsonObject
        {
            ["figure"] = figure.Id,
            ["claim"] = claim.Statement,
            ["measured"] = finding.Measured,
            ["holds"] = finding.Holds,
            ["wall time"] = outcome.WallTime.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        };
    }

    private static void Print(string heading, IReadOnlyList<JsonObject> rows, bool asJson)
    {
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. rows]));
        else
            SummaryView.PrintTable(heading, rows);
    }
}
