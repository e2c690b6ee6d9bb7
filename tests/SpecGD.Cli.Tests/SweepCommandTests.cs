using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

public sealed class SweepCommandTests : InTemporaryDirectory
{
    private const string Small = """
        { "experiment": "random-feature", "name": "small", "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, "tune": "method-lr",
          "scale": "log", "options": { "dim": 8, "feature-dim": 4, "num-samples": 20, "steps": 20, "specgd-restart-frequency": 0, "specgd-from-peak": false },
          "list": [ { "method-lr": { "gradient_descent": 0.05, "specgd": 0.02 } }, { "method-lr": { "gradient_descent": 1e9, "specgd": 0.04 } } ],
          "grid": { "seed": [0, 1] } }
        """;

    [SkippableFact]
    public void A_sweep_runs_collects_draws_and_is_not_run_again()
    {
        Skip.If(OperatingSystem.IsWindows(), "written for a Unix shell");
        File.WriteAllText(Path.Combine(Folder, "small.json"), Small.Replace("1e9", "0.1", StringComparison.Ordinal));

        var said = Specgd("sweep", "small.json", "--workers", "2", "--threads", "2");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("4 tasks, 0 done before, 4 to run on this machine");
        said.Error.ShouldContain("4 of 4 tasks have a result");
        said.Output.ShouldContain("each at the best of its values of method-lr");
        string sweep = Path.Combine(Folder, "runs", "sweeps", "small");
        File.Exists(Path.Combine(sweep, "sweep.db")).ShouldBeTrue();
        File.Exists(Path.Combine(sweep, "figures", "small_loss-final_over_method-lr.json")).ShouldBeTrue();

        Specgd("sweep", "small.json").Error.ShouldContain("4 done before, 0 to run");
        var csv = Specgd("sweep", "export", sweep).Output.TrimEnd().Split('\n');
        string[] series = [.. csv.Skip(1).Select(line => line.Split(',')).Select(cells => cells.Single(cell => cell is "loss" or "objective_gap" or "grad_norm"
            or "nuclear_norm" or "nuclear_rank" or "grad_ratio.W1" or "weight_op_norm.W1" or "activations.layer1" or "activation_op_norm.A1"))];
        series.Distinct().Count().ShouldBe(9, "every series is exported, also those that the plan does not need");
        csv.Length.ShouldBe(1 + (8 * 9));
        Specgd("sweep", "export", sweep, "--series", "loss").Output.TrimEnd().Split('\n').Length.ShouldBe(1 + 8);
        Specgd("sweep", "export", sweep, "--series", "los").ExitCode.ShouldBe(2);
        csv[0].ShouldStartWith("part,task,experiment,status,attempts,wall_seconds,seed,");
        var json = JsonNode.Parse(Specgd("sweep", "results", sweep, "--json").Output)!;
        json["parts"]![0]!["best"]!.AsArray().Count.ShouldBe(2);
        var refused = Specgd("sweep", "results", sweep, "--x", "dim", "--y", "loss.final");
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("--x dim has one value in the part small");
    }

    /// <summary>No heading speaks of a p that no row has, and no sentence of a test that is not made.</summary>
    [Theory]
    [InlineData(
        """ "options": { "dim": 8, "feature-dim": 4, "num-samples": 20, "steps": 20, "specgd-restart-frequency": 0, "specgd-from-peak": false, "method-lr": { "specgd": 1e9 } } """,
        "Not tested against method GD: SpecGD, since repetitions diverged, and those that are left are no sample.")]
    [InlineData(
        """
        "options": { "dim": 8, "feature-dim": 4, "num-samples": 20, "steps": 20, "specgd-restart-frequency": 0, "specgd-from-peak": false },
        "list": [ { "method-lr": { "gradient_descent": 0.05, "specgd": 0.02 } }, { "method-lr": { "gradient_descent": 0.1, "specgd": 0.04 } } ]
        """,
        "Methods are not tested at one step size, whose unit is each method's own, and so nothing is tested: with 'tune' in the sweep file each method is tested at the best of its values.")]
    public void What_is_not_tested_is_said_as_it_is(string rest, string sentence)
    {
        File.WriteAllText(
            Path.Combine(Folder, "small.json"),
            $$"""{ "experiment": "random-feature", "name": "small", "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, {{rest}}, "grid": { "seed": [0, 1] } }""");

        var said = SpecgdProcess.Run(Folder, ["sweep", "small.json", "--output", "s"]);

        said.Output.ShouldContain(sentence, customMessage: said.Error);
        said.Output.ShouldNotContain("; p against");
        said.Output.ShouldNotContain("each at the best of the values tried");
    }

