using SpecGD.Records;
using System.Text.Json.Nodes;
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

    /// <summary>Figures of some methods, which plot drew beside those of the run, are of the run that is deleted; what someone else put there is not.</summary>
    [Fact]
    public void Further_figures_within_the_folder_go_with_the_run_unless_anyone_has_put_something_there()
    {
        Specgd(Small).ExitCode.ShouldBe(0);
        foreach (string method in new[] { "specgd", "gradient_descent" })
            SpecgdProcess.Run(Folder, ["plot", "out", "--methods", method]).ExitCode.ShouldBe(0);
        File.WriteAllText(Path.Combine(Folder, "out", "figures-gradient_descent", "notes.txt"), "mine");

        var same = Specgd([.. Small, "--fresh"]);
        same.ExitCode.ShouldBe(0, same.Error);
        same.Error.ShouldContain("replaced when that has finished (with its figures-specgd/)");
        Directory.Exists(Path.Combine(Folder, "out", "figures-specgd")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(Folder, "out", "figures-gradient_descent", "notes.txt")).ShouldBe("mine");

        SpecgdProcess.Run(Folder, ["plot", "out", "--methods", "specgd"]).ExitCode.ShouldBe(0);
        var other = Specgd([.. Small, "--seed", "3", "--fresh"]);
        other.ExitCode.ShouldBe(0, other.Error);
        other.Error.ShouldContain("(seed 0 there, 3 here), figures-specgd/");
        Directory.Exists(Path.Combine(Folder, "out", "figures-specgd")).ShouldBeFalse();
        Directory.EnumerateFiles(Path.Combine(Folder, "out", "figures-gradient_descent")).Count().ShouldBeGreaterThan(1);
    }

    /// <summary>The time that a run took is the run's own, also where it is only found.</summary>
    [Fact]
    public void A_run_that_is_there_tells_its_own_time()
    {
        double Told() => (double)JsonNode.Parse(Specgd([.. Small, "--json"]).Output)!["wall_seconds"]!;
        double first = Told();
        first.ShouldBe((double)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")))!["wall_seconds"]!);
        Told().ShouldBe(first);
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")))!;
        manifest["wall_seconds"] = 1234.5;
        File.WriteAllText(Path.Combine(Folder, "out", "manifest.json"), manifest.ToJsonString());
        Told().ShouldBe(1234.5);
    }

    /// <summary>Manifests hold the values that were used, also those that nobody gave; what decides is what was asked for.</summary>
    [Theory]
    [InlineData("run", "sparse-regression", "--dim", "8", "--batch-size", "16", "--steps", "3")]
    [InlineData("run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "30")]
    [InlineData("run", "batch-size-sweep", "--dim", "8")]
    [InlineData("run", "stable-rank-sweep", "--dim", "8", "--steps", "3")]
    [InlineData("reproduce", "fig17", "--quick")]
    public void The_same_command_finds_its_own_run(params string[] command)
    {
        string[] arguments = command[0] == "run" ? [.. command, "--no-figures", "--output", "out"] : [.. command, "--output", "out"];
        var first = Specgd(arguments);
        first.ExitCode.ShouldBe(0, first.Error);

        var second = Specgd(arguments);

        second.ExitCode.ShouldBe(0, second.Error);
        if (command[0] != "run")
            return;
        second.Error.ShouldContain("holds this run already");
        var used = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")))!["options"]!.AsObject();
        used.Where(option => option.Value is null or JsonObject { Count: 0 }).ShouldBeEmpty("what was used is told, in words where it has no one value");
    }

    [Theory]
    [InlineData("report.html")]
    [InlineData("thesis.tex")]
    public void Reproduce_refuses_a_folder_with_files_of_others(string name)
    {
        string place = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "mine")).FullName, name);
        File.WriteAllText(place, "mine");

        var said = Specgd("reproduce", "fig17", "--quick", "--output", "mine");

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain($"mine holds {name}");
        File.ReadAllText(place).ShouldBe("mine");
        Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "mine")).Count().ShouldBe(1);
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
        string[] run =
        [
            "run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "20000", "--specgd-restart-frequency", "0",
            "--specgd-from-peak", "false", "--no-figures", "--output", "out",
        ];
        Specgd(run).ExitCode.ShouldBe(0);
        string before = Content("out");

        using var process = SpecgdProcess.Start(Folder, [.. run, "--fresh"], ("SPECGD_KEEP_SECONDS", "0"));
        string kept = Path.Combine(Folder, "out", "unfinished", "run.json");
        var said = SpecgdProcess.SignalOnce(process, () => File.Exists(kept), "TERM");

        said.ExitCode.ShouldBe(143, said.Error);
        said.Error.ShouldContain("The finished run stays in out");
        Content("out").ShouldBe(before);
        Specgd(run).Error.ShouldContain("holds this run already");
    }

    [SkippableFact]
    public void A_request_to_stop_while_figures_are_drawn_ends_with_its_code_and_the_next_call_draws_them()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        string[] run = [.. Small.Where(word => word != "--no-figures")];
        string mark = Path.Combine(Folder, "out", "figures-unfinished.txt"), picture = Path.Combine(Folder, "out", "figures", "random-feature.png");
        var said = SpecgdProcess.Run(Folder, run, (FaultPoints.Variable, $"{FaultPoints.Interrupt}@create:.png"));

        said.ExitCode.ShouldBe(130, said.Error);
        File.Exists(picture).ShouldBeFalse("a part of the pictures would be of this run, a part of none");
        said.Error.ShouldContain("stopped while figures were drawn: random-feature is missing");
        said.Error.ShouldContain("Log and table in out are whole.");
        said.Error.ShouldNotContain("written in", customMessage: "it is told once that the drawing was stopped");
        said.Error.ShouldNotContain("asked to stop when");
        File.Exists(mark).ShouldBeTrue("so that the next call draws");
        var again = Specgd(run);
        again.Error.ShouldContain("holds this run already");
        File.Exists(mark).ShouldBeFalse();
        File.Exists(picture).ShouldBeTrue();
    }

    /// <summary>Names and contents of what a user sees in the folder.</summary>
    private string Content(string folder) => string.Join('\n', Directory.EnumerateFiles(Path.Combine(Folder, folder), "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith('.') && !file.Contains("unfinished", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}
