using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Experiments.Theory;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Reproduction;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

public class NsrTableTests
{
    private static readonly NsrTableOptions Small = new() { Dims = [16, 32, 64], Seeds = 4, Samples = 1024 };

    private static readonly RunLog Log = new NsrTable().Run(Small, RunContext.Silent).Log;

    [Fact]
    public void Every_activation_covariance_and_width_has_a_row()
    {
        var rows = NsrRow.All(Log);

        rows.Count.ShouldBe(6 * 2 * 3);
        rows.Select(row => row.Activation).Distinct().ShouldBe(["abs", "relu", "leaky_relu", "relu_square", "gelu", "linear"]);
        rows.ShouldAllBe(row => row.Holds == (row.Activation == NsrTable.Unbounded ? null : true));
        new NsrTable().Summarise(Log).Rows.Count.ShouldBe(rows.Count);
    }

    /// <summary>The closed form is the truth for the samples, and the samples for it.</summary>
    [Fact]
    public void Sampled_ratios_are_the_exact_ones_within_their_errors() =>
        NsrRow.All(Log).Where(row => row.Activation != NsrTable.Unbounded).ShouldAllBe(row => row.Off <= NsrRow.MostStandardErrors);

    /// <summary>The standard error of one sample is what the ratio varies by over many.</summary>
    [Fact]
    public void The_standard_error_is_the_spread_over_repetitions()
    {
        const int repetitions = 200, n = 256;
        var random = new TorchRandom(3);
        var v = RandomFeatures.Gaussian(random, 6, 4, 4);
        Matrix<double>[] samples = [.. Enumerable.Range(0, repetitions).Select(_ => RandomFeatures.Of(v, random.Normal(4, n), Activation.Named("relu")))];
        double[] ratios = [.. samples.Select(z => Measures.NoiseToSignalRatio(z)!.Value)];
        double mean = ratios.Average(), spread = Math.Sqrt(ratios.Sum(r => (r - mean) * (r - mean)) / (repetitions - 1)) / mean;
        double claimed = samples.Average(GaussianFeatures.RelativeError);

        // the spread over 200 repetitions is itself known to 5 %; four times that
        (Math.Abs((claimed / spread) - 1) <= 0.2).ShouldBeTrue($"{claimed} against {spread}");
    }

    [Fact]
    public void Removing_the_bias_brings_the_mean_over_repetitions_to_the_exact_ratio()
    {
        const int repetitions = 400, n = 16;
        var random = new TorchRandom(4);
        var v = RandomFeatures.Gaussian(random, 40, 40, 40);
        NsrMeasurement[] all = [.. Enumerable.Range(0, repetitions).Select(_ => new GaussianFeatures(v, random.Normal(40, n)).Measure(ActivationMoments.Relu))];
        double error = all.Average(m => m.RelativeError) / Math.Sqrt(repetitions);

        (Math.Abs((all.Average(m => m.Unbiased) / Math.PI) - 1) <= 4 * error).ShouldBeTrue();
        (Math.Abs((all.Average(m => m.Sampled) / Math.PI) - 1) > 4 * error).ShouldBeTrue("else there is no bias to remove");
    }

    [Fact]
    public void A_wrong_bound_does_not_hold()
    {
        var random = new TorchRandom(5);
        var features = new GaussianFeatures(RandomFeatures.Gaussian(random, 8, 8, 8), random.Normal(8, 500));

        NsrRow.Of([features.Measure(ActivationMoments.Relu)]).Holds.ShouldBe(true);
        NsrRow.Of([features.Measure(ActivationMoments.Relu with { NsrBound = static _ => 3.1 })]).Holds.ShouldBe(false);
        NsrRow.Of([features.Measure(ActivationMoments.Relu with { Mean = static v => Math.Sqrt(v) / (2 * Math.PI) })]).Holds.ShouldBe(false, "the printed mean");
    }

    [Fact]
    public void The_figures_claims_hold_and_can_fail()
    {
        var claims = PaperFigureCatalog.Named("fig12")[0].Claims;
        claims.ShouldAllBe(claim => claim.Measure(Log).Holds);

        foreach (var (name, value) in new[] { ("worst_ratio", 1.01), ("standard_errors_above", 6), ("standard_errors_off", 6), ("worst_effective_rank", 1.01) })
        {
            var altered = Altered(row => row[name] = value);
            claims.Count(claim => !claim.Measure(altered).Holds).ShouldBeGreaterThan(0, name);
        }
        claims[^1].Measure(Altered(row => row["effective_rank"]!["mean"] = 5)).Holds.ShouldBeFalse("an effective rank that does not grow");
    }

    [Fact]
    public void The_same_seed_gives_the_same_log_and_slopes_matter()
    {
        var options = Small with { Dims = [8], Seeds = 2, Samples = 64 };
        byte[] Run(NsrTableOptions o) => RunLogFile.Serialize(new NsrTable().Run(o, RunContext.Silent).Log);

        Run(options).ShouldBe(Run(options));
        Run(options with { Seed = 9 }).ShouldNotBe(Run(options));
        var steep = new NsrTable().Run(options with { SlopeNegative = -1 }, RunContext.Silent).Log;
        NsrRow.All(steep).First(row => row.Activation == "leaky_relu").Bound.ShouldBe(NsrRow.All(steep).First(row => row.Activation == "abs").Bound);
        var equal = new NsrTable().Run(options with { SlopeNegative = 1 }, RunContext.Silent).Log;
        NsrRow.All(equal).First(row => row.Activation == "leaky_relu").Holds.ShouldBeNull("equal slopes have no bound");
    }

    [Fact]
    public void A_cancelled_run_is_interrupted()
    {
        var result = new NsrTable().Run(Small, new RunContext(SilentProgress.Instance, new CancellationToken(canceled: true)));

        result.Status.ShouldBe(RunStatus.Interrupted);
        new NsrTable().Summarise(result.Log).Rows.ShouldBeEmpty();
    }

    private static RunLog Altered(Action<JsonObject> change)
    {
        var sections = Log.Sections.DeepClone().AsObject();
        foreach (var row in sections[NsrTable.Section]!.AsArray())
            change(row!.AsObject());
        return new RunLog("altered") { Sections = sections };
    }
}
