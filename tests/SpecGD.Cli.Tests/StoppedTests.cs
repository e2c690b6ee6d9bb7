using System.Diagnostics;
using SpecGD.Numerics.Random;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

/// <summary>Ctrl-C at any moment of a command: a sentence on what is missing, exit code 130, and no temporary file, folder or child left behind.</summary>
public sealed class StoppedTests : InTemporaryDirectory
{
    private const string Sweep = """
        { "experiment": "random-feature", "name": "small", "metrics": ["loss.final"],
          "options": { "feature-dim": 4, "num-samples": 20, "steps": 5, "specgd-restart-frequency": 0, "specgd-from-peak": false },
          "grid": { "dim": [4, 8], "seed": [0] } }
        """;

    /// <summary>What a FIFO of Linux holds before its writer must wait.</summary>
    private const int FifoBytes = 1 << 16;

    /// <summary>Each command that draws, with what it says is missing; without the option that makes it draw it does not.</summary>
    [SkippableTheory]
    [InlineData("sweep results s --x dim --y loss.final --output drawn", "stopped while a figure was drawn: small_loss-final_over_dim is missing; the same command draws it.")]
    [InlineData("bench scaling threads-product --threads 1 --output drawn", "stopped while the figure was drawn: scaling.json is in drawn, the figure is missing.")]
    [InlineData("diagnose capture.safetensors --output drawn", "stopped while figures were drawn: figures and report.html are not whole, all else is in drawn; the same command makes them.")]
    [InlineData("diagnose capture.safetensors --spectra --output drawn", "no diagnosis was written, and drawn/spectra holds the singular values of 1 matrix alone; the same command writes all.")]
    [InlineData("plot r --output drawn", "stopped while figures were drawn: random-feature is missing")]
    [InlineData("reproduce fig3 fig17 --quick --output drawn", "stopped: fig17 was not begun; the same command makes it.")]
    [InlineData("sweep small.json --output drawn", "asked to stop: not all figures are in ")]
    public void Drawing_stops_with_what_is_missing(string command, string sentence)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Windows has no such signals");
        File.WriteAllText(Path.Combine(Folder, "small.json"), Sweep);
        if (command.StartsWith("sweep results", StringComparison.Ordinal))
            SpecgdProcess.Run(Folder, ["sweep", "small.json", "--output", "s"]).ExitCode.ShouldBe(0);
        if (command.StartsWith("plot", StringComparison.Ordinal))
            Specgd("run", "random-feature", "--dim", "8", "--feature-dim", "4", "--num-samples", "20", "--steps", "3", "--no-figures", "--output", "r").ExitCode.ShouldBe(0);
        if (command.StartsWith("diagnose", StringComparison.Ordinal))
            SafetensorsWriter.Write(Path.Combine(Folder, "capture.safetensors"),
                [SafetensorsTensor.Of("a/gradient", new TorchRandom(1).Normal(4, 3)), SafetensorsTensor.Of("a/activations", new TorchRandom(2).Normal(20, 3))]);

        var said = SpecgdProcess.Run(Folder, command.Split(' '), (FaultPoints.Variable, $"{FaultPoints.Interrupt}@create:.png"));

        said.Error.ShouldContain(sentence);
        said.ExitCode.ShouldBe(130, said.Error);
        Directory.EnumerateFiles(Folder, "*.specgd-tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    /// <summary>The line of a figure cannot be written for a while, which is between the runs of two figures; there the request comes.</summary>
    [SkippableFact]
    public void A_request_between_two_figures_is_heard()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "a FIFO that is full holds the program where it writes");
        string fifo = Path.Combine(Folder, "fifo");
        Process.Start("mkfifo", [fifo])!.WaitForExit();
        using var reader = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        reader.Write(new byte[FifoBytes]);
        string program = SpecgdProcess.Program;
        var start = new ProcessStartInfo("sh", ["-c", $"exec env --default-signal=INT dotnet '{program}' reproduce fig17 fig3 --quick --no-figures --output out >fifo 2>said"]) { WorkingDirectory = Folder };
        using var process = Process.Start(start)!;
        string manifest = Path.Combine(Folder, "out", "fig17", "manifest.json");
        SpinWait.SpinUntil(() => process.HasExited || (File.Exists(manifest) && IsWaiting(process)), TimeSpan.FromMinutes(2)).ShouldBeTrue();
        Process.Start("kill", ["-INT", $"{process.Id}"])!.WaitForExit();
        process.WaitForExit(TimeSpan.FromSeconds(1)).ShouldBeFalse("the request alone ends nothing: the line of the figure is still to be written");
        var drained = Task.Run(() => reader.Read(new byte[FifoBytes]));
        process.WaitForExit(TimeSpan.FromMinutes(2)).ShouldBeTrue();

        string said = File.ReadAllText(Path.Combine(Folder, "said"));
        said.ShouldContain("stopped: fig3 was not begun; the same command makes it.");
        process.ExitCode.ShouldBe(130);
        File.Exists(manifest).ShouldBeTrue("what was finished stays");
        drained.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    /// <summary>The first moment of the program that a test can tell from outside: it has loaded what reads its arguments, and has not begun to work.</summary>
    [SkippableFact]
    public void A_request_before_the_work_is_heard()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "what is loaded is read from /proc");
        using var process = SpecgdProcess.Start(Folder, ["reproduce", "fig17", "fig3", "--quick", "--no-figures", "--output", "out"]);
        string maps = $"/proc/{process.Id}/maps";
        var said = SpecgdProcess.SignalOnce(process, () => File.ReadAllText(maps).Contains("System.CommandLine.dll", StringComparison.Ordinal), "INT");

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldMatch("stopped: fig17 and fig3 were not begun|stopped before anything was done|interrupted");
    }

    [SkippableFact]
    public void A_benchmark_that_is_asked_to_end_leaves_no_child_and_no_folder()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are read from /proc");
        string place = Directory.CreateDirectory(Path.Combine(Folder, "tmp")).FullName;
        using var process = SpecgdProcess.Start(Folder, ["bench", "experiment", "--runs", "1"], ("TMPDIR", place));

        var said = SpecgdProcess.SignalOnce(process, () => Directory.EnumerateDirectories(place, "specgd-bench-*").Any(folder => Directory.Exists(Path.Combine(folder, "run"))), "TERM");

        said.ExitCode.ShouldBe(143, said.Error);
        said.Error.ShouldContain("stopped before everything was timed");
        Directory.EnumerateDirectories(place, "specgd-bench-*").ShouldBeEmpty();
        Commands().ShouldNotContain(line => line.Contains(place, StringComparison.Ordinal), "a child goes on");
    }

    /// <summary>Whether a process does nothing for a while, longer than any pause of one that works.</summary>
    private static bool IsWaiting(Process process)
    {
        process.Refresh();
        var before = process.TotalProcessorTime;
        if (process.WaitForExit(TimeSpan.FromSeconds(1.5)))
            return true;
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds < 50; // what the runtime itself does beside
    }

    private static IEnumerable<string> Commands() =>
        [.. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Select(folder => Read(Path.Combine(folder, "cmdline")))];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or is another user's
        }
    }
}
