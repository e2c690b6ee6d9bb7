using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Adaptive;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Reproduction;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

public sealed class AdaptiveComparisonTests : IDisposable
{
    private readonly int _threads = ThreadBudget.Total;

    private static readonly AdaptiveComparisonOptions Small = new()
    {
        Settings = [AdaptiveComparisonOptions.SparseRelu, AdaptiveComparisonOptions.SparseSwiGluSmall],
        Seeds = 2,
        Dim = 6,
        Width = 12,
        MostSamples = 24,
        MostSteps = 5,
    };

    public void Dispose() => ThreadBudget.Total = _threads;

    [Fact]
    public void Every_setting_and_seed_has_a_row_a_method_and_a_line_in_the_table()
    {
        var log = new AdaptiveComparison().Run(Small, RunContext.Silent).Log;
        var rows = AdaptiveRow.All(log);

        rows.Select(row => (row.Setting, row.Seed)).Distinct().Count().ShouldBe(4);
        rows.GroupBy(row => (row.Setting, row.Seed)).ShouldAllBe(cell => cell.Select(row => row.Method).SequenceEqual(new[] { "gradient_descent", "specgd", "adaptive" }));
        foreach (var cell in rows.GroupBy(row => (row.Setting, row.Seed)))
            cell.Select(row => row.FirstLoss).Distinct().Count().ShouldBe(1, "all start from the same weights");
        new AdaptiveComparison().Summarise(log).Rows.Count.ShouldBe(4);
        rows.Where(row => row.Method == "adaptive").ShouldAllBe(row => row.SpectralShare.Keys.SequenceEqual(new[] { "W1", "W2", "W3", "W4" }));
    }

    [Fact]
    public void A_setting_is_the_very_run_of_its_experiment()
    {
        var rows = AdaptiveRow.All(new AdaptiveComparison().Run(Small with { Seeds = 1 }, RunContext.Silent).Log);
        var alone = new SparseRegression().Run(
            new SparseRegressionOptions
            {
                Dim = 6,
                Width = 12,
                BatchSize = 24,
                Steps = 5,
                MethodLr = new Dictionary<string, double> { ["gradient_descent"] = 0.081, ["specgd"] = 0.1 },
                Optimizer = ["adaptive"],
            },
            RunContext.Silent).Log;

        foreach (var row in rows.Where(row => row.Setting == AdaptiveComparisonOptions.SparseRelu))
            row.Loss.Values.ShouldBe(alone.Methods[row.Method].Find("loss")!.Values, "few enough records to keep them all");
    }

    [Fact]
    public void On_random_features_the_adaptive_method_matches_the_better_one_on_either_activation()
    {
        const double matches = 1.05;
        var options = new AdaptiveComparisonOptions
        {
            Settings = [AdaptiveComparisonOptions.FeaturesRelu, AdaptiveComparisonOptions.FeaturesSwiGlu],
            Seeds = 1,
        };

        var comparisons = AdaptiveSummary.Comparisons(AdaptiveRow.All(new AdaptiveComparison().Run(options, RunContext.Silent).Log));

        comparisons.Count.ShouldBe(2);
        comparisons.ShouldAllBe(c => c.ToBest <= matches);
        (comparisons[0].Spectral < comparisons[0].Descent).ShouldBeTrue("ReLU: SpecGD is the better one");
        (comparisons[1].Descent < comparisons[1].Spectral).ShouldBeTrue("SwiGLU: gradient descent is");
    }

    [Fact]
    public void A_method_that_diverged_loses_and_fails_its_claim()
    {
        var log = new AdaptiveComparison().Run(Small, RunContext.Silent).Log;
        var claim = PaperFigureCatalog.Named("adaptive")[0].Claims[2];
        foreach (var row in log.Sections[AdaptiveRow.Section]!.AsArray())
            row!["last_loss"] = (string)row["method"]! == "adaptive" ? 0.5 : 1.0;
        claim.Measure(log).Holds.ShouldBeTrue();

        foreach (var row in log.Sections[AdaptiveRow.Section]!.AsArray().Where(row => (string)row!["method"]! == "adaptive"))
            row!["last_loss"] = null;

        claim.Measure(log).Holds.ShouldBeFalse();
    }

