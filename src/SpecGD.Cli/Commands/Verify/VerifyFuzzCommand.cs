using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.Settings;
using SpecGD.Hardening.Fuzzing;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Verify;

/// <summary><c>specgd verify fuzz</c>: gives every parser damaged files.</summary>
internal static class VerifyFuzzCommand
{
    private const string DefaultFolder = "fuzz-failures";

    /// <summary>What can be set.</summary>
    internal sealed record FuzzSettings
    {
        [Setting("inputs", "damaged files in all", Min = 1, Max = 1_000_000_000)]
        public int Inputs { get; init; } = (int)new FuzzOptions().Inputs;

        [Setting("seed", "decides every file", Min = 0, Max = int.MaxValue)]
        public int Seed { get; init; } = new FuzzOptions().Seed;
    }

    public static Command Build()
    {
        var parser = new Option<string[]>("--parser")
        {
            Description = $"which parsers to try; all where none is named: {string.Join(", ", FuzzParser.Names.Select(name => $"\"{name}\""))}",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--output")
        {
            Description = $"folder for the files that a parser stumbles over (default {DefaultFolder}; made when there is one)",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultFolder,
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "fuzz",
            "Give every parser files with bits, lengths, numbers, words and parts changed. Each must be read, or refused in one sentence that "
            + "names the file, in bounded time and memory; exit code 1 otherwise.");
        var settings = new SettingOptions(command, typeof(FuzzSettings));
        foreach (Option option in new Option[] { parser, output, json })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var chosen = (parsed.GetValue(parser) ?? []).Select(FuzzParser.Named).Distinct().ToArray();
            var asked = (FuzzSettings)settings.Resolve(parsed);
            var options = new FuzzOptions { Inputs = asked.Inputs, Seed = asked.Seed, Threads = ThreadBudget.Total, Keep = parsed.GetValue(output) };
            OutputFolder.Require(options.Keep!, "damaged files of 'verify fuzz'", [], [.. FuzzParser.All.Select(parser => $"{parser.Name.Replace(' ', '-')}-*-*-{parser.FileName}")]);
            return Verify(chosen.Length > 0 ? chosen : FuzzParser.All, options, parsed.GetValue(json));
        });
        return command;
    }

    private static int Verify(IReadOnlyList<FuzzParser> parsers, FuzzOptions options, bool asJson)
    {
        var interruption = Interruption.Heed();
        long tenth = Math.Max(1, options.Inputs / 10), next = tenth, begin = TimeProvider.System.GetTimestamp();
        var rows = new FuzzRun(options, TimeProvider.System).Run(parsers, Told, interruption.Token);
        string[] failures = [.. rows.SelectMany(row => row.Failures)];
        if (asJson)
            SummaryView.PrintJson(new JsonObject
            {
                ["seed"] = options.Seed,
                ["inputs"] = rows.Sum(row => row.Inputs),
                ["rows"] = new JsonArray([.. rows.Select(Row)]),
                ["failures"] = new JsonArray([.. failures.Select(f => (JsonNode)f)]),
            });
        else
            SummaryView.PrintTable("Damaged files", [.. rows.Select(Row)]);
        foreach (string failure in failures.Take(20))
            Terminal.Remark(failure);
        Terminal.Remark($"{Counted.Of(rows.Sum(row => row.Inputs), "file")}, {Counted.Of(failures.Length, "failure")} (--seed {options.Seed})");
        return interruption.Token.IsCancellationRequested ? interruption.ExitCode : failures.Length == 0 ? ExitCode.Done : ExitCode.Failed;

        void Told(long done)
        {
            long due = Interlocked.Read(ref next);
            if (done < due || Interlocked.CompareExchange(ref next, due + tenth, due) != due)
                return;
            double left = TimeProvider.System.GetElapsedTime(begin).TotalSeconds * (options.Inputs - done) / done;
            Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{done} of {Counted.Of(options.Inputs, "file")}, about {left:0} s left"));
        }
    }

    private static JsonObject Row(FuzzRow row) => new()
    {
        ["parser"] = row.Parser,
        ["inputs"] = row.Inputs,
        ["accepted"] = row.Accepted,
        ["refused"] = row.Refused,
        ["slowest ms"] = Math.Round(row.Slowest.TotalMilliseconds, 1),
        ["most KiB allocated"] = row.MostAllocated >> 10,
        ["failures"] = row.Failures.Count,
    };
}
