using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt train</c>: trains a GPT and measures it on the way.</summary>
internal static class NanoGptTrainCommand
{
    /// <summary>Sequences held back for validation.</summary>
    private const int ValidationSequences = 8;

    public static Command Build()
    {
        var command = new Command(
            "train",
            "Train the model on a text, byte by byte, with stable and nuclear ranks measured on the way. "
            + "The same command goes on where it was stopped.");
        var text = new Option<string?>("--text") { Description = "the text to train on; its last tenth is for validation", HelpName = "FILE" };
        var settings = new SettingOptions(command, typeof(NanoGptOptions));
        var output = new Option<string?>("--output")
        {
            Description = "run folder to write (default runs/ and a name made of the settings)",
            HelpName = "DIR",
        };
        var fresh = new Option<bool>("--fresh") { Description = "begin again, also where checkpoints of the same run are there" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        foreach (Option option in new Option[] { text, output, fresh, json })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var options = (NanoGptOptions)settings.Resolve(parsed);
            string file = parsed.GetValue(text) ?? throw new BadInputException("--text names the text to train on, and is missing.");
            var run = Prepare(options, file, parsed.GetValue(output), parsed.GetValue(fresh));
            return Train(run, parsed.GetValue(json));
        });
        return command;
    }

    private static NanoGptRun Prepare(NanoGptOptions options, string text, string? output, bool fresh)
    {
        var (shape, plan) = (options.Shape(), options.Plan());
        ushort[] tokens = ByteText.Read(text, shape.EndOfText);
        var (training, validation) = ByteText.Divide(tokens, plan.Length, ValidationSequences);
        string directory = output ?? Path.Combine("runs", $"{NanoGptRun.Name}-{options.Preset}-{options.Optimizer}-{options.Mlp}-{options.Seed}");
        return new NanoGptRun(
            options,
            directory,
            $"{Path.GetFullPath(text)}, {tokens.Length} tokens",
            new MemoryTokens(training, plan.Length, options.SequencesPerStep),
            validation,
            fresh);
    }

    private static int Train(NanoGptRun run, bool asJson)
    {
        foreach (string remark in run.Remarks)
            Terminal.Remark(remark);
        if (!asJson)
            SummaryView.PrintTable("What updates what", [.. run.Routing.Select(NanoGptRun.Row)]);
        using var interruption = new Interruption();
        var outcome = Terminal.CanRedraw
            ? BarProgress.Show(progress => run.Train(progress, TimeProvider.System, interruption.Token))
            : run.Train(new LineProgress(Terminal.Error, TimeProvider.System), TimeProvider.System, interruption.Token);
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
        var series = run.Log().Methods[NanoGptRun.Name].Series;
        if (asJson)
        {
            SummaryView.PrintJson(new JsonObject
            {
                ["status"] = outcome.Status.ToString().ToLowerInvariant(),
                ["step"] = outcome.Step,
                ["directory"] = run.Folder.DirectoryPath,
                ["rows"] = new JsonArray([.. series.Select(s => Row(s.Key, s.Value))]),
                ["routing"] = new JsonArray([.. run.Routing.Select(NanoGptRun.Row)]),
            });
            return;
        }
        SummaryView.PrintTable($"After {outcome.Step} steps", [.. series.Select(s => Row(s.Key, s.Value))]);
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
