using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

public class RandomFeatureTests
{
    private static readonly RandomFeatureOptions Small = new() { Dim = 12, FeatureDim = 6, NumSamples = 40, Steps = 30, SpecgdRestartFrequency = 10 };

    [Fact]
    public void The_log_has_the_names_and_nesting_that_the_authors_plotting_scripts_read()
    {
        var options = new RandomFeatureOptions { Dim = 8, FeatureDim = 4, NumSamples = 30, Steps = 12, SpecgdRestartIters = [5] };
        var json = JsonNode.Parse(RunLogFile.Serialize(new RandomFeature().Run(options, RunContext.Silent).Log))!;

        json["run_id"].ShouldNotBeNull();
        ((string)json["config"]!["activation"]!).ShouldBe("relu");
        foreach (string key in new[] { "stable_rank_A", "activation_op_norm", "activation_fro_norm" })
            ((double)json["dataset"]![key]!).ShouldBeGreaterThan(0);
        json["methods"]!.AsObject().Select(m => m.Key).ShouldBe(["gradient_descent", "specgd", "specgd_from_iter_5", "specgd_from_peak"]);
        foreach (var (name, method) in json["methods"]!.AsObject())
        {
            var metadata = method!["metadata"]!;
            ((string)metadata["update_kind"]!).ShouldBe(name == "gradient_descent" ? "gd" : "specgd");
            ((string)metadata["source"]!).ShouldBe(
                name == "specgd_from_peak" ? "nuclear_rank_peak" : name.Contains("_from_", StringComparison.Ordinal) ? "gradient_descent" : "zero");
            ((double)metadata["lr"]!).ShouldBeGreaterThan(0);
            ((int)metadata["stop_iter"]!).ShouldBe(11);
            int start = (int)metadata["start_iter"]!;
            string[] series =
            [
                "loss", "objective_gap", "grad_norm", "nuclear_norm", "nuclear_rank", "grad_ratio.W1", "weight_op_norm.W1", "activations.layer1",
                "activation_op_norm.A1",
            ];
            foreach (string path in series)
            {
                var found = path.Split('.').Aggregate(method, (node, key) => node?[key]!).ShouldNotBeNull($"{name}.{path}");
                found["steps"]!.AsArray().Select(step => (int)step!).ShouldBe(Enumerable.Range(start, 12 - start));
                found["values"]!.AsArray().Count.ShouldBe(12 - start);
            }
        }
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("relu_square")]
    [InlineData("gelu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("swiglu")]
    public void Every_activation_trains(string activation)
    {
        var result = new RandomFeature().Run(Small with { Activation = activation }, RunContext.Silent);

        result.Status.ShouldBe(RunStatus.Finished);
        foreach (var (name, method) in result.Log.Methods)
        {
            var loss = method.Find("loss")!;
            if (loss.Count > 1) // the peak may be the last step
                (loss.Values[^1] < loss.Values[0]).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Trajectories_stand_in_the_log_in_the_order_of_the_figure()
    {
        var log = new RandomFeature().Run(Small, RunContext.Silent).Log;

        log.Methods.Keys.ShouldBe(["gradient_descent", "specgd", "specgd_from_iter_10", "specgd_from_iter_20", "specgd_from_peak"]);
        log.Methods["specgd_from_iter_20"].Find("loss")!.Steps.ShouldBe(Enumerable.Range(20, 10));
    }

    [Fact]
    public void A_restart_begins_at_the_iterate_of_gradient_descent_before_that_update()
    {
        var log = new RandomFeature().Run(Small, RunContext.Silent).Log;

        log.Methods["specgd_from_iter_10"].Find("loss")!.Values[0].ShouldBe(log.Methods["gradient_descent"].Find("loss")!.Values[10]);
    }

    [Theory]
    [InlineData(1000, 100, null, new[] { 100, 200, 300, 400, 500, 600, 700, 800, 900 })]
    [InlineData(100, 100, null, new int[0])]
    [InlineData(101, 100, null, new[] { 100 })]
    [InlineData(100, 0, null, new int[0])]
    [InlineData(100, 10, new[] { 50, -3, 0, 100, 99, 50 }, new[] { 50, 99 })]
    [InlineData(100, 10, new int[0], new int[0])]
    public void Restart_steps_come_from_the_list_or_else_the_frequency(int steps, int frequency, int[]? list, int[] expected) =>
        (Small with { Steps = steps, SpecgdRestartFrequency = frequency, SpecgdRestartIters = list }).RestartSteps().ShouldBe(expected);

    [Fact]
    public void Steps_default_to_those_of_the_figures()
    {
        new RandomFeatureOptions().ResolvedSteps.ShouldBe(1000);
        new RandomFeatureOptions { Activation = "swiglu" }.ResolvedSteps.ShouldBe(400);
    }

    [Fact]
    public void A_step_size_given_by_the_user_replaces_the_natural_one_and_governs_the_restarts()
    {
        var options = Small with { MethodLr = new Dictionary<string, double> { ["specgd"] = 1e-4 } };

        var log = new RandomFeature().Run(options, RunContext.Silent).Log;

        ((double)log.Methods["specgd"].Metadata["lr"]!).ShouldBe(1e-4);
        ((double)log.Methods["specgd_from_peak"].Metadata["lr"]!).ShouldBe(1e-4);
        ((double)log.Methods["gradient_descent"].Metadata["lr"]!).ShouldNotBe(1e-4);
    }

    [Fact]
    public void A_step_too_large_ends_the_run_naming_method_and_step_and_keeps_the_log()
    {
        var options = Small with { Steps = 2000, MethodLr = new Dictionary<string, double> { ["gradient_descent"] = 1000 } };

        var result = new RandomFeature().Run(options, RunContext.Silent);

        result.Status.ShouldBe(RunStatus.Diverged);
        var loss = result.Log.Methods["gradient_descent"].Find("loss")!;
        loss.Count.ShouldBeInRange(10, 1999);
        loss.Values.ShouldAllBe(v => double.IsFinite(v));
        result.Detail.ShouldNotBeNull().ShouldStartWith($"Gradient descent diverged at step {loss.Count}: ");
        result.Detail.ShouldContain("W1");
        result.Log.Methods["specgd"].Find("loss")!.Count.ShouldBe(2000, "the other trajectory of the wave is kept whole");
        result.Log.Methods.ContainsKey("specgd_from_iter_10").ShouldBeFalse("restarts need gradient descent's iterates");
    }

    [Fact]
    public void Cancellation_ends_every_trajectory_between_two_steps()
    {
        using var source = new CancellationTokenSource();
        var context = new RunContext(new CancelAt(source, step: 5), source.Token);

        var result = new RandomFeature().Run(Small with { Steps = 5000 }, context);

        result.Status.ShouldBe(RunStatus.Interrupted);
        result.Log.Methods["gradient_descent"].Find("loss")!.Count.ShouldBeInRange(1, 4999);
    }

    [Fact]
    public void Features_that_are_all_zero_are_refused_in_a_sentence()
    {
        // One input dimension and one sample: with some seed the only feature is negative, and ReLU makes it zero.
        var options = Enumerable.Range(0, 20).Select(seed => new RandomFeatureOptions { Dim = 1, FeatureDim = 1, NumSamples = 1, Steps = 2, Seed = (ulong)seed });

        var refusals = options.Select(o => Record.Exception(() => new RandomFeature().Run(o, RunContext.Silent))).OfType<BadInputException>().ToArray();

        refusals.ShouldNotBeEmpty();
        refusals[0].Message.ShouldContain("nothing to fit");
    }

    [Fact]
    public void The_summary_says_what_the_numbers_support()
    {
        var experiment = new RandomFeature();
        var summary = experiment.Summarise(experiment.Run(Small with { Activation = "relu" }, RunContext.Silent).Log);

        summary.Rows.Count.ShouldBe(5);
        summary.Rows.ShouldAllBe(r => r.Select(p => p.Key).SequenceEqual(summary.Rows[0].Select(p => p.Key)));
        summary.Sentences.Count.ShouldBe(3);
        summary.Sentences[0].ShouldContain("has the lowest loss of 5 methods");
        summary.Sentences[1].ShouldContain("nr(G) >= st(A)");
    }

    [Fact]
    public void The_summary_claims_no_winner_where_a_loss_is_zero()
    {
        var options = new RandomFeatureOptions { Dim = 1, FeatureDim = 1, NumSamples = 4, Steps = 50 };
        var experiment = new RandomFeature();

        experiment.Summarise(experiment.Run(options, RunContext.Silent).Log).Sentences[^1].ShouldBe("At least one of the two reached a loss of zero, so the last losses have no ratio.");
    }

    [Fact]
    public void Every_setting_reaches_the_manifest()
    {
        var json = Setting.ToJson(Small);

        json.Select(p => p.Key).ShouldBe(["dim", "feature-dim", "num-samples", "steps", "activation", "seed", "specgd-restart-frequency", "specgd-restart-iters", "specgd-from-peak", "method-lr", "optimizer", "adaptive-hysteresis", "adaptive-refresh"]);
        ((int)json["dim"]!).ShouldBe(12);
    }

    private sealed class CancelAt(CancellationTokenSource source, int step) : IProgressReporter, IProgressTask
    {
        public IProgressTask Begin(string name, int total) => this;

        public void Advance(int done)
        {
            if (done >= step)
                source.Cancel();
        }

        public void End(string remark)
        {
        }
    }
}
