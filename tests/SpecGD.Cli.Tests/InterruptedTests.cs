using System.Diagnostics;
using Spectre.Console;
using SpecGD.Cli.Display;

namespace SpecGD.Cli.Tests;

/// <summary>What stands on the terminal after Ctrl-C.</summary>
public sealed class InterruptedTests : InTemporaryDirectory
{
    /// <summary>A gnuplot that answers what it can, and asked to draw sends Ctrl-C to the program and waits to be ended.</summary>
    private const string Interrupting = "#!/bin/sh\ncase \"$*\" in *GPVAL_TERMINALS*) printf '5.4 patchlevel 4\\n pdfcairo pngcairo svg \\n' >&2; exit 0 ;; esac\nmkdir \"$0.sent\" 2>/dev/null && kill -INT $PPID\nexec sleep 300\n";

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
        Skip.IfNot(OperatingSystem.IsLinux(), "gnuplot is a shell script here, and both streams go to one file");
        string gnuplot = Path.Combine(Folder, "gnuplot"), said = Path.Combine(Folder, "said");
        File.WriteAllText(gnuplot, Interrupting);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(gnuplot, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string program = Path.Combine(AppContext.BaseDirectory, "SpecGD.Cli.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"env --default-signal=INT dotnet '{program}' run random-feature --dim 8 --feature-dim 4 --num-samples 20 --steps 3 --output out >said 2>&1"])
        {
            WorkingDirectory = Folder,
        };
        start.Environment["SPECGD_GNUPLOT"] = gnuplot;
        using var process = Process.Start(start)!;
        process.WaitForExit();

        string text = File.ReadAllText(said);
        process.ExitCode.ShouldBe(130, text);
        int table = text.IndexOf("After 3 steps", StringComparison.Ordinal), missing = text.IndexOf("stopped while figures were drawn: random-feature is missing", StringComparison.Ordinal);
        table.ShouldBeGreaterThan(0, text);
        missing.ShouldBeGreaterThan(table, text);
    }

    private static Progress Bars() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), Interactive = InteractionSupport.Yes }).Progress();
}
