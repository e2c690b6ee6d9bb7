using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>The sentence under a table names the best of all methods that ran, and the resolved options hold what was used.</summary>
public class HeadlineTests
{
    /// <summary>The loss with which every made-up method starts.</summary>
    private const double First = 1e5;

    private static readonly IExperiment Sparse = new SparseRegression(), Features = new RandomFeature();

    [Fact]
    public void The_headline_names_the_lowest_of_all_methods_whatever_its_name()
    {
        var log = Log(("gradient_descent", 6.56), ("specgd", 1), ("muon", 0.5), ("adamw", 1e-4));
        Sparse.Summarise(log).Sentences[0].ShouldBe(
            "At the last of 3 steps AdamW has the lowest loss of 4 methods: Muon is 5000 times higher, SpecGD is 10000 times higher and gradient descent is 65600 times higher.");
        foreach (string best in log.Methods.Keys)
        {
            var other = Log([.. log.Methods.Keys.Select(name => (name, name == best ? 1e-9 : 1.0))]);
            foreach (var experiment in new[] { Sparse, Features })
                experiment.Summarise(other).Sentences[0].ShouldStartWith($"At the last of 3 steps {BestMethodName(best)} has the lowest loss of 4 methods: ");
        }
    }

    [Fact]
    public void Two_methods_are_compared_and_level_ones_are_called_so()
    {
        Sparse.Summarise(Log(("gradient_descent", 6.56), ("specgd", 1))).Sentences[0]
            .ShouldBe("At the last of 3 steps SpecGD has the lowest loss: gradient descent is 6.56 times higher.");
        Sparse.Summarise(Log(("gradient_descent", 1.01), ("specgd", 1))).Sentences[0].ShouldBe("At the last of 3 steps SpecGD and gradient descent are level.");
        Sparse.Summarise(Log(("gradient_descent", 5), ("specgd", 1), ("adaptive", 1.02))).Sentences[0]
            .ShouldBe("At the last of 3 steps SpecGD and the adaptive method are level and have the lowest loss of 3 methods: gradient descent is 5 times higher.");
        Sparse.Summarise(Log(("gradient_descent", 5), ("specgd", 0))).Sentences[0]
            .ShouldBe("At the last of 3 steps SpecGD has the lowest loss, which is zero, so that it has no ratio to the others.");
    }

    /// <summary>A restart from the last step alone has the loss of the method that it begins from.</summary>
    [Fact]
    public void A_method_that_made_no_update_is_not_compared()
    {
        var log = Log(("gradient_descent", 5), ("specgd", 6.5));
        log.Methods["specgd_from_2"] = new MethodLog();
        log.Methods["specgd_from_2"].Record("loss", 2, 5);

        string[] sentences = [.. Features.Summarise(log).Sentences];

        sentences[0].ShouldBe("At the last of 3 steps gradient descent has the lowest loss: SpecGD is 1.3 times higher.");
        sentences[1].ShouldEndWith(" is not compared: no update was made.");
    }

