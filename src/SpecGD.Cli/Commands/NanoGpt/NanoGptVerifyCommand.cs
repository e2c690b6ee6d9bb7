using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt verify BASE</c>: a recorded case computed again.</summary>
internal static class NanoGptVerifyCommand
{
    public static Command Build()
    {
        var source = new Argument<string>("BASE")
        {
            Description = "BASE.json and BASE.safetensors: settings, parameters, tokens, gradients, measures, losses and weights after some steps",
            HelpName = "BASE",
        };
        var json = new Option<bool>("--json") { Description = "print the deviations as JSON" };
        var command = new Command(
            "verify",
            "Compute a recorded case again in double and tell how far each quantity is from the record. Exit code 1 beyond its tolerance.")
        {
            source,
            json,
        };
        command.SetAction(parsed =>
        {
            var deviations = GptVerification.Run(parsed.GetValue(source)!, GptEngines.InDouble());
            if (parsed.GetValue(json))
                SummaryView.PrintJson(ToJson(deviations));
            else
                Print(deviations);
            return deviations.All(d => d.Holds) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Print(IReadOnlyList<GptDeviation> deviations)
    {
        SummaryView.PrintTable("Largest relative deviation from the record", [.. deviations.Select(Row)]);
        var beyond = deviations.Where(d => !d.Holds).ToArray();
        Terminal.Say(beyond.Length == 0
            ? "Everything agrees with the record."
            : $"Beyond its tolerance: {string.Join("; ", beyond.Select(d => $"{d.Quantity} ({d.Where})"))}.");
    }

    private static JsonObject ToJson(IReadOnlyList<GptDeviation> deviations) => new()
    {
        ["agrees"] = deviations.All(d => d.Holds),
        ["rows"] = new JsonArray([.. deviations.Select(Row)]),
    };

    private static JsonObject Row(GptDeviation deviation) => new()
    {
        ["quantity"] = deviation.Quantity,
        ["compared"] = deviation.Compared,
        ["largest deviation"] = JsonNumber.From(deviation.Deviation),
        ["where"] = deviation.Where,
        ["tolerance"] = deviation.Tolerance,
        ["agrees"] = deviation.Holds,
    };
}