    [SkippableFact]
    public void A_crash_and_a_refusal_leave_the_rest_whole_and_retry_runs_them_again()
    {
        Skip.If(OperatingSystem.IsWindows(), "written for a Unix shell");
        // The second task is long, and is killed from outside; the first diverges, which is a result.
        File.WriteAllText(Path.Combine(Folder, "f.json"), """
            { "experiment": "random-feature", "options": { "dim": 12, "feature-dim": 6, "num-samples": 40, "specgd-restart-frequency": 0, "specgd-from-peak": false },
              "list": [ { "steps": 400, "method-lr": { "gradient_descent": 1e9 } }, { "steps": 60000 }, { "steps": 30 } ], "grid": { "seed": [0] } }
            """);
        using var process = SpecgdProcess.Start(Folder, ["sweep", "f.json", "--workers", "2", "--threads", "2", "--output", "s"]);
        int victim = 0;
        SpinWait.SpinUntil(() => (victim = RunningTask("steps=60000")) > 0 || process.HasExited, TimeSpan.FromMinutes(2)).ShouldBeTrue();
        Process.Start("sh", ["-c", $"kill -9 {victim}"])!.WaitForExit();
        var said = SpecgdProcess.Finish(process);

        said.ExitCode.ShouldBe(1, said.Error);
        said.Error.ShouldContain("It was killed (SIGKILL)");
        said.Error.ShouldContain("2 of 3 tasks have a result");
        string status = Specgd("sweep", "status", "s").Output;
        status.ShouldContain("crashed");
        status.ShouldContain("diverged");

        var again = Specgd("sweep", "retry", "s");

        again.ExitCode.ShouldBe(0, again.Error);
        again.Error.ShouldContain("2 done before, 1 to run");
        again.Error.ShouldContain("3 of 3 tasks have a result");
    }

    [SkippableFact]
    public void Interrupted_the_sweep_stops_its_tasks_which_go_on_where_they_were()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        File.WriteAllText(Path.Combine(Folder, "f.json"), """
            { "experiment": "random-feature", "options": { "dim": 12, "feature-dim": 6, "num-samples": 40, "specgd-restart-frequency": 0, "steps": 30000 },
              "grid": { "seed": [0, 1] } }
            """);
        using var process = SpecgdProcess.Start(Folder, ["sweep", "f.json", "--workers", "1", "--threads", "1", "--output", "s"]);
        int task = 0;
        SpinWait.SpinUntil(() => (task = RunningTask("seed=0")) > 0 || process.HasExited, TimeSpan.FromMinutes(2)).ShouldBeTrue();
        using (var moment = new ManualResetEventSlim())
            moment.Wait(TimeSpan.FromSeconds(1));
        Process.Start("sh", ["-c", $"kill -TERM {process.Id}"])!.WaitForExit(); // to the sweep alone: it passes the request on

        var said = SpecgdProcess.Finish(process);

