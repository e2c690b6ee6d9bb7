using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Tests.Experiments;

/// <summary>One rule says what diverged, and results, manifests and sweeps follow it.</summary>
public class DivergenceTests
{
    private static readonly RandomFeatureOptions Small = new()
    {
        Dim = 8, FeatureDim = 4, NumSamples = 32, Steps = 40, SpecgdRestartFrequency = 0, SpecgdFromPeak = false,
    };

    [Theory]
    [InlineData(27.5, 1.3e-8, false)]
    [InlineData(27.5, 27.5, false)]
    [InlineData(27.5, 2 * 27.5, false)]
    [InlineData(27.5, 2.01 * 27.5, true)]
    [InlineData(27.5, 15739.6, true)]
    [InlineData(27.5, double.PositiveInfinity, true)]
    [InlineData(27.5, double.NaN, true)]
    [InlineData(0, 1e-30, false)]
    public void What_is_not_finite_or_more_than_doubled_diverged(double start, double last, bool diverged) =>
        Divergence.IsDiverged(start, last).ShouldBe(diverged);

    [Fact]
    public void A_restart_is_measured_by_the_start_of_the_run()
    {
        var methods = new Dictionary<string, MethodLog> { ["gradient_descent"] = Losses(0, 10, 1e-6, 1e-9), ["low"] = Losses(1, 1e-6, 1e-3), ["blown_up"] = Losses(1, 1e50, 1e45) };
        Divergence.Of(methods).Where(end => end.IsDiverged).Select(end => end.Method).ShouldBe(["blown_up"]);
    }

    [Fact]
    public void A_run_diverged_where_the_losses_of_all_grew_and_tells_the_methods_also_where_some_did()
    {
        var (both, one) = (Run(gradientDescent: 3, specGd: 3), Run(gradientDescent: 1, specGd: 3));

        both.Status.ShouldBe(RunStatus.Diverged);
        both.DivergedMethods.ShouldBe(["gradient_descent", "specgd"]);
        both.Detail.ShouldNotBeNull().ShouldStartWith("Gradient descent diverged: its loss ended ");
        (one.Status, one.Detail).ShouldBe((RunStatus.Finished, null));
        one.DivergedMethods.ShouldBe(["specgd"]);
        Run(gradientDescent: 1, specGd: 1).DivergedMethods.ShouldBeEmpty();
    }

    [Fact]
    public void A_sweep_over_lambda_tells_at_which_of_them_a_method_diverged()
    {
        var options = new StableRankSweepOptions { Dim = 6, Steps = 40, Lambdas = [0, 0.1], SpecgdFromPeak = false };
        var experiment = new StableRankSweep();
        experiment.Run(options, RunContext.Silent).DivergedMethods.ShouldBeEmpty();
        var result = experiment.Run(options with { GdLr = 30 }, RunContext.Silent);
        result.Status.ShouldBe(RunStatus.Finished);
        result.DivergedMethods.ShouldBe(["λ = 0 (1 of 2): gradient_descent", "λ = 0.1 (2 of 2): gradient_descent"]);
        experiment.Run(options with { GdLr = 30, SpecgdLr = 30 }, RunContext.Silent).Status.ShouldBe(RunStatus.Diverged);
    }

    /// <summary>Summary, sweep and manifest of a run over several things follow the one rule, cell by cell.</summary>
    [Fact]
    public void A_run_over_lambda_says_what_diverged_where_and_a_sweep_counts_those_numbers_alone_as_diverged()
    {
        var options = new StableRankSweepOptions { Dim = 20, Steps = 40, LambdaCount = 3, GdLr = 5, SpecgdFromPeak = false };
        var experiment = new StableRankSweep();
        var result = experiment.Run(options, RunContext.Silent);
        result.DivergedMethods.ShouldBe(["λ = 0.12 (3 of 3): gradient_descent"]);

        experiment.Summarise(result.Log).Sentences.ShouldHaveSingleItem().ShouldStartWith("Gradient descent diverged for λ = 0.12 (3 of 3): its loss ended ");
        foreach (bool runDiverged in new[] { false, true })
        {
            var all = Observation.All(experiment, result.Log, runDiverged);
            all.Where(o => o.Diverged).Select(o => (o.Method, o.Series)).ShouldBe([("λ=0.12", "GD last loss")]);
            all.Count(o => o.Series is "GD last loss" or "SpecGD last loss").ShouldBe(6);
        }
        experiment.Summarise(experiment.Run(options with { GdLr = null }, RunContext.Silent).Log).Sentences.ShouldBeEmpty();
    }