    [Fact]
    public void An_interrupted_comparison_goes_on_with_the_runs_that_were_done()
    {
        string directory = Directory.CreateTempSubdirectory("specgd-adaptive-").FullName;
        try
        {
            KeptWork Kept() => KeptWork.In(directory, new RunIdentity("adaptive-comparison", []), TimeProvider.System);
            ThreadBudget.Total = 1; // one run after another
            using var stop = new CancellationTokenSource();
            var tasks = new CountedTasks(5, stop.Cancel); // the fifth trajectory is the second run's
            var kept = Kept();
            var first = new AdaptiveComparison().Run(Small, new RunContext(tasks, stop.Token) { Kept = kept });
            kept.Flush();
            ThreadBudget.Total = 2; // and here side by side
            var goOn = new CountedTasks(int.MaxValue, () => { });
            var second = new AdaptiveComparison().Run(Small, new RunContext(goOn, CancellationToken.None) { Kept = Kept() });

            first.Status.ShouldBe(RunStatus.Interrupted);
            AdaptiveRow.All(first.Log).Count.ShouldBe(3, "the first run's methods");
            goOn.Begun.ShouldBe(9, "three runs were left");
            Directory.EnumerateFiles(Path.Combine(directory, KeptWork.FolderName), "part-*").Count().ShouldBe(4, "of a run that is done only its rows are kept");
            var all = new CountedTasks(int.MaxValue, () => { });
            string whole = Convert.ToHexString(RunLogFile.Serialize(new AdaptiveComparison().Run(Small, new RunContext(all, CancellationToken.None)).Log));
            (tasks.Steps + goOn.Steps).ShouldBe(all.Steps, "no step was taken twice, those of the run in work neither");
            (Convert.ToHexString(RunLogFile.Serialize(second.Log)) == whole).ShouldBeTrue("every bit is as without the interruption");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_choice_of_every_layer_is_recorded_as_it_was_taken()
    {
        var log = new SparseRegression().Run(
            new SparseRegressionOptions { Dim = 6, Width = 12, BatchSize = 24, Steps = 9, Optimizer = ["adaptive"], AdaptiveHysteresis = 1 }, RunContext.Silent).Log;
        var method = log.Methods["adaptive"];

        for (int layer = 1; layer <= 4; layer++)
        {
            var geometry = method.Find($"geometry.W{layer}")!;
            geometry.Count.ShouldBe(9);
            if (layer is 1 or 4)
                geometry.Values.ShouldAllBe(value => value == 0, "the rule decides on the spectral layers only");
            else
                for (int step = 0; step < 9; step++)
                    geometry.Values[step].ShouldBe(
                        method.Find($"grad_ratio.W{layer}")!.Values[step] >= method.Find($"activations.layer{layer - 1}")!.Values[step] ? 1 : 0);
        }
        method.Find("switches")!.Count.ShouldBe(9);
        JsonNode.Parse(RunLogFile.Serialize(log))!["methods"]!["adaptive"]!["geometry"]!["W2"].ShouldNotBeNull();
    }

    /// <summary>Counts the trajectories that begin and the steps they take, and does something at one of them.</summary>
    private sealed class CountedTasks(int at, Action act) : IProgressReporter, IProgressTask
    {
        private int _begun, _steps;

        public int Begun => _begun;

        public int Steps => _steps;

        public IProgressTask Begin(string name, int total)
        {
            if (Interlocked.Increment(ref _begun) == at)
                act();
            return this;
        }

        public void Advance(int done) => Interlocked.Increment(ref _steps);

        public void End(string remark)
        {
        }
    }
}
