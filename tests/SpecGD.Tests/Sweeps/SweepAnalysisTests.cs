using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Tests.Sweeps;

public class SweepAnalysisTests
{
    private const double Rounding = 1e-12;

    private static readonly SweepPart Part = SweepFile.Of((JsonObject)JsonNode.Parse("""
        { "experiment": "random-feature", "options": { "dim": 4 },
          "grid": { "method-lr": [ { "gradient_descent": 1, "specgd": 5 }, { "gradient_descent": 2, "specgd": 5 }, { "gradient_descent": 3, "specgd": 7 } ], "seed": [0, 1, 2] },
          "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, "tune": "method-lr" }
        """)!, "f", "f", quick: false).Parts[0];

    [Fact]
    public void Settings_are_means_over_seeds_by_each_methods_own_step_size()
    {
        var settings = SweepAnalysis.Settings(Part, Results());

        settings.Select(s => $"{s["method-lr"]} {s["method"]}").ShouldBe(["1 gradient_descent", "2 gradient_descent", "3 gradient_descent", "5 specgd", "7 specgd"]);
        settings[0].Estimate!.Mean.ShouldBe(11);
        settings[0].Values.Count.ShouldBe(3);
        // SpecGD at 5 is part of two tasks of each seed; it counts once.
        settings[3].Values.Count.ShouldBe(3);
    }

    [Fact]
    public void The_best_value_is_the_least_mean_of_those_that_never_diverged_and_methods_are_compared_at_their_best()
    {
        var best = SweepAnalysis.Best(Part, Results());

        best.Select(b => $"{b["method"]} {b["method-lr"]}").ShouldBe(["gradient_descent 2", "specgd 5"], ignoreOrder: true);
        var descent = best.Single(b => b["method"] == "gradient_descent");
        descent.IsAtEdge.ShouldBeFalse("3 diverged for one seed, but it was tried");
        descent.AgainstBaseline.ShouldBeNull();
        var test = best.Single(b => b["method"] == "specgd").AgainstBaseline!;
        test.Name.ShouldBe(Significance.PairedName);
        // 6, 5.5, 5 against 6, 6.5, 7: differences 0, −1, −2, mean −1, s/√n = 1/√3.
        (Math.Abs(test.T + Math.Sqrt(3)) <= Rounding).ShouldBeTrue($"{test}");
    }

    [Fact]
    public void Methods_are_not_tested_at_one_number_of_a_step_size_whose_unit_is_each_methods_own()
    {
        SweepAnalysis.LeavesOutTests(Part).ShouldBeTrue();
        var settings = SweepAnalysis.Settings(Part, [.. SameStepSizes()]);
        settings.Count.ShouldBe(6, "two methods at three numbers");
        settings.ShouldAllBe(setting => setting.AgainstBaseline == null);

        var overDims = Part with { Grid = [KeyValuePair.Create<string, IReadOnlyList<JsonNode>>("dim", [1, 2]), .. Part.Grid.Where(a => a.Key == "seed")] };
        SweepAnalysis.LeavesOutTests(overDims).ShouldBeFalse("dimensions are alike for all methods");
    }

    [Fact]
    public void Before_every_task_has_a_result_none_is_best_and_nothing_is_tested()
    {
        var plan = Part with { Analysis = Part.Analysis with { Baseline = new Dictionary<string, string> { ["method-lr"] = "1" } } };
        var whole = Results();
        List<TaskResult> cut = [.. whole.Select((r, i) => i > 0 ? r : r with { Record = r.Record with { State = TaskState.Interrupted }, Observations = [] })];

        SweepAnalysis.Best(Part, whole).ShouldNotBeEmpty();
        SweepAnalysis.Settings(plan, whole).ShouldContain(setting => setting.AgainstBaseline != null);
        SweepAnalysis.Best(Part, cut).ShouldBeEmpty();
        SweepAnalysis.Settings(plan, cut).ShouldAllBe(setting => setting.AgainstBaseline == null);
        Coverage.Of(Part, cut).ToString().ShouldBe("8 of 9 tasks have a result");
    }

    [Fact]
    public void Survivors_are_counted_and_never_tested()
    {
        var plan = Part with { Analysis = Part.Analysis with { Baseline = new Dictionary<string, string> { ["method-lr"] = "1" } } };

        var settings = SweepAnalysis.Settings(plan, Results());

        var survivors = settings.Single(s => s["method"] == "gradient_descent" && s["method-lr"] == "3");
        (survivors.IsWhole, survivors.CountText, survivors.AgainstBaseline).ShouldBe((false, "2 of 3", null));
        settings.Single(s => s["method"] == "gradient_descent" && s["method-lr"] == "2").AgainstBaseline.ShouldNotBeNull();
        (settings[0].IsWhole, settings[0].CountText).ShouldBe((true, "3"));
    }

