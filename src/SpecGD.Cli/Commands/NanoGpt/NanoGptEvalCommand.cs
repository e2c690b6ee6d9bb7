using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Commands.Data;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt eval RUN|FILE</c>: the loss of a trained model on tokens it has not seen.</summary>
internal static class NanoGptEvalCommand
{
    /// <summary>What can be set.</summary>
    internal sealed record EvalSettings
    {
        [Setting("length", "tokens of a sequence, a multiple of 128", Min = 128, Max = 1 << 20, UnsetMeans = "that of the run's training; of a file, 1024")]
        public int? Length { get; init; }

        [Setting("sequences", "sequences to judge on; 0: all there are", Min = 0, Max = int.MaxValue)]
        public int Sequences { get; init; } = 32;

        [Setting("window", "long attention window in tokens", Min = 128, Max = 1 << 20, UnsetMeans = "as the weights were last trained")]
        public int? Window { get; init; }
    }

    private const int OtherwiseLength = 1024;

    public static Command Build()
    {
        var command = new Command(
            "eval",
            "The validation loss of a model in nats, its perplexity, and bits per byte where every token is a byte. Without --data and --text it is "
            + "the validation part of what the run was trained on, or of the sample text.");
        var source = new WeightsPlace(command);
        var tokens = new TokenPlace(command, "judge on");
        var settings = new SettingOptions(command, typeof(EvalSettings));
        var engine = new SettingOptions(command, typeof(GptEngineOptions));
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var options = (EvalSettings)settings.Resolve(parsed);
            var trained = NanoGptRun.TrainedOn(source.Named(parsed));
            int length = options.Length ?? trained?.Length ?? OtherwiseLength;
            GptTrainingPlan.RequireBlocks("--length", length);
            using var weights = source.Open(parsed);
            var data = tokens.ForValidation(parsed, length, options.Sequences, trained);
            return Evaluate(weights, ((GptEngineOptions)engine.Resolve(parsed)).Create(weights.Info.Shape.Width), data, options, parsed.GetValue(json));
        });
        return command;
    }

    private static int Evaluate(NanoGptWeights weights, IGptEngine<float> engine, NanoGptValidationData data, EvalSettings options, bool asJson) =>
        DataCommand.Interruptible("stopped before all sequences were judged.", cancellation =>
        {
            int window = weights.Info.WindowOf(options.Window);
            NanoGptEvaluation Work(IProgressReporter progress)
            {
                var task = progress.Begin("eval", data.Sequences.Count);
                var result = NanoGptEvaluation.Of(weights.Load(), engine, weights.Info, data, window, task.Advance, cancellation);
                task.End("eval: done");
                return result;
            }
            var found = Terminal.CanRedraw ? BarProgress.Show(Work, stop: cancellation) : Work(new LineProgress(Terminal.Error, TimeProvider.System));
            var row = Row(weights, data, found, window, data.Sequences[0].Length - 1);
            if (asJson)
                SummaryView.PrintJson(row);
            else
                Print(row, weights.Path);
            return ExitCode.Done;
        });

    private static void Print(JsonObject row, string path)
    {
        Console.Out.WriteLine(path);
        foreach (var (name, value) in row.Where(cell => cell.Value is not null))
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name.Replace('_', ' '),-15} {Show(value!)}"));
    }

    private static string Show(JsonNode value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.Number && value.AsValue().TryGetValue(out double number)
            ? number.ToString("0.0000", CultureInfo.InvariantCulture)
            : value.ToString();

    private static JsonObject Row(NanoGptWeights weights, NanoGptValidationData data, NanoGptEvaluation found, int window, int length) => new()
    {
        ["loss"] = found.Loss,
        ["perplexity"] = found.Perplexity,
        ["bits_per_byte"] = found.BitsPerByte,
        ["tokens"] = found.Tokens,
        ["length"] = length,
        ["window"] = window * 128,
        ["step"] = weights.Info.Step,
        ["parameters"] = weights.Info.Shape.ParameterCount,
        ["data"] = data.Description,
        ["weights"] = weights.Path,
    };
}
