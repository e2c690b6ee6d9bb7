using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Tests.Experiments;

/// <summary>The sweeps and spectra against the authors' own numbers, which carry twelve digits.</summary>
public class SmallExperimentsGoldenTests
{
    /// <summary>Stable ranks and singular values at initialisation: sums of rounded products.</summary>
    private const double AtInitialisation = 1e-9;

    /// <summary>Nuclear ranks of gradient descent.</summary>
    private const double DescentNuclear = 1e-6;

    /// <summary>Gradient descent's loss in the sweep, above <see cref="NoiseFloor"/>; measured with another kernel 5e-8.</summary>
    private const double DescentLoss = 1e-6;

    /// <summary>Below this a loss of the sweep is rounding and only has to be small.</summary>
    private const double NoiseFloor = 1e-15;

    /// <summary>SpecGD up to step 40.</summary>
    private const double SpectralLoss = 1e-6, SpectralNuclear = 1e-4;

    private const int EarlySteps = 40;

    [SkippableFact]
    public void Stable_ranks_by_batch_size_are_the_authors()
    {
        RequireOpenBlas();
        var golden = Golden("batch_size_sweep")["stable_rank"]!.AsObject();

        var found = new BatchSizeSweep().Run(new BatchSizeSweepOptions(), RunContext.Silent).Log.Sections[BatchSizeSweep.StableRank]!;

        golden.Count.ShouldBe(4);
        foreach (var (batch, layers) in golden)
            foreach (var (layer, value) in layers!.AsObject())
                ShouldBeClose((double)found[batch]![layer]!, (double)value!, AtInitialisation, $"{batch} {layer}");
    }

    [SkippableFact]
    public void Nuclear_ranks_by_width_are_the_authors()
    {
        RequireOpenBlas();
        const int steps = 60;
        var golden = Golden("nuclear_rank_growth");

        var found = new NuclearRankGrowth().Run(new NuclearRankGrowthOptions { Dims = [64, 128], Steps = steps }, RunContext.Silent).Log.Sections;

        foreach (string model in new[] { "model1", "model2" })
        {
            int[] recorded = [.. golden[model]!["steps"]!.AsArray().Select(s => (int)s!).Where(s => s < steps)];
            recorded.Length.ShouldBeGreaterThan(10);
            foreach (string k in new[] { "64", "128" })
            {
                for (int i = 0; i < recorded.Length; i++)
                    ShouldBeClose((double)found[model]!["curves"]![k]!["values"]![recorded[i]]!, (double)golden[model]!["curves"]![k]![i]!, DescentNuclear, $"{model} {k} {recorded[i]}");
                ShouldBeClose((double)found[model]!["nr0"]![k]!, (double)golden[model]!["nr0"]![k]!, DescentNuclear, $"{model} nr0 {k}");
                ShouldBeClose((double)found[model]!["nr1"]![k]!, (double)golden[model]!["nr1"]![k]!, DescentNuclear, $"{model} nr1 {k}");
            }
        }
    }

    [SkippableFact]
    public void Spectra_of_relu_features_are_the_authors()
    {
        RequireOpenBlas();
        var golden = Golden("relu_spectrum")["rows"]!.AsArray();

        var found = new ReluSpectrum().Run(new ReluSpectrumOptions { Dims = [.. golden.Select(r => (int)r!["d"]!)] }, RunContext.Silent).Log.Sections[ReluSpectrum.Rows]!.AsArray();

        for (int i = 0; i < golden.Count; i++)
        {
            double[] ascending = [.. found[i]!["singular_values"]!.AsArray().Select(v => (double)v!).Order()];
            ((ulong)found[i]!["seed"]!).ShouldBe((ulong)(int)golden[i]!["seed"]!);
            ShouldBeClose((double)found[i]!["stable_rank"]!, (double)golden[i]!["stable_rank"]!, AtInitialisation, "stable rank");
            ShouldBeClose((double)found[i]!["largest"]!, (double)golden[i]!["largest"]!, AtInitialisation, "largest");
            ShouldBeClose(ascending[0], (double)golden[i]!["smallest"]!, AtInitialisation, "smallest");
            ShouldBeClose(ascending[ascending.Length / 2], (double)golden[i]!["median"]!, AtInitialisation, "median");
        }
    }

    [SkippableFact]
    public void The_sweep_over_stable_ranks_is_the_authors()
    {
        RequireOpenBlas();
        var golden = Golden("stable_rank_sweep")["rows"]!.AsArray();

        var found = new StableRankSweep().Run(new StableRankSweepOptions(), RunContext.Silent).Log.Sections[StableRankSweep.Rows]!.AsArray();

        found.Count.ShouldBe(golden.Count);
        for (int row = 0; row < golden.Count; row++)
        {
            var (expected, actual) = (golden[row]!, found[row]!);
            ShouldBeClose((double)actual["lambda"]!, (double)expected["lambda"]!, AtInitialisation, "lambda");
            ShouldBeClose((double)actual["stable_rank"]!, (double)expected["stable_rank"]!, AtInitialisation, "stable rank");
            int[] steps = [.. expected["steps"]!.AsArray().Select(s => (int)s!)];
            for (int i = 0; i < steps.Length; i++)
            {
                CompareLoss(Value(actual, "gradient_descent", "loss", steps[i]), (double)expected["gradient_descent"]!["loss"]![i]!, DescentLoss, $"row {row} step {steps[i]}");
                if (steps[i] <= EarlySteps && (double)expected["specgd"]!["loss"]![i]! > NoiseFloor)
                {
                    CompareLoss(Value(actual, "specgd", "loss", steps[i]), (double)expected["specgd"]!["loss"]![i]!, SpectralLoss, $"row {row} step {steps[i]}");
                    ShouldBeClose(Value(actual, "specgd", "nuclear_rank", steps[i]), (double)expected["specgd"]!["nuclear_rank"]![i]!, SpectralNuclear, $"row {row} step {steps[i]}");
                }
            }
        }
    }

    private static void CompareLoss(double actual, double expected, double tolerance, string place)
    {
        if (expected > NoiseFloor)
            ShouldBeClose(actual, expected, tolerance, place);
        else
            (actual < 10 * NoiseFloor).ShouldBeTrue($"{place}: {actual} is not small");
    }

    private static double Value(JsonNode row, string method, string series, int step) => (double)row["methods"]![method]![series]!["values"]![step]!;

    private static void ShouldBeClose(double actual, double expected, double tolerance, string place) =>
        (Math.Abs(actual - expected) <= tolerance * Math.Abs(expected)).ShouldBeTrue($"{place}: expected {expected:R}, got {actual:R}"); // a NaN fails

    private static JsonNode Golden(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", name + ".json")))!;

    private static void RequireOpenBlas() => Skip.If(Backend.OpenBlas is null, "OpenBLAS is not installed, and the managed code takes minutes");
}
