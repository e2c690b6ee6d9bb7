using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Benchmarks;
using SpecGD.Cli.Display;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Bench;

/// <summary><c>specgd bench</c>: how long things take on this machine, beside its floor, a goal and a peer.</summary>
internal static class BenchCommand
{
    public static Command Build()
    {
        var names = new Argument<string[]>("NAME")
        {
            HelpName = "BENCHMARK",
            Description = "benchmarks, or kinds of them (kernel, language, startup, experiment); all where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var runs = new Option<int?>("--runs") { Description = "runs of each, whose median is reported (default: from 1 to 9, as each is long)", HelpName = "N" };
        var list = new Option<bool>("--list") { Description = "tell what there is, and run nothing" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "bench",
            "Time kernels, language training, start-up and whole experiments on this machine. The floor is the least number of operations over the machine's own "
            + "rate of products, measured before and after each; goals and peers are of 2 cores that multiply 100 GFLOP/s in double precision.")
        {
            names, runs, list, json, BenchScalingCommand.Build(),
        };
        foreach (var ofMemory in BenchMemoryCommand.Build())
            command.Subcommands.Add(ofMemory);
        command.SetAction(parsed =>
        {
            var chosen = (parsed.GetValue(names) ?? []).SelectMany(BenchmarkCatalog.Named).Distinct().ToArray();
            if (parsed.GetValue(runs) is < 1)
                throw new BadInputException("--runs takes a whole number from 1 on.");
            var benchmarks = chosen.Length > 0 ? chosen : BenchmarkCatalog.All;
            return parsed.GetValue(list) ? List(benchmarks, parsed.GetValue(json)) : Interruption.Guard(
                "stopped before everything was timed; nothing is reported of a part, and nothing was left behind.", stop => Run(benchmarks, parsed.GetValue(runs), parsed.GetValue(json), stop));
        });
        return command;
    }

    private static int List(IReadOnlyList<Benchmark> benchmarks, bool asJson)
    {
        JsonObject[] rows =
        [
            .. benchmarks.Select(b => new JsonObject
            {
                ["name"] = b.Name,
                ["kind"] = b.Kind.ToString().ToLowerInvariant(),
                ["what"] = b.Description,
            }),
        ];
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. rows]));
        else
            SummaryView.PrintTable("Benchmarks", rows);
        return ExitCode.Done;
    }

    private static int Run(IReadOnlyList<Benchmark> benchmarks, int? runs, bool asJson, CancellationToken stop)
    {
        var runner = new BenchmarkRunner(TimeProvider.System, command => RunCommand(command, stop), stop);
        MachineRate before = runner.Rate(), rate = before;
        var results = new List<BenchmarkResult>();
        foreach (var benchmark in benchmarks)
        {
            Terminal.Remark($"{benchmark.Name} ({results.Count + 1} of {benchmarks.Count}): {benchmark.Description}");
            var result = runner.Run(benchmark, runs, rate);
            var after = runner.Rate();
            results.Add(result with { Rate = MachineRate.Between(rate, after) });
            rate = after;
        }
        if (asJson)
            SummaryView.PrintJson(Json(results, before, rate));
        else
            Print(results, before, rate);
        return ExitCode.Done;
    }

    private static void RunCommand(IReadOnlyList<string> command, CancellationToken stop) => BenchRun.InFolder(folder =>
    {
        ThisProgram.Run(command is ["run", ..] ? BenchRun.Placed(command, folder) : command, stop);
        return true;
    });

    private static void Print(IReadOnlyList<BenchmarkResult> results, MachineRate before, MachineRate after)
    {
        SummaryView.PrintTable($"Median times on {Machine.ThisProcessor}, {Counted.Of(ThreadBudget.Total, "thread")}", [.. results.Select(Row)]);
        Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Products of 2048³: {before.InDouble:0} GFLOP/s in double and {before.InSingle:0} in single precision before, {after.InDouble:0} and {after.InSingle:0} after."));
        Terminal.Say("GFLOP/s: the same, mean of before and after the row, in the precision of its work. floor: share of the time that the least operations need at that rate. "
            + "faster: a peer's time on a machine of 100 GFLOP/s in double precision over ours.");
    }

    private static JsonObject Row(BenchmarkResult result) => new()
    {
        ["name"] = result.Benchmark.Name,
        ["median"] = Time(result.Median),
        ["spread"] = result.Seconds.Count > 1 ? $"{Time(result.Seconds.Min())} to {Time(result.Seconds.Max())}" : null,
        ["tokens/s"] = result.Benchmark.Tokens is { } tokens ? Math.Round(tokens / result.Median) : null,
        ["GFLOP/s"] = Math.Round(result.Benchmark.SinglePrecision ? result.Rate.InSingle : result.Rate.InDouble),
        ["floor"] = result.ShareOfFloor is { } share ? share.ToString("0%", CultureInfo.InvariantCulture) : null,
        ["goal"] = result.Benchmark.GoalSeconds is { } goal ? $"{Time(goal)} {(result.ReachesGoal == true ? "reached" : "missed")}" : null,
        ["faster"] = result.TimesFasterThanPeer is { } times ? times.ToString("0.0×", CultureInfo.InvariantCulture) : null,
        ["allocated"] = result.AllocatedBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB") : null,
    };

    internal static string Time(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.#} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.##} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
    };

    private static JsonObject Json(IReadOnlyList<BenchmarkResult> results, MachineRate before, MachineRate after)
    {
        var json = BenchRun.Head();
        json["gflops_before"] = new JsonObject { ["double"] = before.InDouble, ["single"] = before.InSingle };
        json["gflops_after"] = new JsonObject { ["double"] = after.InDouble, ["single"] = after.InSingle };
        json["benchmarks"] = new JsonArray([.. results.Select(r => (JsonNode)r.ToJson())]);
        return json;
    }
}
