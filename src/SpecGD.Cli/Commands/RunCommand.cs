using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd run EXPERIMENT</c>: one experiment with settings of the user's own.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var run = new Command("run", "Run one experiment with your own settings; each has a --help of its own.");
        foreach (var experiment in ExperimentCatalog.All.Where(e => e.IsOffered))
            run.Subcommands.Add(Build(experiment));
        return run;
    }

    private static Command Build(IExperiment experiment)
    {
        var command = new Command(experiment.Name, experiment.Summary);
        var settings = new SettingOptions(command, experiment.OptionsType);
        var output = new Option<string?>("--output")
        {
            Description = "run folder to write (default runs/ and a name made of the settings)",
            HelpName = "DIR",
        };
        var fresh = RunSession.FreshOption();
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        command.Options.Add(output);
        var drawing = new DrawingOptions(command, "write the log and the table only");
        command.Options.Add(fresh);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            Interruption.Heed();
            object options = settings.Resolve(parsed);
            string directory = parsed.GetValue(output) ?? Path.Combine("runs", RunName.Of(experiment, options));
            var request = new RunSession.Request(directory, drawing.Of(parsed), parsed.GetValue(fresh)) 
            {
                Style = drawing.StyleOf(parsed),
                Remark = NearestFigure.Remark(experiment, options),
            };
            var outcome = RunSession.Run(experiment, options, request, TimeProvider.System);
            string command = "specgd " + string.Join(' ', parsed.Tokens.Select(token => token.Value));
            if (outcome.IsInFolder)
                HtmlReport.Write(RunReport.Of(RunRecord.Read(directory), command), Path.Combine(directory, RunFolder.ReportName));
            Print(experiment, options, outcome, parsed.GetValue(json));
            RunSession.SayAfterword(outcome.Afterword);
            return outcome.ExitCode;
        });
        return command;
    }

    private static void Print(IExperiment experiment, object options, RunSession.Outcome outcome, bool asJson)
    {
        var summary = experiment.Summarise(outcome.Result.Log);
        bool isWhole = outcome.Result.Status != RunStatus.Interrupted; // else nothing follows from it yet
        if (asJson)
        {
            SummaryView.PrintJson(new JsonObject
            {
                ["experiment"] = experiment.Name,
                ["status"] = outcome.Result.Status.ToString().ToLowerInvariant(),
                ["diverged"] = new JsonArray([.. outcome.Result.DivergedMethods.Select(method => (JsonNode)method)]),
                ["detail"] = isWhole ? outcome.Result.Detail : $"{outcome.Result.Detail} The same command resumes it.".TrimStart(),
                ["directory"] = outcome.Folder.DirectoryPath,
                ["wall_seconds"] = Math.Round(outcome.WallTime.TotalSeconds, 3),
                ["rows"] = new JsonArray([.. summary.Rows]),
                ["sentences"] = new JsonArray([.. (isWhole ? summary.Sentences : []).Select(s => (JsonNode)s)]),
            });
        }
        else if (isWhole)
            SummaryView.Print(RunName.Heading(experiment, options), summary);
    }
}
