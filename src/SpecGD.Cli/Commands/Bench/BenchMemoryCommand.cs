using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Benchmarks;
using SpecGD.Cli.Display;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Bench;

/// <summary><c>specgd bench memory</c>: the most memory that each experiment and preset takes, beside what must live.</summary>
internal static class BenchMemoryCommand
{
    /// <summary>Hidden verb that runs a command in this process and writes its peak into a file.</summary>
    private const string Watch = "watch";

    /// <summary>Runs within this share of the free memory are tried.</summary>
    private const double ShareOfFree = 0.9;

    public static IEnumerable<Command> Build() => [BuildTable(), BuildWatch()];

    private static Command BuildTable()
    {
        var names = new Argument<string[]>("NAME") { Description = "experiments and presets; all where none is named", Arity = ArgumentArity.ZeroOrMore };
        var formulas = new Option<bool>("--floors") { Description = "tell the floors with their terms, and run nothing but what tells the memory of the program itself" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "memory",
            "Run every experiment and preset in a process of its own and tell the most that it had in physical memory, beside its floor: the program itself "
            + "(the peak of a run with small matrices) and what must live at the same time, counted. What does not fit into this machine is only counted.")
        {
            names, formulas, json,
        };
        command.SetAction(parsed => Interruption.Guard("stopped before everything was measured; nothing is reported of a part, and nothing was left behind.", stop =>
        {
            MemoryBenchmark[] chosen = [.. (parsed.GetValue(names) ?? []).Select(MemoryBenchmarks.Named).Distinct()];
            IReadOnlyList<MemoryBenchmark> benchmarks = chosen.Length > 0 ? chosen : MemoryBenchmarks.All;
            long program = PeakOf(MemoryBenchmarks.ProgramRun, stop);
            var results = benchmarks.Select(benchmark => Measure(benchmark, program, parsed.GetValue(formulas), stop)).ToArray();
            if (parsed.GetValue(json))
                SummaryView.PrintJson(Json(results));
            else
                Print(results);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command BuildWatch()
    {
        var file = new Argument<string>("FILE");
        var arguments = new Argument<string[]>("ARGUMENTS") { Arity = ArgumentArity.OneOrMore };
        var command = new Command(Watch, "Run a command and write the peak of its memory, in bytes, into a file.") { file, arguments };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            int code = CommandLine.Invoke(parsed.GetValue(arguments)!);
            File.WriteAllText(parsed.GetValue(file)!, MachineMemory.PeakOfProcess().ToString(CultureInfo.InvariantCulture));
            return code;
        });
        return command;
    }

    private static MemoryResult Measure(MemoryBenchmark benchmark, long program, bool onlyCount, CancellationToken stop)
    {
        if (onlyCount)
            return new MemoryResult(benchmark, program, null);
        var machine = MachineMemory.Here();
        long needed = benchmark.Told ?? (program + benchmark.FloorBytes), free = machine.Available ?? machine.Total;
        if (needed > ShareOfFree * free)
        {
            Terminal.Remark($"{benchmark.Name} needs about {MachineMemory.Text(needed)} and {MachineMemory.Text(free)} are free: only counted");
            return new MemoryResult(benchmark, program, null);
        }
        Terminal.Remark($"{benchmark.Name}: {benchmark.Description}");
        return new MemoryResult(benchmark, program, PeakOf(benchmark.Command, stop));
    }

    private static long PeakOf(IReadOnlyList<string> command, CancellationToken stop) => BenchRun.InFolder(folder =>
    {
        string file = Path.Combine(folder, "peak");
        ThisProgram.Run(["bench", Watch, file, "--", .. BenchRun.Placed(command, folder)], stop);
        return long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
    });

    private static void Print(IReadOnlyList<MemoryResult> results)
    {
        SummaryView.PrintTable($"Peak of physical memory, {Counted.Of(ThreadBudget.Total, "thread")}", [.. results.Select(Row)]);
        Terminal.Say("floor: the program and what must live at the same time:");
        foreach (var result in results)
            Terminal.Say(
                $"{result.Benchmark.Name}: {string.Join("; ", result.Parts.Select(part => $"{part.Name} {Size(part.Bytes)}"))}", indent: TableLayout.Gap);
    }

    /// <summary>Parts of small experiments are below what is told elsewhere.</summary>
    private static string Size(long bytes) => bytes < 10L << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB")
        : MachineMemory.Text(bytes);

    private static JsonObject Row(MemoryResult result) => new()
    {
        ["name"] = result.Benchmark.Name,
        ["peak"] = result.Peak is { } peak ? MachineMemory.Text(peak) : "only counted",
        ["floor"] = MachineMemory.Text(result.Floor),
        ["times"] = result.TimesFloor is { } times ? times.ToString("0.00", CultureInfo.InvariantCulture) : null,
        ["told before"] = result.Benchmark.Told is { } told ? MachineMemory.Text(told) : null,
    };

    private static JsonObject Json(IReadOnlyList<MemoryResult> results)
    {
        var json = BenchRun.Head();
        json["memory"] = new JsonArray([.. results.Select(result => (JsonNode)result.ToJson())]);
        return json;
    }
}
