using System.Diagnostics;

namespace SpecGD.Cli.Tests;

/// <summary>What a sweep says on a terminal of 80 columns.</summary>
public sealed class TerminalWidthTests : InTemporaryDirectory
{
    private const int Width = 80;

    private const string Sweep = """
        { "experiment": "random-feature", "name": "small", "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, "tune": "method-lr",
          "scale": "log", "options": { "dim": 8, "feature-dim": 4, "num-samples": 20, "steps": 20, "specgd-restart-frequency": 0, "specgd-from-peak": false },
          "list": [ { "method-lr": { "gradient_descent": 0.05, "specgd": 0.02 } }, { "method-lr": { "gradient_descent": 1e9, "specgd": 0.04 } } ],
          "grid": { "seed": [0, 1] } }
        """;

    [SkippableFact]
    public void Tables_headings_and_notes_of_a_sweep_fit_and_every_block_names_its_rows()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "script of util-linux gives a command a terminal");
        File.WriteAllText(Path.Combine(Folder, "small.json"), Sweep);
        Specgd("sweep", "small.json", "--output", "s").ExitCode.ShouldBe(0);

        string[] lines = OnTerminal("sweep results s");

        lines.ShouldContain(line => line.Contains("geometric mean", StringComparison.Ordinal));
        lines.ShouldAllBe(line => line.Length <= Width);
        string[] heads = [.. lines.Where(line => line.StartsWith("  method ", StringComparison.Ordinal))];
        heads.Length.ShouldBeGreaterThan(0);
        heads.ShouldAllBe(line => line.Replace(" ", "", StringComparison.Ordinal).StartsWith("methodmethod-lr", StringComparison.Ordinal));
    }

    private string[] OnTerminal(string arguments)
    {
        string command = $"stty cols {Width}; dotnet '{SpecgdProcess.Program}' {arguments}";
        var start = new ProcessStartInfo("script", ["-qc", command, "/dev/null"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())];
    }
}