    /// <summary>Both methods at the numbers 1, 2 and 3, with losses that a test would tell apart.</summary>
    private static IEnumerable<TaskResult> SameStepSizes()
    {
        var part = Part with { Grid = [KeyValuePair.Create<string, IReadOnlyList<JsonNode>>("method-lr", [.. Enumerable.Range(1, 3).Select(BothAt)]), .. Part.Grid.Where(a => a.Key == "seed")] };
        foreach (var task in SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f"))
        {
            double seed = task.Identity.Options["seed"]!.GetValue<ulong>();
            yield return new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                [Loss("gradient_descent", 10 + seed, false), Loss("specgd", 2 + (seed * seed), false)]);
        }

        static JsonNode BothAt(int lr) => new JsonObject { ["gradient_descent"] = lr, ["specgd"] = lr };
    }

    /// <summary>A setting that was not tested is named with the reason, and one that was is not.</summary>
    [Fact]
    public void What_was_not_tested_is_named_with_the_reason()
    {
        var seeds = Part with
        {
            Grid = [.. Part.Grid.Where(a => a.Key == "seed")],
            Analysis = Part.Analysis with { Tune = null },
        };
        string Said(bool descentDiverges, bool spectralDiverges, int replicates, double scatter)
        {
            TaskResult[] results =
            [
                .. SweepExpansion.Expand(new SweepDefinition("s", "", [seeds], []), "f").Take(replicates).Select((task, i) => new TaskResult(
                    new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                    [Loss("gradient_descent", 10 + i, descentDiverges && i == 0), Loss("specgd", 2 + i + (scatter * i * i), spectralDiverges && i == 0)])),
            ];
            return string.Join('\n', UntestedWords.Of(seeds, SweepAnalysis.Settings(seeds, results)));
        }

        Said(false, false, 3, 1).ShouldBe("");
        Said(true, false, 3, 1).ShouldBe("Not tested against method GD: SpecGD, since 1 repetition of method GD diverged, and those that are left are no sample.");
        Said(false, true, 3, 1).ShouldBe("Not tested against method GD: SpecGD, since repetitions diverged, and those that are left are no sample.");
        Said(false, false, 1, 1).ShouldBe("Not tested against method GD: SpecGD, since one repetition alone tells nothing of how much they scatter.");
        Said(false, false, 3, 0).ShouldBe("Not tested against method GD: SpecGD, since the differences do not scatter.");
        UntestedWords.Of(Part, SweepAnalysis.Best(Part, Results()), Part.Analysis.Tune).ShouldBeEmpty("SpecGD's best value was tested against gradient descent's");
    }

    [Fact]
    public void A_best_value_at_an_end_of_those_tried_is_marked()
    {
        var best = SweepAnalysis.Best(Part, Results(divergedAtThree: false));

        var descent = best.Single(b => b["method"] == "gradient_descent");
        (descent["method-lr"], descent.IsAtEdge).ShouldBe(("3", true));
        BestWords.Of(Part, best).ShouldContain(sentence => sentence.Contains("a better one may lie beyond", StringComparison.Ordinal));
    }

    [Fact]
    public void The_sentence_names_both_step_sizes_and_the_test()
    {
        string sentence = BestWords.Of(Part, SweepAnalysis.Best(Part, Results())).First();

        sentence.ShouldContain("SpecGD at the best of 2 values of method-lr (5)", Case.Sensitive);
        sentence.ShouldContain("gradient descent at the best of 3 values of method-lr (2; 6.5)");
        sentence.ShouldEndWith("The choice among more values favours gradient descent.");
        sentence.ShouldContain("paired-t, 3 repetitions");
    }

    [Fact]
    public void What_had_one_value_is_not_called_tuned()
    {
        var results = Results().Select(r => r with { Observations = [.. r.Observations.Where(o => o.Method == "gradient_descent" || Lr(r.Task, "specgd") == 5)] }).ToList();
        string sentence = BestWords.Of(Part, SweepAnalysis.Best(Part, results)).First();

        sentence.ShouldContain("SpecGD at its only method-lr (5)", Case.Sensitive);
        sentence.ShouldContain("gradient descent at the best of 3 values of method-lr (2; 6.5)");
        sentence.ShouldEndWith("The choice among more values favours gradient descent.");
    }

