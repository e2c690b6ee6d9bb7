using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Benchmarks;
using SpecGD.Cli.Display;
using SpecGD.Figures;
using SpecGD.Figures.Scaling;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Bench;

/// <summary><c>specgd bench scaling</c>: how times grow with sizes and fall with threads.</summary>
internal static class BenchScalingCommand
{
    private const string JsonName = "scaling.json";

    public static Command Build()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = $"series ({string.Join(", ", ScalingCatalog.All.Select(series => series.Name))}); all where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string?>("--output")
        {
            Description = $"folder for {JsonName} and the figure as PDF, PNG and SVG; without it only the table is printed",
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "scaling",
            "Time work at growing dimension, samples, sequence length, depth and threads, fit power laws to the times, and hold the exponents against those of "
            + "the count of operations. Takes a minute or two on two idle processors.")
        {
            names, output, json,
        };
        command.SetAction(parsed => Interruption.Guard("stopped before everything was timed; nothing was written.", stop =>
        {
            ScalingSeries[] chosen = [.. (parsed.GetValue(names) ?? []).Select(ScalingCatalog.Named).DistinctBy(series => series.Name)];
            var folder = parsed.GetValue(output) is { } place ? OutputFolder.Require(place, "times of 'bench scaling'", []) : null; // before the minutes that it takes
            var results = Run(chosen.Length > 0 ? chosen : ScalingCatalog.All, stop);
            if (parsed.GetValue(json))
                SummaryView.PrintJson(Json(results));
            else
                Print(results);
            if (parsed.GetValue(output) is { } directory)
            {
                folder!.Prepare();
                return Interruption.Guard($"stopped while the figure was drawn: {JsonName} is in {directory}, the figure is missing.", within => Write(results, directory, within));
            }
            return ExitCode.Done;
        }));
        return command;
    }

    private static List<ScalingResult> Run(IReadOnlyList<ScalingSeries> series, CancellationToken stop)
    {
        var runner = new ScalingRunner(TimeProvider.System, stop);
        var results = new List<ScalingResult>();
        foreach (var one in series)
        {
            Terminal.Remark($"{one.Name} ({results.Count + 1} of {series.Count}): {one.Description}");
            results.Add(runner.Run(one));
        }
        return results;
    }

    private static int Write(IReadOnlyList<ScalingResult> results, string directory, CancellationToken stop)
    {
        AtomicFile.Write(Path.Combine(directory, JsonName), SummaryView.JsonText(Json(results)) + "\n");
        FigureWriter.ForThisMachine().Write(ScalingFigure.Compose(results), directory, stop);
        Terminal.Remark($"{JsonName} and the figure are in {directory}");
        return ExitCode.Done;
    }

    private static void Print(IReadOnlyList<ScalingResult> results)
    {
        SummaryView.PrintTable($"Scaling on {Machine.ThisProcessor}, {Counted.Of(ThreadBudget.Total, "thread")}", [.. results.Select(Row)]);
        Terminal.Say("exponent: of the power law through all points; last: between the last two; theory: of the count of operations for large sizes.");
    }

    private static JsonObject Row(ScalingResult result) => new()
    {
        ["name"] = result.Series.Name,
        ["what"] = result.Series.Description,
        ["median by size"] = string.Join(", ", result.Series.Sizes.Zip(result.Seconds, (size, seconds) => $"{size}: {BenchCommand.Time(seconds)}")),
        ["exponent"] = Rounded(result.Fit.Slope),
        ["last"] = Rounded(result.LastExponent),
        ["theory"] = Rounded(result.Series.Theory),
    };

    private static string? Rounded(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : null;

    private static JsonObject Json(IReadOnlyList<ScalingResult> results)
    {
        var json = BenchRun.Head();
        json["scaling"] = new JsonArray([.. results.Select(result => (JsonNode)result.ToJson())]);
        return json;
    }
}