    [Fact]
    public void Where_gradient_descent_left_the_numbers_SpecGd_has_its_result_all_the_same()
    {
        var experiment = new StableRankSweep();
        var result = experiment.Run(new() { Dim = 6, Steps = 2000, Lambdas = [0.1], GdLr = 1e3, SpecgdFromPeak = false }, RunContext.Silent);
        result.Status.ShouldBe(RunStatus.Diverged);
        result.Detail.ShouldNotBeNull().ShouldStartWith("Gradient descent for λ = 0.1 (1 of 1) diverged at step ");
        Observation.All(experiment, result.Log, diverged: true).ToDictionary(o => o.Series, o => o.Diverged)
            .ShouldBe(new Dictionary<string, bool> { ["st(A)"] = false, ["GD last loss"] = true, ["SpecGD last loss"] = false });
    }

    [Fact]
    public void Of_a_comparison_the_numbers_of_a_method_that_diverged_are_there_as_diverged_ones()
    {
        var log = new RunLog("r") { Config = new() { ["experiment"] = AdaptiveComparison.ExperimentName } };
        log.Sections["rows"] = new System.Text.Json.Nodes.JsonArray(Row("gradient_descent", 5, 1), Row("specgd", 5, null), Row("adaptive", 5, 1));
        var experiment = new AdaptiveComparison();

        experiment.EndsOf(log).Where(end => end.IsDiverged).Select(end => end.Method).ShouldBe(["sparse, seed 3: specgd"]);
        experiment.Summarise(log).Sentences.ShouldContain("SpecGD diverged for sparse, seed 3: its loss left the finite numbers.");
        Observation.All(experiment, log, diverged: false).Where(o => o.Diverged).ShouldHaveSingleItem().Series.ShouldBe("SpecGD");

        static System.Text.Json.Nodes.JsonObject Row(string method, double first, double? last) =>
            new() { ["setting"] = "sparse", ["seed"] = 3, ["method"] = method, ["first_loss"] = first, ["last_loss"] = last };
    }

    [Theory]
    [InlineData("gradient descent diverged", "Gradient descent diverged")]
    [InlineData("SpecGD diverged", "SpecGD diverged")]
    [InlineData("λ = 0.1 (1 of 2): it diverged", "λ = 0.1 (1 of 2): it diverged")]
    [InlineData("x = 3 is the last", "x = 3 is the last")]
    [InlineData("a loss is missing", "A loss is missing")]
    [InlineData("model1_k64_seed0 diverged", "model1_k64_seed0 diverged")]
    public void A_sentence_begins_with_a_capital_and_a_symbol_stays_what_it_is(string text, string begun) => Sentence.Begin(text).ShouldBe(begun);

    [Fact]
    public void A_manifest_tells_the_methods_that_diverged_and_older_ones_tell_none()
    {
        var manifest = new Manifest("random-feature", [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero) { Diverged = ["specgd"] };
        string path = Path.Combine(Directory.CreateTempSubdirectory("diverged").FullName, "manifest.json");
        File.WriteAllText(path, manifest.ToJson());
        Manifest.Read(path).Diverged.ShouldBe(["specgd"]);
        var older = System.Text.Json.Nodes.JsonNode.Parse(manifest.ToJson())!.AsObject();
        older.Remove("diverged");
        File.WriteAllText(path, older.ToJsonString());
        Manifest.Read(path).Diverged.ShouldBeEmpty();
        older["diverged"] = 3;
        File.WriteAllText(path, older.ToJsonString());
        Should.Throw<BadInputException>(() => Manifest.Read(path)).Message.ShouldContain("a list of texts was expected");
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Repetitions_of_sweeps_follow_the_same_rule_whatever_the_status_of_the_run()
    {
        var one = Run(gradientDescent: 1, specGd: 3);
        foreach (bool runDiverged in new[] { false, true })
            Observation.All(new RandomFeature(), one.Log, runDiverged).GroupBy(o => o.Method).ToDictionary(g => g.Key, g => g.All(o => o.Diverged))
                .ShouldBe(new Dictionary<string, bool> { ["gradient_descent"] = false, ["specgd"] = true });
    }

    /// <summary>Every pair of options that says from where to where has its order checked.</summary>
    [Fact]
    public void Ends_of_ranges_in_the_wrong_order_are_refused()
    {
        string[] checkedPairs = ["lambda-min", "momentum-from"]; // momentum goes from one to the other, which may be either way
        var names = ExperimentCatalog.All.SelectMany(experiment => Setting.Of(experiment.OptionsType)).Select(setting => setting.Name).Distinct().ToHashSet();
        names.Where(name => (name.EndsWith("-min", StringComparison.Ordinal) && names.Contains(name[..^3] + "max")) || (name.EndsWith("-from", StringComparison.Ordinal) && names.Contains(name[..^4] + "to")))
            .Except(checkedPairs).ShouldBeEmpty("a test below holds each of them");

        Should.Throw<BadInputException>(() => new StableRankSweep().Run(new StableRankSweepOptions { LambdaMin = 0.2 }, RunContext.Silent))
            .Message.ShouldStartWith("--lambda-min (0.2) is above --lambda-max (0.12); ");
    }

    [Fact]
    public void Of_an_interrupted_run_every_method_that_did_not_end_is_named_in_words()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var result = new RandomFeature().Run(Small, RunContext.Silent with { Cancellation = stop.Token });
        result.Status.ShouldBe(RunStatus.Interrupted);
        result.Detail.ShouldBe("Gradient descent was interrupted at step 0 of 40, SpecGD at step 0 of 40.");
    }

    [Fact]
    public void Of_many_trajectories_that_were_interrupted_their_number_is_told_and_no_name()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var told = new List<string>();
        var context = RunContext.Silent with { Cancellation = stop.Token, Progress = new Telling(told) };

        var result = new NuclearRankGrowth().Run(new NuclearRankGrowthOptions { Dims = [4, 6], Seeds = [0, 1], Steps = 3 }, context);

        result.Detail.ShouldBe("The run was interrupted: of 8 trajectories 0 had ended, 0 were under way and 8 had not begun.");
        told.ShouldBeEmpty("nothing is told of what was not begun");
    }

