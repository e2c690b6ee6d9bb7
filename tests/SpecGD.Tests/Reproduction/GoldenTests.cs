using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Reproduction.Golden;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Reproduction;

/// <summary>Every experiment against the authors' own run: the first part of the long ones, the whole of the others.</summary>
public class GoldenTests
{
    private static readonly ConcurrentDictionary<(string Name, string Backend), RunLog> Logs = new();

    /// <summary>The runs, and how many numbers at least must have been compared.</summary>
    public static TheoryData<string, int> Runs => new()
    {
        { "random_feature_relu", 1000 },
        { "random_feature_swiglu", 800 },
        { "sparse_regression_relu_square", 2 * 19 * 20 },
        { "sparse_regression_swiglu_512", 2 * 19 * 20 },
        { "sparse_regression_swiglu_8196", 2 * 19 * 3 },
        { "batch_size_sweep", 12 },
        { "nuclear_rank_growth", 48 },
        { "relu_spectrum", 15 },
        { "stable_rank_sweep", 200 },
    };

    [Fact]
    public void Every_golden_run_is_tested() =>
        Runs.Select(row => (string)row[0]).Order().ShouldBe(GoldenCase.All.Select(c => c.Name).Order());

    [SkippableTheory]
    [MemberData(nameof(Runs))]
    public void Every_value_is_within_the_measured_tolerance_of_the_authors_run(string name, int atLeast)
    {
        var comparison = Compare(name, Backends.OpenBlas, GoldenCase.Named(name).ReadGolden());

        comparison.Findings.Where(f => f.Beyond > 0).ShouldBeEmpty();
        comparison.Holds.ShouldBeTrue();
        comparison.Compared.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    /// <summary>The managed code is slow and shows the same in the two trajectories from zero; <c>verify golden</c> compares the others.</summary>
    [Fact]
    public void The_managed_code_gives_the_same_numbers()
    {
        const string name = "random_feature_swiglu";
        var comparison = Compare(name, Backends.Managed, GoldenCase.Named(name).ReadGolden());

        comparison.Findings.Where(f => f.Beyond > 0).ShouldBeEmpty();
        comparison.Compared.ShouldBeGreaterThan(700);
    }

    [SkippableTheory]
    [InlineData("random_feature_swiglu")]
    [InlineData("nuclear_rank_growth")]
    [InlineData("relu_spectrum")]
    public void The_MKL_within_libtorch_gives_the_same_numbers(string name) =>
        Compare(name, Backends.Mkl, GoldenCase.Named(name).ReadGolden()).Holds.ShouldBeTrue();

    [SkippableTheory]
    [InlineData("random_feature_swiglu", "methods/gradient_descent/loss", 1e-8)]
    [InlineData("random_feature_swiglu", "methods/gradient_descent/nuclear_rank", 1e-5)]
    [InlineData("random_feature_swiglu", "methods/specgd/loss", 1e-5)]
    [InlineData("random_feature_swiglu", "methods/specgd_from_iter_100/grad_norm", 1e-8)]
    [InlineData("sparse_regression_swiglu_8196", "methods/specgd/activation_op_norm.A2", 1e-7)]
    [InlineData("batch_size_sweep", "stable_rank/512/layer2", 1e-8)]
    [InlineData("nuclear_rank_growth", "model2/curves/128", 1e-5)]
    [InlineData("nuclear_rank_growth", "model1/nr1/64", 1e-5)]
    [InlineData("relu_spectrum", "rows/1/median", 1e-8)]
    [InlineData("stable_rank_sweep", "rows/2/gradient_descent/loss", 1e-5)]
    public void A_golden_value_perturbed_beyond_its_tolerance_is_noticed(string name, string path, double relative)
    {
        var golden = GoldenCase.Named(name).ReadGolden();
        string[] keys = path.Split('/');
        var parent = keys[..^1].Aggregate((JsonNode)golden, (node, key) => node is JsonArray array ? array[int.Parse(key)]! : node[key]!);
        if (parent[keys[^1]] is JsonArray values)
            values[0] = (double)values[0]! * (1 + relative);
        else
            parent[keys[^1]] = (double)parent[keys[^1]]! * (1 + relative);

        var comparison = Compare(name, Backends.OpenBlas, golden);

        comparison.Holds.ShouldBeFalse();
        comparison.Findings.Sum(f => f.Beyond).ShouldBe(1);
    }

    [SkippableFact]
    public void A_log_that_lacks_what_was_measured_is_beyond_every_tolerance()
    {
        var golden = GoldenCase.Named("relu_spectrum");
        var empty = new RunLog("empty") { Sections = new JsonObject { [ReluSpectrum.Rows] = new JsonArray() } };

        golden.Against(golden.ReadGolden(), empty).Holds.ShouldBeFalse();
    }

    [SkippableFact]
    public void Restarts_begin_at_the_peak_the_authors_found()
    {
        Log("random_feature_relu", Backends.OpenBlas).Methods[RandomFeature.FromPeak].Find("loss")!.Steps[0].ShouldBe(57);
        Log("random_feature_swiglu", Backends.OpenBlas).Methods[RandomFeature.FromPeak].Find("loss")!.Steps[0].ShouldBe(2);
    }

    private static GoldenComparison Compare(string name, string backend, JsonObject golden) => GoldenCase.Named(name).Against(golden, Log(name, backend));

    private static RunLog Log(string name, string backend)
    {
        using var inForce = Backends.Use(backend);
        return Logs.GetOrAdd((name, backend), key =>
        {
            var golden = GoldenCase.Named(key.Name);
            object options = key.Backend == Backends.Managed
                ? (RandomFeatureOptions)golden.ShortOptions with { SpecgdRestartIters = [], SpecgdFromPeak = false }
                : golden.ShortOptions;
            var result = ExperimentCatalog.Named(golden.Experiment).Run(options, RunContext.Silent);
            result.Status.ShouldBe(RunStatus.Finished);
            return result.Log;
        });
    }
}
