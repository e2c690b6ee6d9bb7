using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt train</c>: trains a GPT and measures it on the way.</summary>
internal static class NanoGptTrainCommand
{
    public static Command Build()
    {
        var command = new Command(
            "train",
            "Train the model with stable and nuclear ranks measured on the way: on token shards, on a text byte by byte, or on the embedded sample text. "
            + "The same command goes on where it was stopped.");
        var data = new Option<string?>("--data") { Description = "token shards to train on, as 'specgd data' makes them", HelpName = "DIR" };
        var text = new Option<string?>("--text")
        {
            Description = "a text to train on, byte by byte, instead of shards; its last tenth is for validation",
            HelpName = "FILE",
        };
        var settings = new SettingOptions(command, typeof(NanoGptOptions));
        var output = new Option<string?>("--output")
        {
            Description = "run folder to write (default runs/ and a name made of the settings)",
            HelpName = "DIR",
        };
        var fresh = new Option<bool>("--fresh") { Description = "begin again, also where checkpoints of the same run are there" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var noFigures = new Option<bool>("--no-figures") { Description = "train and write the logs, draw nothing" };
        foreach (Option option in new Option[] { data, text, output, noFigures, fresh, json })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var options = (NanoGptOptions)settings.Resolve(parsed);
            string directory = parsed.GetValue(output)
                ?? Path.Combine("runs", $"{NanoGptRun.Name}-{options.Preset}-{options.Optimizer}-{options.Mlp}-{options.Seed}");
            var run = new NanoGptRun(options, directory, Data(options, parsed.GetValue(data), parsed.GetValue(text)), parsed.GetValue(fresh));
            string typed = "specgd " + string.Join(' ', parsed.Tokens.Select(token => token.Value));
            return Train(run, parsed.GetValue(noFigures) ? null : typed, parsed.GetValue(json));
        });
        return command;
    }

    private static NanoGptData Data(NanoGptOptions options, string? shards, string? text) => (shards, text) switch
    {
        (not null, not null) => throw new BadInputException("--data and --text name two data sets to train on; give one."),
        ({ } place, null) => NanoGptData.Shards(place, options),
        (null, { } file) => NanoGptData.Text(file, options),
        _ => NanoGptData.Sample(options),
    };

    private static int Train(NanoGptRun run, string? commandToDraw, bool asJson)
    {
        foreach (string remark in run.Remarks)
            Terminal.Remark(remark);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"data: {run.Data.Description}; a model that knew only how often each token occurs would have the loss {run.Data.UnigramEntropy:0.000}"));
        if (!asJson)
            SummaryView.PrintTable("What updates what", [.. run.Routing.Select(NanoGptRun.Row)]);
        using var interruption = new Interruption();
        var outcome = Terminal.CanRedraw
            ? BarProgress.Show(progress => run.Train(progress, TimeProvider.System, interruption.Token))
            : run.Train(new LineProgress(Terminal.Error, TimeProvider.System), TimeProvider.System, interruption.Token);
        NanoGptPictures.Draw(run.Folder, outcome.Status, commandToDraw);
        Print(run, outcome, asJson);
        return outcome.Status switch
        {
            RunStatus.Diverged => Explained(
                $"{outcome.Detail} The last good state is in {NanoGptRun.CheckpointsName}/; a smaller learning rate may help.", ExitCode.Diverged),
            RunStatus.Interrupted => Explained($"{outcome.Detail} The same command goes on from there.", interruption.ExitCode),
            _ => ExitCode.Done,
        };
    }

    private static int Explained(string sentence, int code)
    {
        Terminal.Remark(sentence);
        return code;
    }

    private static void Print(NanoGptRun run, GptTrainingOutcome outcome, bool asJson)
    {
        var log = run.Log();
        var series = log.Methods[NanoGptRun.Name].Series;
        if (asJson)
        {
            SummaryView.PrintJson(new JsonObject
            {
                ["status"] = outcome.Status.ToString().ToLowerInvariant(),
                ["step"] = outcome.Step,
                ["directory"] = run.Folder.DirectoryPath,
                ["unigram_entropy"] = run.Data.UnigramEntropy,
                ["rows"] = new JsonArray([.. series.Select(s => Row(s.Key, s.Value))]),
                ["routing"] = new JsonArray([.. run.Routing.Select(NanoGptRun.Row)]),
                ["checks"] = NanoGptPictures.ChecksOf(log),
            });
            return;
        }
        SummaryView.PrintTable($"After {outcome.Step} steps", [.. series.Select(s => Row(s.Key, s.Value))]);
        NanoGptPictures.Print(log);
    }

    private static JsonObject Row(string name, Series series) => new()
    {
        ["series"] = name,
        ["records"] = series.Count,
        ["first"] = series.Count > 0 ? JsonNumber.From(series.Values[0]) : null,
        ["last"] = series.Count > 0 ? JsonNumber.From(series.Values[^1]) : null,
        ["last step"] = series.Count > 0 ? series.Steps[^1] : null,
    };
}