    /// <summary>Three methods for each λ, also those that follow one that was stopped.</summary>
    [Fact]
    public void Of_an_interrupted_sweep_over_lambda_every_trajectory_counts()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var told = new List<string>();

        var result = new StableRankSweep().Run(
            new StableRankSweepOptions { Dim = 6, Steps = 5, Lambdas = [0.01, 0.1] }, RunContext.Silent with { Cancellation = stop.Token, Progress = new Telling(told) });

        result.Detail.ShouldBe("The run was interrupted: of 6 trajectories 0 had ended, 0 were under way and 6 had not begun.");
        told.ShouldBeEmpty("nothing is told of what was not begun");
    }

    /// <summary>Keeps the names of tasks that are begun.</summary>
    private sealed class Telling(List<string> told) : IProgressReporter
    {
        public IProgressTask Begin(string name, int total)
        {
            told.Add(name);
            return SilentProgress.Instance.Begin(name, total);
        }
    }

    [Fact]
    public void A_caption_tells_where_each_method_ended_that_did_not_reach_the_last_step()
    {
        var log = new RunLog("r");
        log.Config["num_steps"] = 4;
        log.Methods.Add("gradient_descent", Losses(0, 3, 2));
        log.Methods.Add("specgd", Losses(0, 4, 3, 2, 1));
        log.Methods.Add("adamw", new MethodLog());
        EarlyEnd.Told("Losses.", log).ShouldBe("Losses. The run ended before its 4 steps: gradient descent after step 2, AdamW before its first record.");
        log.Methods.Remove("gradient_descent");
        log.Methods.Remove("adamw");
        EarlyEnd.Told("Losses.", log).ShouldBe("Losses.");
        var sparse = new MethodLog(); // a record every second step
        sparse.Record("loss", 0, 1);
        sparse.Record("loss", 2, 1);
        log.Methods.Add("muon", sparse);
        EarlyEnd.Told("Losses.", log).ShouldBe("Losses.");
    }

    /// <summary>Both methods with these factors on their natural steps; gradient descent diverges above 2.</summary>
    private static RunResult Run(double gradientDescent, double specGd)
    {
        var natural = new RandomFeature().Run(Small with { Steps = 1 }, RunContext.Silent).Log;
        double Of(string method) => JsonNumber.Of(natural.Methods[method].Metadata["lr"])!.Value;
        return new RandomFeature().Run(Small with
        {
            MethodLr = new Dictionary<string, double>
            {
                [RandomFeature.GradientDescent] = gradientDescent * Of(RandomFeature.GradientDescent),
                [RandomFeature.SpecGd] = specGd * specGd * Of(RandomFeature.SpecGd),
            },
        }, RunContext.Silent);
    }

    private static MethodLog Losses(int start, params double[] values)
    {
        var log = new MethodLog();
        foreach (var (i, value) in values.Index())
            log.Record("loss", start + i, value);
        return log;
    }
}
