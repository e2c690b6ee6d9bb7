using System.Collections.Concurrent;
using SpecGD.Experiments;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>The experiment of Figures 3 and 11 against the authors' own run, on both backends.</summary>
public class RandomFeatureGoldenTests
{
    private static readonly ConcurrentDictionary<(string Activation, bool Managed), RunLog> Logs = new();

    [SkippableTheory]
    [InlineData("relu", false)]
    [InlineData("swiglu", false)]
    [InlineData("relu", true)]
    [InlineData("swiglu", true)]
    public void Every_value_is_within_the_measured_tolerance_of_the_authors_run(string activation, bool managed)
    {
        var (deviations, compared) = RandomFeatureGolden.Read(activation).Compare(Log(activation, managed));

        deviations.ShouldBeEmpty();
        int methods = Log(activation, managed).Methods.Count;
        methods.ShouldBe(managed ? 2 : activation == "relu" ? 5 : 4);
        compared.ShouldBeGreaterThan(700); // gradient descent and SpecGD at every recorded step
    }

    [SkippableTheory]
    [InlineData("gradient_descent", "loss", 1e-8)]
    [InlineData("gradient_descent", "nuclear_rank", 1e-5)]
    [InlineData("specgd", "loss", 1e-5)]
    [InlineData("specgd_from_iter_100", "grad_norm", 1e-8)]
    public void A_golden_value_perturbed_beyond_its_tolerance_is_noticed(string method, string key, double relative)
    {
        var perturbed = RandomFeatureGolden.Read("swiglu").Json.DeepClone();
        var values = perturbed["methods"]![method]![key]!.AsArray();
        values[0] = (double)values[0]! * (1 + relative);

        var (deviations, _) = new RandomFeatureGolden(perturbed).Compare(Log("swiglu", managed: false));

        deviations.ShouldHaveSingleItem().ShouldStartWith($"{method}.{key}[0]");
    }

    [SkippableFact]
    public void Restarts_begin_at_the_peak_the_authors_found()
    {
        Log("relu", managed: false).Methods[RandomFeature.FromPeak].Find("loss")!.Steps[0].ShouldBe(57);
        Log("swiglu", managed: false).Methods[RandomFeature.FromPeak].Find("loss")!.Steps[0].ShouldBe(2);
    }

    private static RunLog Log(string activation, bool managed)
    {
        Skip.If(!managed && Backend.OpenBlas is null, "OpenBLAS is not installed");
        return Logs.GetOrAdd((activation, managed), key =>
        {
            using var backend = Backend.Use(key.Managed ? Backend.Managed : Backend.OpenBlas!);
            // Of the restarts only those that the golden file keeps.
            // The managed code is slow and shows the same in the two trajectories from zero.
            var options = new RandomFeatureOptions { Activation = key.Activation, SpecgdRestartIters = key.Managed ? [] : [100, 500], SpecgdFromPeak = !key.Managed };
            var result = new RandomFeature().Run(options, RunContext.Silent);
            result.Status.ShouldBe(RunStatus.Finished);
            return result.Log;
        });
    }
}
