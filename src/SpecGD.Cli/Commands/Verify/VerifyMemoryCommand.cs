using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.Settings;
using SpecGD.Hardening.Memory;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Verify;

/// <summary><c>specgd verify memory</c>: linear algebra while the garbage collector never rests.</summary>
internal static class VerifyMemoryCommand
{
    /// <summary>What can be set.</summary>
    internal sealed record MemorySettings
    {
        [Setting("seconds", "how long to call the routines", Min = 0, Max = 86_400)]
        public double Seconds { get; init; } = 30;
    }

    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command(
            "memory",
            "Call every routine of linear algebra and every spectral measure while another thread collects garbage and overwrites freed memory. "
            + "Each result must equal that of a quiet call; exit code 1 otherwise.");
        var settings = new SettingOptions(command, typeof(MemorySettings));
        command.Options.Add(json);
        command.SetAction(parsed => Verify(TimeSpan.FromSeconds(((MemorySettings)settings.Resolve(parsed)).Seconds), parsed.GetValue(json)));
        return command;
    }

    private static int Verify(TimeSpan duration, bool asJson)
    {
        var interruption = Interruption.Heed();
        Terminal.Remark($"calling every routine for {duration.TotalSeconds:0} s");
        var (rows, collections) = MemoryCheck.Run(duration, TimeProvider.System, interruption.Token);
        long deviating = rows.Sum(row => row.Deviating);
        if (asJson)
            SummaryView.PrintJson(new JsonObject
            {
                ["collections"] = collections,
                ["deviating"] = deviating,
                ["rows"] = new JsonArray([.. rows.Select(Row)]),
            });
        else
            SummaryView.PrintTable("Results while garbage is collected", [.. rows.Select(Row)]);
        Terminal.Remark($"{rows.Sum(row => row.Calls)} calls, {collections} collections, {Counted.Of(deviating, "wrong result")}");
        return interruption.Token.IsCancellationRequested ? interruption.ExitCode : deviating == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static JsonObject Row(MemoryRow row) => new()
    {
        ["routine"] = row.Routine,
        ["calls"] = row.Calls,
        ["wrong"] = row.Deviating,
        ["largest deviation"] = JsonNumber.From(row.Largest),
        ["allowed"] = MemoryCheck.Allowed,
    };
}
