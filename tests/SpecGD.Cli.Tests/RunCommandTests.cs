using System.Diagnostics;
using System.Text.Json.Nodes;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Torch;

namespace SpecGD.Cli.Tests;

public sealed class RunCommandTests : InTemporaryDirectory
{
    private static readonly string[] Small = ["run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "30"];

    [Fact]
    public void Metrics_of_an_experiment_without_methods_are_its_table()
    {
        Specgd("run", "batch-size-sweep", "--dim", "4", "--width", "6", "--batch-sizes", "8", "16", "--output", "rows").ExitCode.ShouldBe(0);

        string[] lines = File.ReadAllLines(Path.Combine(Folder, "rows", "metrics.csv"));

        lines.Length.ShouldBe(3, "a heading, and a row for each batch size");
        lines[0].ShouldBe("batch size,st(layer1),st(layer2),st(layer3)");
        lines.Skip(1).Select(line => line.Split(',')[0]).ShouldBe(["8", "16"]);
        lines.Skip(1).SelectMany(line => line.Split(',').Skip(1)).ShouldAllBe(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture) >= 1);
    }

    [Fact]
    public void A_run_writes_its_folder_and_says_what_came_of_it()
    {
        var said = Specgd([.. Small, "--specgd-restart-iters", "10", "20", "--output", "out", "--no-figures"]);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain("SpecGD from GD step 20");
        said.Output.ShouldContain("nr(G) >= st(A)");
        said.Error.ShouldContain("written in");
        var log = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "log.json")))!;
        ((double)log["methods"]!["gradient_descent"]!["loss"]!["values"]![0]!).ShouldBeGreaterThan(0);
        ((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")))!["status"]!).ShouldBe("finished");
        File.Exists(Path.Combine(Folder, "out", "metrics.csv")).ShouldBeTrue();
        Directory.Exists(Path.Combine(Folder, "out", "figures")).ShouldBeFalse();
    }

    [Fact]
    public void Json_is_all_that_stands_on_standard_output()
    {
        var said = Specgd([.. Small, "--json", "--no-figures"]);

        var json = JsonNode.Parse(said.Output)!;
        ((string)json["status"]!).ShouldBe("finished");
        json["rows"]!.AsArray().Count.ShouldBe(3); // no restart step of the frequency 100 lies within 30 steps
        Directory.Exists(Path.Combine(Folder, (string)json["directory"]!)).ShouldBeTrue("the default folder is named after the settings");
    }

    [Fact]
    public void Divergence_names_method_and_step_exits_with_3_and_keeps_the_log()
    {
        var said = Specgd([.. Small, "--steps", "5000", "--method-lr", "specgd=50", "--output", "out", "--no-figures"]);

        // Given twice, an option that takes one value is refused; the test's own arguments must be right.
        said.ExitCode.ShouldBe(2);
        said = Specgd([.. Small[..^1], "5000", "--method-lr", "gradient_descent=1000", "--output", "out", "--no-figures"]);
        said.ExitCode.ShouldBe(3, said.Error);
        said.Error.ShouldMatch("Gradient descent diverged at step [0-9]+: ");
        ((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")))!["status"]!).ShouldBe("diverged");
        RunLogFile.Read(Path.Combine(Folder, "out", "log.json")).Methods["gradient_descent"].Find("loss")!.Count.ShouldBeGreaterThan(5);
    }

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_request_to_stop_keeps_what_was_computed(string signal, int exitCode)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        using var process = SpecgdProcess.Start(Folder, [.. Small[..^1], "1000000", "--specgd-restart-frequency", "0", "--output", "out", "--no-figures"]);
        var probe = Path.Combine(Folder, "out");
        SpinWait.SpinUntil(() => Directory.Exists(probe) || process.HasExited, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        // The folder is prepared just before the first step; give the loop a moment to begin.
        using (var moment = new ManualResetEventSlim())
            moment.Wait(TimeSpan.FromSeconds(2));
        Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"])!.WaitForExit(); // every shell has it built in

        var said = SpecgdProcess.Finish(process);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        said.Error.ShouldContain("was interrupted at step");
        said.Error.ShouldContain(" of 1000000.");
        said.Error.ShouldContain("the same command resumes it");
        said.Error.ShouldNotContain("written in", customMessage: "it was not whole");
        said.Output.ShouldBeEmpty("nothing follows from a part of a run");
        ((string)JsonNode.Parse(File.ReadAllText(Path.Combine(probe, "manifest.json")))!["status"]!).ShouldBe("interrupted");
        RunLogFile.Read(Path.Combine(probe, "log.json")).Methods["gradient_descent"].Find("loss")!.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_finished_run_is_not_computed_again_unless_settings_change_or_fresh_is_asked()
    {
        string[] arguments = [.. Small, "--output", "out", "--no-figures"];
        Specgd(arguments).ExitCode.ShouldBe(0);
        string log = Path.Combine(Folder, "out", "log.json"), manifest = Path.Combine(Folder, "out", "manifest.json");
        string first = File.ReadAllText(manifest);

        var again = Specgd(arguments);

        again.ExitCode.ShouldBe(0, again.Error);
        again.Error.ShouldContain("holds this run already");
        again.Output.ShouldContain("GD");
        File.ReadAllText(manifest).ShouldBe(first);

        var other = Specgd([.. arguments, "--seed", "3"]);
        other.ExitCode.ShouldBe(2, other.Error);
        other.Error.ShouldContain("(seed 0 there, 3 here)");
        File.ReadAllText(manifest).ShouldBe(first);
        Specgd([.. arguments, "--seed", "3", "--fresh"]).Error.ShouldNotContain("holds this run already");
        File.ReadAllText(manifest).ShouldNotBe(first);

        File.WriteAllText(log, "{");
        Specgd([.. arguments, "--seed", "3"]).Error.ShouldNotContain("holds this run already", Case.Insensitive, "a damaged log is computed again");
        RunLogFile.Read(log).Methods.Count.ShouldBeGreaterThan(0);
    }

    [SkippableFact]
    public void What_an_interrupted_run_computed_is_gone_on_with()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        string[] arguments = [.. Small[..^1], "60000", "--specgd-restart-frequency", "0", "--output", "out", "--no-figures"];
        using var process = SpecgdProcess.Start(Folder, arguments);
        SpinWait.SpinUntil(() => Directory.Exists(Path.Combine(Folder, "out")) || process.HasExited, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        using (var moment = new ManualResetEventSlim())
            moment.Wait(TimeSpan.FromSeconds(1));
        Process.Start("sh", ["-c", $"kill -INT {process.Id}"])!.WaitForExit();
        var interrupted = SpecgdProcess.Finish(process);
        Skip.If(interrupted.ExitCode == 0, "this machine is so fast that the run was over");
        interrupted.ExitCode.ShouldBe(130, interrupted.Error);
        interrupted.Error.ShouldContain("the same command resumes it");

        var said = Specgd(arguments);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("going on with what an interrupted run left");
        RunLogFile.Read(Path.Combine(Folder, "out", "log.json")).Methods["gradient_descent"].Find("loss")!.Count.ShouldBe(60000);
        Directory.Exists(Path.Combine(Folder, "out", KeptWork.FolderName)).ShouldBeFalse("what was kept is gone when the run is whole");
    }

    [Fact]
    public void The_managed_backend_works_and_is_announced_once()
    {
        var said = SpecgdProcess.Run(Folder, [.. Small, "--no-figures"], ("SPECGD_BLAS", "managed"));

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.Split("SPECGD_BLAS=managed").Length.ShouldBe(2, "announced once");
    }

    [Fact]
    public void Without_OpenBLAS_and_libtorch_a_run_works_and_says_what_to_install()
    {
        var said = SpecgdProcess.Run(Folder, [.. Small, "--no-figures"],
            ("SPECGD_OPENBLAS", "/nowhere/libopenblas.so"), (TorchLibrary.FolderVariable, "/nowhere"), (Backend.ChoiceVariable, ""));

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("Neither OpenBLAS nor libtorch's MKL was found");
        said.Error.ShouldContain("To install it: ");
    }

    [SkippableFact]
    public void Without_OpenBLAS_the_MKL_of_libtorch_serves_and_the_manifest_says_so()
    {
        Skip.If(TorchLibrary.MklFile() is null, "libtorch's MKL is not on this machine");
        var said = SpecgdProcess.Run(Folder, [.. Small, "--no-figures", "--output", "out"], ("SPECGD_OPENBLAS", "/nowhere/libopenblas.so"), (Backend.ChoiceVariable, ""));

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldNotContain("was not found");
        File.ReadAllText(Path.Combine(Folder, "out", "manifest.json")).ShouldContain("MKL ");
    }

    [Fact]
    public void A_figure_is_drawn_again_after_an_edit_in_the_size_of_a_paper_and_nothing_else_changes()
    {
        Specgd([.. Small, "--output", "out"]).ExitCode.ShouldBe(0);
        string figures = Path.Combine(Folder, "out", "figures"), description = Path.Combine(figures, "random-feature.json"), drawn = Path.Combine(Folder, "paper", "random-feature.svg");
        string edited = File.ReadAllText(description).Replace("\"Training loss\"", "\"Mein Verlust\"", StringComparison.Ordinal);
        File.WriteAllText(description, edited);

        var said = Specgd("plot", Path.Combine("out", "figures", "random-feature.json"), "--output", "paper", "--format", "svg", "pdf", "--width", "8.5cm", "--font-size", "9");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe([Path.Combine("paper", "random-feature.pdf"), Path.Combine("paper", "random-feature.svg")]);
        File.ReadAllText(drawn).ShouldContain("Mein Verlust");
        File.ReadAllText(drawn).ShouldContain("width=\"321.2598\"", Case.Sensitive, "8.5 cm at 96 dots an inch");
        File.ReadAllText(description).ShouldBe(edited);
        File.ReadAllText(Path.Combine(figures, "random-feature.svg")).ShouldNotContain("Mein Verlust");
        Specgd("plot", Path.Combine("out", "figures", "random-feature.json")).ExitCode.ShouldBe(0);
        File.ReadAllText(Path.Combine(figures, "random-feature.svg")).ShouldContain("Mein Verlust");
    }

    [Theory]
    [InlineData("--width 8.5", "--width is 8.5; a length from 1in to 60in was expected, such as 8.5cm.")]
    [InlineData("--font-size 100", "--font-size is 100; a number from 4 to 48 was expected.")]
    [InlineData("--font none.ttf", "There is no font file none.ttf")]
    [InlineData("--width 1in --font-size 48", "is too small for")]
    public void What_no_figure_can_be_is_refused(string options, string sentence)
    {
        Specgd([.. Small, "--output", "out"]).ExitCode.ShouldBe(0);
        var said = Specgd(["plot", Path.Combine("out", "figures", "random-feature.json"), .. options.Split(' ')]);
        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
    }
}