    [Fact]
    public void What_is_not_defined_is_said_with_its_reason_for_each_statistic()
    {
        string[] Said(Func<double, double> value, bool logarithmic = false, int seeds = 3)
        {
            var part = Part with { Analysis = Part.Analysis with { Logarithmic = logarithmic, Baseline = new Dictionary<string, string>() } };
            var results = Results(divergedAtThree: false).Where(r => Seed(r) < seeds)
                .Select(r => r with { Observations = [.. r.Observations.Select(o => o.Method == "specgd" ? o with { Final = value(Seed(r)) } : o)] });
            return [.. UndefinedWords.Of(part, SweepAnalysis.Settings(part, [.. results]))];
        }

        const string settings = " for SpecGD method-lr=5 and SpecGD method-lr=7: ";
        Said(seed => seed).ShouldBeEmpty();
        Said(seed => seed, logarithmic: true).ShouldBe(["loss.final has no geometric mean and no interval" + settings + "a repetition's value is 0, which has no logarithm."]);
        Said(seed => seed - 5, logarithmic: true).ShouldBe(["loss.final has no geometric mean and no interval" + settings + "a repetition's value is below 0, which has no logarithm."]);
        Said(seed => seed == 1 ? double.PositiveInfinity : 1).ShouldBe(["loss.final has no mean and no interval" + settings + "a repetition's value is not finite."]);
        Said(seed => seed == 1 ? 1e200 : 1).ShouldBe(["There is no interval" + settings + "it is wider than numbers reach."]);
        Said(seed => 1, seeds: 1).ShouldBe(["There are no intervals: every setting has one value alone."]);
    }

    private static double Seed(TaskResult result) => result.Task.Identity.Options["seed"]!.GetValue<ulong>();

    [Fact]
    public void What_a_log_holds_becomes_first_final_least_and_largest()
    {
        var log = new RunLog("r") { Config = new JsonObject { ["num_steps"] = 4 } };
        foreach (var (method, values) in new[] { ("a", new[] { 3.0, 1, 2, 2.5 }), ("b", [5.0, 9]) })
        {
            var entry = new MethodLog();
            for (int i = 0; i < values.Length; i++)
                entry.Record("loss", i, values[i]);
            entry.Record("other", 0, 1);
            log.Methods.Add(method, entry);
        }

        var observed = Observation.Of(Results()[0].Task.Experiment, log, diverged: true, []);

        observed.Count.ShouldBe(2, "the loss alone where nothing is named");
        (observed[0].First, observed[0].Final, observed[0].Min, observed[0].Max).ShouldBe((3, 2.5, (1, 1), (0, 3)));
        observed[0].Diverged.ShouldBeFalse("it reached the last of four steps");
        observed[1].Diverged.ShouldBeTrue("it stopped after two");
    }

    [Theory]
    [InlineData("loss.final", "loss.final")]
    [InlineData("loss", "loss.final loss.min")]
    [InlineData("grad_ratio.W1", "grad_ratio.W1.final grad_ratio.W1.min")]
    [InlineData("grad_ratio.W1.max", "grad_ratio.W1.max")]
    public void Metrics_are_named_by_series_and_statistic(string text, string metrics) =>
        string.Join(' ', Metric.Named(text)).ShouldBe(metrics);

    /// <summary>Results as of a sweep: the final loss by method, step size and seed.</summary>
    private static List<TaskResult> Results(bool divergedAtThree = true)
    {
        var sweep = new SweepDefinition("s", "", [Part], []);
        var results = new List<TaskResult>();
        foreach (var task in SweepExpansion.Expand(sweep, "f"))
        {
            double descent = Lr(task, "gradient_descent"), spectral = Lr(task, "specgd"), seed = task.Identity.Options["seed"]!.GetValue<ulong>();
            bool diverged = divergedAtThree && descent == 3 && seed == 1;
            double descentLoss = descent == 1 ? 10 + seed : descent == 2 ? 6 + (seed / 2) : 1 + seed;
            double spectralLoss = spectral == 5 ? 6 - (seed / 2) : 8;
            results.Add(new TaskResult(
                new TaskRecord(task, diverged ? TaskState.Diverged : TaskState.Finished, 1, 1, null, null),
                [Loss("gradient_descent", descentLoss, diverged), Loss("specgd", spectralLoss, false)]));
        }
        return results;
    }

    private static double Lr(SweepTask task, string method) => double.Parse(AxisText.For(task.Identity.Options["method-lr"], method), CultureInfo.InvariantCulture);

    private static Observation Loss(string method, double value, bool diverged) => new(method, "loss", 100, value, (9, value), (0, 100), 9, diverged);
}
