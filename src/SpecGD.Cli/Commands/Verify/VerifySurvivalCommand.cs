using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.Settings;
using SpecGD.Hardening.Survival;
using SpecGD.Numerics;

namespace SpecGD.Cli.Commands.Verify;

/// <summary><c>specgd verify survival</c>: kills the program at its work and holds it to its promises.</summary>
internal static class VerifySurvivalCommand
{
    /// <summary>Runs between two remarks on how far it is.</summary>
    private const int RunsARemark = 10;

    /// <summary>What can be set.</summary>
    internal sealed record SurvivalSettings
    {
        [Setting("kills", "how often to kill, half of it at moments of writes; full disks come on top", Min = 1, Max = 1_000_000,
            UnsetMeans = "at every moment of a write, and as often at random ones")]
        public int? Kills { get; init; }

        [Setting("seed", "decides the moments", Min = 0, Max = int.MaxValue)]
        public int Seed { get; init; } = new SurvivalOptions().Seed;
    }

    public static Command Build()
    {
        var verbs = new Option<string[]>("--verbs")
        {
            Description = $"which verbs to kill; all where none is named: {string.Join(", ", SurvivalCase.All.Select(c => $"\"{c.Name}\""))}",
            HelpName = "VERB",
            AllowMultipleArgumentsPerToken = true,
        };
        var inPlace = new Option<bool>("--in-place")
        {
            Description = "a negative control: without the atomic rename; the check must fail",
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "survival",
            "Kill this program at its work, at random moments and at every moment of its writes, and let its disk be full; then go on and hold the "
            + "result to that of an undisturbed run, bit for bit. Exit code 1 if anything is lost, half-written, different or left behind.");
        var settings = new SettingOptions(command, typeof(SurvivalSettings));
        foreach (Option option in new Option[] { verbs, inPlace, json })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var chosen = (parsed.GetValue(verbs) ?? []).Select(SurvivalCase.Named).Distinct().ToArray();
            var asked = (SurvivalSettings)settings.Resolve(parsed);
            var options = new SurvivalOptions
            {
                Kills = asked.Kills, Seed = asked.Seed, Workers = ThreadBudget.Total, InPlace = parsed.GetValue(inPlace),
            };
            return Interruption.Guard(
                "stopped; nothing was left behind.",
                cancellation => Verify(chosen.Length > 0 ? chosen : SurvivalCase.All, options, parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Verify(IReadOnlyList<SurvivalCase> verbs, SurvivalOptions options, bool asJson, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
            throw new BadInputException("This check kills by SIGKILL, which Windows does not have.");
        var drill = new SurvivalDrill(ThisProgram.Command, options, TimeProvider.System);
        var rows = new List<SurvivalRow>();
        for (int i = 0; i < verbs.Count; i++)
        {
            int? share = (options.Kills * (i + 1) / verbs.Count) - (options.Kills * i / verbs.Count);
            string name = $"{verbs[i].Name} ({i + 1} of {verbs.Count})";
            long begin = TimeProvider.System.GetTimestamp();
            Terminal.Remark(name);
            rows.AddRange(drill.RunAsync(verbs[i], share, options.Seed + i, Told, cancellation).GetAwaiter().GetResult());

            void Told(int done, int total)
            {
                double left = TimeProvider.System.GetElapsedTime(begin).TotalSeconds * (total - done) / done;
                if (done % RunsARemark == 0)
                    Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{name}: {done} of {Counted.Of(total, "run")}, about {left:0} s left"));
            }
        }
        string[] failures = [.. rows.SelectMany(row => row.Failures)];
        int fullDisks = rows.Where(row => row.Kind == FaultKind.FullDisk).Sum(row => row.Faults), kills = rows.Sum(row => row.Faults) - fullDisks;
        if (asJson)
            SummaryView.PrintJson(new JsonObject
            {
                ["seed"] = options.Seed,
                ["rows"] = new JsonArray([.. rows.Select(Row)]),
                ["kills"] = kills,
                ["full_disks"] = fullDisks,
                ["failures"] = new JsonArray([.. failures.Select(f => (JsonNode)f)]),
            });
        else
            SummaryView.PrintTable("Killed at work, and gone on", [.. rows.Select(Row)]);
        foreach (string failure in failures.Take(20))
            Terminal.Remark(failure);
        Terminal.Remark($"{Counted.Of(kills, "kill")} and {fullDisks} full disks, {Counted.Of(failures.Length, "failure")} (--seed {options.Seed})");
        return failures.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static JsonObject Row(SurvivalRow row) => new()
    {
        ["verb"] = row.Verb,
        ["fault"] = row.Kind switch
        {
            FaultKind.RandomKill => "SIGKILL at random moments",
            FaultKind.PointKill => "SIGKILL at moments of writes",
            _ => "disk full at moments of writes",
        },
        ["faults"] = row.Faults,
        ["moments met"] = row.Kind == FaultKind.RandomKill ? null : row.Points,
        ["of"] = row.Kind == FaultKind.RandomKill ? null : row.PointsInAll,
        ["resumed"] = row.Resumed,
        ["failures"] = row.Failures.Count,
    };
}