        Skip.If(said.ExitCode == 0, "this machine is so fast that the sweep was over");
        said.ExitCode.ShouldBe(143, said.Error);
        said.Error.ShouldContain("stopped; the same command resumes it");
        said.Error.ShouldContain("of 2 tasks have a result");
        said.Output.ShouldBeEmpty("nothing follows from a part of a sweep");
        Directory.Exists($"/proc/{task}").ShouldBeFalse("no process is left behind");
        Specgd("sweep", "status", "s").Output.ShouldContain("interrupted");
        Specgd("sweep", "f.json", "--output", "s").ExitCode.ShouldBe(0);
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(Folder, "s"), "task.log", SearchOption.AllDirectories)
            .First(log => File.ReadAllText(log).Contains("was interrupted", StringComparison.Ordinal))).ShouldContain("going on with what an interrupted run left");
    }

    [Fact]
    public void The_dry_run_for_Slurm_prints_the_script_and_writes_nothing()
    {
        File.WriteAllText(Path.Combine(Folder, "small.json"), Small);

        var said = Specgd("sweep", "small.json", "--engine", "slurm", "--dry-run", "--partition", "long", "--time", "30", "--workers", "2", "--memory-limit", "2G");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain("#SBATCH --array=0-3%2");
        said.Output.ShouldContain("#SBATCH --partition=long");
        said.Output.ShouldContain("#SBATCH --mem=2048M");
        said.Output.ShouldMatch("SpecGD\\.Cli\\.dll['\"]? sweep task", "in quotation marks where the path has spaces");
        Directory.Exists(Path.Combine(Folder, "runs")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("sweep nowhere.json", "nowhere.json cannot be read as a sweep file: there is no such file.")]
    [InlineData("sweep .", ". is a directory; a sweep file is a JSON file.")]
    [InlineData("sweep status .", ". is no folder of a sweep")]
    [InlineData("sweep fair-comparison --engine cloud", "--engine takes one of local, slurm; 'cloud' is not.")]
    [InlineData("sweep fair-comparison --workers 0", "--workers takes a whole number from 1 to 100000; '0' is not.")]
    [InlineData("sweep fair-comparison --memory-limit much", "--memory-limit takes an amount of memory from 64M on")]
    [InlineData("sweep fair-comparison --output /dev/null/s", "The output folder /dev/null/s cannot be written")]
    public void Bad_input_is_one_sentence(string arguments, string sentence)
    {
        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Output.ShouldBeEmpty();
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    [Fact]
    public void A_misspelt_name_is_refused_before_a_run_or_told_after_it()
    {
        File.WriteAllText(Path.Combine(Folder, "known.json"), Small.Replace("loss.final", "loss.finl", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(Folder, "table.json"), """
            { "experiment": "nsr-table", "name": "table", "metrics": ["excat"], "options": { "dims": [8], "seeds": 1, "samples": 16 }, "grid": { "seed": [0, 1] } }
            """);

        var known = Specgd("sweep", "known.json");
        known.ExitCode.ShouldBe(2, known.Error);
        known.Error.ShouldContain("Did you mean 'loss.final'?");
        Directory.Exists(Path.Combine(Folder, "runs")).ShouldBeFalse("nothing is written");

        var table = Specgd("sweep", "table.json");
        table.ExitCode.ShouldBe(2, table.Error);
        table.Error.ShouldContain("2 of 2 tasks have a result");
        table.Error.ShouldContain("Did you mean 'exact'?");
        table.Error.ShouldContain("table: no figure is drawn. No result has what 'metrics' names.");
        string sweep = Path.Combine("runs", "sweeps", "table");
        Specgd("sweep", "results", sweep).ExitCode.ShouldBe(2);

        File.WriteAllText(Path.Combine(Folder, "table.json"), File.ReadAllText(Path.Combine(Folder, "table.json")).Replace("excat", "exact", StringComparison.Ordinal));
        var corrected = Specgd("sweep", "table.json");
        corrected.ExitCode.ShouldBe(0, corrected.Error);
        corrected.Error.ShouldContain("2 done before, 0 to run");
        corrected.Output.ShouldContain("means over repetitions");
        corrected.Error.ShouldContain("table: no figure is drawn.");

        var exported = Specgd("sweep", "export", sweep);
        exported.Output.Split('\n')[0].ShouldContain("activation,Σ,d,method,series");
        exported.Error.ShouldContain("of nsr-table the numbers of its table are written; --long writes all that was recorded, series too");
        string[] all = Specgd("sweep", "export", sweep, "--long").Output.TrimEnd().Split('\n');
        all[0].ShouldEndWith(",activation,covariance,d,series,step,index,value");
        all.ShouldContain(line => line.Contains(",relu,identity,8,effective_rank.mean,,,", StringComparison.Ordinal));
        var one = JsonNode.Parse(Specgd("sweep", "export", sweep, "--long", "--series", "effective_rank.mean", "--format", "json").Output)!.AsArray();
        one.ShouldAllBe(row => row!["series"]!.GetValue<string>() == "effective_rank.mean");
        Specgd("sweep", "export", sweep, "--long", "--series", "effectve_rank.mean").Error.ShouldContain("Did you mean 'effective_rank.mean'?");
    }

    /// <summary>The process that computes the task with these options at this moment, or 0.</summary>
    private int RunningTask(string options)
    {
        string tasks = Path.Combine(Folder, "s", "tasks");
        if (!Directory.Exists(tasks))
            return 0;
        var (name, value) = (options.Split('=')[0], options.Split('=')[1]);
        foreach (string file in Directory.EnumerateFiles(tasks, "attempts.jsonl", SearchOption.AllDirectories))
        {
            string[] lines = File.ReadAllText(file).TrimEnd().Split('\n');
            string log = Path.Combine(Path.GetDirectoryName(file)!, "task.log");
            bool isIt = Specified(Path.GetFileName(Path.GetDirectoryName(file)!), name, value);
            if (isIt && lines[^1].Contains("started", StringComparison.Ordinal) && File.Exists(log))
                return (int)JsonNode.Parse(lines[^1])!["process"]!;
        }
        return 0;
    }

    private bool Specified(string key, string name, string value)
    {
        var sweep = SpecGD.Sweeps.SweepFolder.Open(Path.Combine(Folder, "s"));
        return sweep.Tasks.Any(task => task.Key == key && SpecGD.Sweeps.AxisText.Of(task.Identity.Options[name]) == value);
    }
}
