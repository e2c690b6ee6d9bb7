using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Sweeps;

namespace SpecGD.Tests.Sweeps;

/// <summary>Names in the analysis of a sweep that are known before anything is run.</summary>
public class SweepPlanNameTests
{
    [Fact]
    public void A_random_feature_log_has_the_names_that_are_known_before() => ShouldHaveItsNames(new RandomFeature(), new RandomFeatureOptions
    {
        Dim = 4, FeatureDim = 3, NumSamples = 8, Steps = 4, SpecgdRestartIters = [2], Optimizer = [RandomFeature.Adaptive],
    });

    [Fact]
    public void A_plain_random_feature_log_has_no_others() => ShouldHaveItsNames(
        new RandomFeature(), new RandomFeatureOptions { Dim = 4, FeatureDim = 3, NumSamples = 8, Steps = 4, SpecgdRestartFrequency = 0, SpecgdFromPeak = false });

    [Fact]
    public void A_sparse_regression_log_has_the_names_that_are_known_before() => ShouldHaveItsNames(new SparseRegression(), new SparseRegressionOptions
    {
        Dim = 4, Width = 6, BatchSize = 8, Steps = 3, Optimizer = [SparseRegression.Muon, SparseRegression.AdamW, SparseRegression.Adaptive],
    });

    [Theory]
    [InlineData("\"metrics\": [\"losss\"]", "names the series 'losss' in 'metrics', which no run has; there are loss, objective_gap", "Did you mean 'loss'?")]
    [InlineData("\"metrics\": [\"loss.last\"]", "names the series 'loss.last' in 'metrics'", "A metric of loss ends with first, final, min or max, and not with last.")]
    [InlineData("\"metrics\": [\"loss.finl\"]", "names the series 'loss.finl' in 'metrics'", "Did you mean 'loss.final'?")]
    [InlineData("\"tune\": \"dim\", \"objective\": \"los.final\"", "names the series 'los' in 'objective'", "Did you mean 'loss'?")]
    [InlineData("\"baseline\": { \"method\": \"gradient_decent\" }", "names the method 'gradient_decent' in 'baseline', which no run has; there are gradient_descent, specgd", "Did you mean 'gradient_descent'?")]
    [InlineData("\"baseline\": { \"dim\": 6 }", "compares with dim = 6 in 'baseline', but no task has that value; there are 4, 5.", "")]
    public void A_misspelt_name_is_refused_before_anything_is_run(string plan, string sentence, string hint)
    {
        string said = Should.Throw<BadInputException>(() => Expand(plan)).Message;

        said.ShouldStartWith("f: the part 'f' ");
        said.ShouldContain(sentence);
        said.ShouldContain(hint);
    }

    [Theory]
    [InlineData("\"metrics\": [\"loss\", \"grad_ratio.W1.max\", \"nuclear_rank\"], \"baseline\": { \"dim\": 4, \"method\": \"specgd_from_peak\" }")]
    [InlineData("\"tune\": \"dim\", \"objective\": \"loss.min\"")]
    public void Names_that_there_will_be_are_accepted(string plan) => Expand(plan).Count.ShouldBe(4);

    private static IReadOnlyList<SweepTask> Expand(string plan)
    {
        var json = (JsonObject)JsonNode.Parse($$"""{ "experiment": "random-feature", "grid": { "dim": [4, 5], "seed": [0, 1] }, {{plan}} }""")!;
        return SweepExpansion.Expand(SweepFile.Of(json, "f", "f", quick: false), "f");
    }

    private static void ShouldHaveItsNames(IExperiment experiment, object options)
    {
        var names = experiment.NamesOf(options).ShouldNotBeNull();

        var log = experiment.Run(options, RunContext.Silent).Log;

        names.Methods.ShouldBe(log.Methods.Keys, ignoreOrder: true);
        names.Series.ShouldBe(log.Methods.Values.SelectMany(m => m.Series.Keys).Distinct(), ignoreOrder: true);
    }
}
