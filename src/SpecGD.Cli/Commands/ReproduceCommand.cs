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
        var output = new Option<string>("--output")
        {
            Description = "folder for the run folders, one a figure",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("runs", "reproduce"),
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "reproduce",
            "Make figures of the paper with its own settings and check them against it; exit code 1 if a check fails.")
        {
            figures,
            list,
            output,
            json,
        };
        var drawing = new DrawingOptions(command, "run and check, draw nothing");
        command.SetAction(parsed =>
        {
            var named = (parsed.GetValue(figures) ?? []).Select(PaperFigureCatalog.Named).Distinct().ToArray();
            var chosen = named.Length > 0 ? named : PaperFigureCatalog.All;
            return parsed.GetValue(list)
                ? List(chosen, parsed.GetValue(json))
                : Reproduce(chosen, parsed.GetValue(output)!, drawing.Of(parsed), parsed.GetValue(json));
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

    private static int Reproduce(IReadOnlyList<PaperFigure> figures, string directory, Drawing drawing, bool asJson)
    {
        var rows = new List<JsonObject>();
        int code = ExitCode.Done;
        foreach (var figure in figures)
        {
            Terminal.Remark($"{figure.Id}: {figure.Title}");
            var experiment = ExperimentCatalog.Named(figure.Experiment);
            var outcome = RunSession.Run(experiment, figure.Options, Path.Combine(directory, figure.Id), drawing, TimeProvider.System);
            if (!asJson)
                SummaryView.Print($"{figure.Id}: {figure.Title}", experiment.Summarise(outcome.Result.Log));
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
        return code;
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