    /// <summary>Methods that are level have no winner, and judge no rule.</summary>
    [Theory]
    [InlineData(1.01, 1, null)]
    [InlineData(1, 1.04, null)]
    [InlineData(1.2, 1, "Of the two from zero SpecGD ended 1.2 times lower: as the rule says for most of the run.")]
    [InlineData(1, 1.2, "Of the two from zero gradient descent ended 1.2 times lower: not what the rule says for most of the run.")]
    public void Level_methods_judge_no_rule(double descent, double spectral, string? verdict)
    {
        var log = Log(("gradient_descent", descent), ("specgd", spectral));
        log.Dataset["stable_rank_A"] = 2;
        for (int step = 0; step < 3; step++)
            log.Methods["gradient_descent"].Record("nuclear_rank", step, 5);

        string[] sentences = [.. Features.Summarise(log).Sentences];

        sentences[^1].ShouldBe(verdict ?? "Whether the rule was right cannot be decided: the two from zero are level.");
        if (verdict is null)
        {
            sentences[0].ShouldEndWith(" are level.");
            sentences.ShouldNotContain(sentence => sentence.Contains("times lower", StringComparison.Ordinal) || sentence.Contains("the rule says", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_rule_that_favours_either_for_half_of_the_run_is_not_judged()
    {
        var log = Log(("gradient_descent", 5), ("specgd", 1));
        log.Dataset["stable_rank_A"] = 2;
        log.Methods["gradient_descent"].Record("nuclear_rank", 0, 5);
        log.Methods["gradient_descent"].Record("nuclear_rank", 1, 1);
        Features.Summarise(log).Sentences[^1].ShouldBe("Of the two from zero SpecGD ended 5 times lower: the rule favoured either for half of the run.");
    }

    [Fact]
    public void Where_all_diverged_none_is_called_the_best()
    {
        var log = Log(("gradient_descent", 2.9e26), ("specgd", 1.3e41));
        foreach (var method in log.Methods.Values)
            method.Find("loss")!.Values[^1].ShouldBeGreaterThan(method.Find("loss")!.Values[0]);
        log.Config["num_steps"] = 40;
        Sparse.Summarise(log).Sentences[0].ShouldBe("No method is best: none reached the last of 40 steps, and every loss ends above its start.");
        log.Config["num_steps"] = 3;
        Sparse.Summarise(log).Sentences.Take(3).ShouldBe(
        [
            "No method is best: every loss ends above its start.",
            "Gradient descent diverged: its loss ended 2.9e21 times as high as it started.",
            "SpecGD diverged: its loss ended 1.3e36 times as high as it started.",
        ]);
    }

    [Fact]
    public void A_method_that_diverged_is_neither_the_best_nor_compared()
    {
        var log = Log(("gradient_descent", 2.7e112), ("specgd", 3.7e182), ("specgd_from_peak", 1));
        foreach (var experiment in new[] { Sparse, Features })
            experiment.Summarise(log).Sentences.Take(3).ShouldBe(
            [
                "At the last of 3 steps SpecGD from the peak alone is left, with the loss 1.",
                "Gradient descent diverged: its loss ended 2.7e107 times as high as it started.",
                "SpecGD diverged: its loss ended 3.7e177 times as high as it started.",
            ]);
    }

    [Fact]
    public void A_loss_that_ends_a_little_above_its_start_has_not_diverged_and_is_not_the_best()
    {
        var log = Log(("gradient_descent", 1.01 * First), ("specgd", 4 * First));
        string[] sentences = [.. Sparse.Summarise(log).Sentences];
        sentences[0].ShouldBe("No method is best: every loss ends above its start.");
        sentences[1].ShouldBe("SpecGD diverged: its loss ended 4 times as high as it started.");
        Sparse.Summarise(Log(("gradient_descent", 1.01 * First), ("specgd", 1))).Sentences.Take(2).ShouldBe(
            ["At the last of 3 steps SpecGD alone is left, with the loss 1.", "Gradient descent is not compared: what ends above its start has not trained."]);
    }

    [Theory]
    [InlineData(1e112, 1e182, "the losses of both end above their starts")]
    [InlineData(1e112, 1, "the loss of gradient descent ends above its start")]
    [InlineData(1, 1e112, "the loss of SpecGD ends above its start")]
    [InlineData(1, 2, null)]
    public void There_is_no_verdict_on_the_rule_where_one_of_the_two_ends_above_its_start(double descent, double spectral, string? why)
    {
        var log = Log(("gradient_descent", descent), ("specgd", spectral));
        log.Dataset["stable_rank_A"] = 2.0;
        for (int step = 0; step < 3; step++)
            log.Methods["gradient_descent"].Record("nuclear_rank", step, 1);
        string last = Features.Summarise(log).Sentences[^1];
        if (why is null)
            last.ShouldStartWith("Of the two from zero gradient descent ended 2 times lower");
        else
            last.ShouldBe($"Whether the rule was right cannot be decided: {why}.");
    }

    [Fact]
    public void The_loss_before_the_first_update_compares_nothing()
    {
        var log = Log(("gradient_descent", 5), ("specgd", 1));
        log.Methods.Clear();
        log.Methods.Add("gradient_descent", Method(steps: 1, last: First));
        log.Methods.Add("specgd", Method(steps: 1, last: First));
        foreach (var experiment in new[] { Sparse, Features })
            experiment.Summarise(log).Sentences.ShouldBe(["No method is best: the log ends with the loss before the first update."]);
    }

    [Fact]
    public void A_method_that_ended_early_is_not_the_best_and_is_named()
    {
        var log = Log(("gradient_descent", 5), ("specgd", 1));
        log.Methods.Add("adamw", Method(steps: 2, last: 1e-9));
        Sparse.Summarise(log).Sentences.Take(2).ShouldBe(
            ["At the last of 3 steps SpecGD has the lowest loss: gradient descent is 5 times higher.", "AdamW did not reach the last step."]);
    }

    [Fact]
    public void Of_many_restarts_the_next_and_the_last_are_named()
    {
        var log = Log(("gradient_descent", 100), ("specgd", 4), ("specgd_from_iter_100", 1), ("specgd_from_iter_200", 2), ("specgd_from_iter_300", 8), ("specgd_from_peak", 3));
        Features.Summarise(log).Sentences[0].ShouldBe(
            "At the last of 3 steps SpecGD from step 100 has the lowest loss of 6 methods: the next, SpecGD from step 200, is 2 times higher, the last, gradient descent, 100 times.");
    }

    [Fact]
    public void Resolved_options_hold_what_was_used()
    {
        var sparse = Setting.ToJson(Sparse.Used(new SparseRegressionOptions { Dim = 16, Optimizer = ["muon"] }, Log()));
        JsonNode.DeepEquals(sparse["method-lr"], new JsonObject { ["gradient_descent"] = 0.01, ["specgd"] = 0.01, ["muon"] = 0.02, ["adamw"] = 0.001 }).ShouldBeTrue(sparse.ToJsonString());
        ((int)sparse["width"]!).ShouldBe(64);

        var options = new RandomFeatureOptions { Dim = 6, FeatureDim = 4, NumSamples = 20, Steps = 5, MethodLr = new Dictionary<string, double> { ["specgd"] = 0.25 } };
        var log = Features.Run(options, RunContext.Silent).Log;
        var used = Setting.ToJson(Features.Used(options, log))["method-lr"]!;
        ((double)used["specgd"]!).ShouldBe(0.25);
        ((double)used["gradient_descent"]!).ShouldBe((double)log.Methods["gradient_descent"].Metadata["lr"]!);
    }

    /// <summary>No option of an experiment that ran by itself is left to be guessed: unset is only what has no number, such as one for each of several k.</summary>
    [Fact]
    public void What_stays_unset_is_named_here()
    {
        string[] known = ["nuclear-rank-growth num-samples", "nuclear-rank-growth feature-dim", "stable-rank-sweep gd-lr", "stable-rank-sweep specgd-lr"];
        var unset = from experiment in ExperimentCatalog.All
                    where experiment.IsOffered
                    from option in Setting.ToJson(experiment.Resolve(Activator.CreateInstance(experiment.OptionsType)!))
                    where option.Value is null
                    select $"{experiment.Name} {option.Key}";
        unset.Except(known).Where(name => !name.StartsWith("adaptive-comparison most-", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string BestMethodName(string method) => method switch
    {
        "gradient_descent" => "gradient descent",
        "specgd" => "SpecGD",
        "muon" => "Muon",
        _ => "AdamW",
    };

    private static RunLog Log(params (string Name, double Last)[] methods)
    {
        var log = new RunLog("made-up");
        foreach (var (name, last) in methods)
            log.Methods.Add(name, Method(steps: 3, last));
        return log;
    }

    private static MethodLog Method(int steps, double last)
    {
        var method = new MethodLog();
        for (int step = 0; step < steps; step++)
            method.Record("loss", step, step == steps - 1 ? last : First);
        return method;
    }
}
