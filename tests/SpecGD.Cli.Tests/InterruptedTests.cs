using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using SpecGD.Cli.Display;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

/// <summary>What stands on the terminal after Ctrl-C.</summary>
public sealed class InterruptedTests : InTemporaryDirectory
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Bars_of_work_that_was_asked_to_stop_are_taken_away(bool stopped, bool gone)
    {
        using var source = new CancellationTokenSource();
        var progress = Bars().AutoClear(false);

        progress.Run(context => { context.AddTask("steps"); if (stopped) source.Cancel(); return 0; }, source.Token);

        progress.AutoClear.ShouldBe(gone);
    }

    [Fact]
    public void Bars_of_work_that_threw_are_taken_away()
    {
        var progress = Bars().AutoClear(false);
        Should.Throw<BadInputException>(() => progress.Run<int>(context => { context.AddTask("steps"); throw new BadInputException("no"); }));
        progress.AutoClear.ShouldBeTrue();
    }

    [SkippableFact]
    public void What_is_missing_is_said_below_the_table()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "both streams go to one file of a shell");
        string said = Path.Combine(Folder, "said");
        string program = SpecgdProcess.Program;
        var start = new ProcessStartInfo("sh", ["-c", $"env --default-signal=INT dotnet '{program}' run random-feature --dim 8 --feature-dim 4 --num-samples 20 --steps 3 --output out >said 2>&1"])
        {
            WorkingDirectory = Folder,
        };
        start.Environment[FaultPoints.Variable] = $"{FaultPoints.Interrupt}@create:.png";
        using var process = Process.Start(start)!;
        process.WaitForExit();

        string text = File.ReadAllText(said);
        process.ExitCode.ShouldBe(130, text);
        int table = text.IndexOf("At the last of 3 steps", StringComparison.Ordinal), missing = text.IndexOf("stopped while figures were drawn: random-feature is missing", StringComparison.Ordinal);
        table.ShouldBeGreaterThan(0, text);
        missing.ShouldBeGreaterThan(table, text);
    }

    /// <summary>Whatever was measured until then: no output judges, and each says where it stopped and how to go on.</summary>
    [SkippableFact]
    public void An_interrupted_run_concludes_nothing_in_any_output()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Windows has no such signals");
        using var process = SpecgdProcess.Start(
            Folder, ["run", "theory", "--dims", "16,32,512", "--seeds", "400", "--statements", "thm2.6", "--json", "--output", "out", "--threads", "1"], ("SPECGD_KEEP_SECONDS", "0"));
        string kept = Path.Combine(Folder, "out", "unfinished");
        var said = SpecgdProcess.SignalOnce(process, () => Directory.Exists(kept) && Directory.EnumerateFiles(kept, "*trial*").Any(), "INT", TimeSpan.FromMinutes(2));

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldContain("the same command resumes it");
        string table = File.ReadAllText(Path.Combine(Folder, "out", "metrics.csv")), page = File.ReadAllText(Path.Combine(Folder, "out", "report.html"));
        table.Split('\n').Length.ShouldBeGreaterThan(2, "what was measured is told");
        foreach (string text in new[] { said.Output, table, page, File.ReadAllText(Path.Combine(Folder, "out", "figures", "theory.caption.txt")), File.ReadAllText(Path.Combine(Folder, "out", "log.json")) })
            foreach (string verdict in new[] { "(holds)", ">holds<", "\"holds\"", ",holds", "\"trend\"", "true" })
                (text == page && verdict == "true" ? "" : text).ShouldNotContain(verdict);
        JsonNode.Parse(said.Output)!["detail"]!.GetValue<string>().ShouldEndWith("The same command resumes it.");
        page.ShouldContain("The same command resumes it");
    }

    /// <summary>Nothing of a comparison is whole when its first run is stopped: there is no figure, and no complaint of it.</summary>
    [SkippableFact]
    public void A_stopped_run_that_has_nothing_to_draw_yet_says_that_and_no_more()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Windows has no such signals");
        using var process = SpecgdProcess.Start(Folder, ["reproduce", "--quick", "adaptive", "fig17", "--output", "out", "--threads", "1"], ("SPECGD_KEEP_SECONDS", "0"));
        string kept = Path.Combine(Folder, "out", "adaptive", "unfinished", "run.json");
        var said = SpecgdProcess.SignalOnce(process, () => File.Exists(kept), "INT");

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldNotContain("no figure is drawn");
        said.Error.ShouldContain("with 0 of ");
        said.Error.ShouldContain("nothing to draw yet");
    }

    private static Progress Bars() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), Interactive = InteractionSupport.Yes }).Progress();
}
