using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Commands.Data;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt generate RUN|FILE</c>: a text that the model writes.</summary>
internal static class NanoGptGenerateCommand
{
    public static Command Build()
    {
        var command = new Command(
            "generate",
            "Write a text as the model would, token by token on standard output. Keys and values are cached, so a token costs the same wherever it "
            + "stands. A text longer than the sequences of training is beyond what the model has seen.");
        var source = new WeightsPlace(command);
        var prompt = new Option<string>("--prompt") { Description = "how the text begins", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var vocabulary = new Option<string?>("--vocabulary")
        {
            Description = $"the vocabulary of a model's tokens, where it is another than GPT-2's (default {TokenizerSettings.WithoutVocabulary})",
            HelpName = "PATH",
        };
        command.Options.Add(prompt);
        var settings = new SettingOptions(command, typeof(NanoGptGenerationOptions));
        var engine = new SettingOptions(command, typeof(GptEngineOptions));
        var json = new Option<bool>("--json") { Description = "print prompt, text and tokens as JSON, when all is written" };
        command.Options.Add(vocabulary);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var options = (NanoGptGenerationOptions)settings.Resolve(parsed);
            using var weights = source.Open(parsed);
            var computing = ((GptEngineOptions)engine.Resolve(parsed)).Create(weights.Info.Shape.Width);
            return Write(weights, computing, parsed.GetValue(prompt) ?? "", parsed.GetValue(vocabulary), options, parsed.GetValue(json), TimeProvider.System);
        });
        return command;
    }

    private static int Write(
        NanoGptWeights weights, IGptEngine<float> engine, string prompt, string? vocabulary, NanoGptGenerationOptions options, bool asJson, TimeProvider clock)
    {
        var tokenizer = TokenizerSettings.Create(weights.Info.Tokenizer, vocabulary);
        var parameters = weights.Load();
        var interruption = Interruption.Heed();
        using var output = Console.OpenStandardOutput();
        void Show(byte[] bytes)
        {
            output.Write(bytes);
            output.Flush();
        }
        if (!asJson)
            Show(System.Text.Encoding.UTF8.GetBytes(prompt));
        long begin = clock.GetTimestamp();
        var text = NanoGptGeneration.Draw(
            parameters, engine, tokenizer, prompt, options, weights.Info.WindowOf(options.Window), asJson ? _ => { } : Show, interruption.Token);
        double seconds = clock.GetElapsedTime(begin).TotalSeconds;
        if (asJson)
            SummaryView.PrintJson(ToJson(weights, prompt, text, seconds));
        else
            Show("\n"u8.ToArray());
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(text.Tokens.Count, "token")} in {seconds:0.0} s{(text.Ended ? "; the model ended the text" : "")}"));
        return interruption.Token.IsCancellationRequested ? interruption.ExitCode : ExitCode.Done;
    }

    private static JsonObject ToJson(NanoGptWeights weights, string prompt, NanoGptGeneration text, double seconds) => new()
    {
        ["weights"] = weights.Path,
        ["step"] = weights.Info.Step,
        ["prompt"] = prompt,
        ["text"] = text.Text,
        ["tokens"] = new JsonArray([.. text.Tokens.Select(token => (JsonNode)token)]),
        ["ended"] = text.Ended,
        ["seconds"] = seconds,
    };
}
