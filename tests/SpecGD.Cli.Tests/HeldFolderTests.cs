using System.Security.Cryptography;

namespace SpecGD.Cli.Tests;

/// <summary>No command writes over a finished run of something else, or among files of nobody's.</summary>
public sealed class HeldFolderTests : InTemporaryDirectory
{
    private static readonly string[] Small =
        ["run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "30", "--no-figures", "--output", "out"];

    [Fact]
    public void A_finished_run_is_replaced_by_its_own_command_alone()
    {
        Specgd(Small).ExitCode.ShouldBe(0);
        string before = Content("out");

        foreach (string command in new[]
        {
            string.Join(' ', Small) + " --seed 3",
            "run relu-spectrum --dims 4 --no-figures --output out",
            "nanogpt train --output out",
            "sweep fair-comparison --quick --output out",
            "reproduce fig3 --quick --no-figures --output out",
        })
        {
            var said = Specgd(command.Split(' '));
            said.ExitCode.ShouldBe(2, command);
            said.Error.ShouldContain("name another --output", customMessage: command);
            Content("out").ShouldBe(before, command);
        }

        var replaced = Specgd([.. Small, "--seed", "3", "--fresh"]);
        replaced.ExitCode.ShouldBe(0, replaced.Error);
        replaced.Error.ShouldContain("--fresh deletes what out holds: a finished run of random-feature with other settings (seed 0 there, 3 here)");
        Specgd([.. Small, "--seed", "3"]).Error.ShouldContain("holds this run already");
    }

    [Fact]
    public void A_foreign_folder_is_refused_and_left_as_it_was()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "out"));
        File.WriteAllText(Path.Combine(Folder, "out", "report.txt"), "mine");
        string before = Content("out");

        foreach (string command in new[] { string.Join(' ', Small), string.Join(' ', Small) + " --fresh", "nanogpt train --output out", "sweep fair-comparison --output out" })
        {
            var said = Specgd(command.Split(' '));
            said.ExitCode.ShouldBe(2, command);
            said.Error.ShouldContain("out holds report.txt", customMessage: command);
            Content("out").ShouldBe(before, command);
        }
    }

    [SkippableFact]
    public void A_run_that_is_computed_again_and_interrupted_does_not_take_the_finished_one_away()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        string[] run = ["run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "40000", "--no-figures", "--output", "out"];
        Specgd(run).ExitCode.ShouldBe(0);
        string before = Content("out");

        using var process = SpecgdProcess.Start(Folder, [.. run, "--fresh"], ("SPECGD_KEEP_SECONDS", "0"));
        string kept = Path.Combine(Folder, "out", "unfinished", "run.json");
        SpinWait.SpinUntil(() => process.HasExited || File.Exists(kept), TimeSpan.FromMinutes(1)).ShouldBeTrue();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        var said = SpecgdProcess.Finish(process);

        said.ExitCode.ShouldBe(143, said.Error);
        said.Error.ShouldContain("The finished run stays in out");
        Content("out").ShouldBe(before);
        Specgd(run).Error.ShouldContain("holds this run already");
    }

    /// <summary>Names and contents of what a user sees in the folder.</summary>
    private string Content(string folder) => string.Join('\n', Directory.EnumerateFiles(Path.Combine(Folder, folder), "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith('.') && !file.Contains("unfinished", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}
