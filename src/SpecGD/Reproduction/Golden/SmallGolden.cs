using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction.Golden;

/// <summary>The authors' sweeps and spectra; their numbers carry twelve digits.</summary>
internal static class SmallGolden
{
    /// <summary>Stable ranks and singular values at initialisation: sums of rounded products.</summary>
    private const double AtInitialisation = 1e-9;

    /// <summary>Nuclear ranks of gradient descent.</summary>
    private const double DescentNuclear = 1e-6;

    /// <summary>Gradient descent's loss in the sweep, above <see cref="NoiseFloor"/>; measured with another kernel 5e-8.</summary>
    private const double DescentLoss = 1e-6;

    /// <summary>Below this a loss of the sweep is rounding and only has to be small.</summary>
    private const double NoiseFloor = 1e-15, StillSmall = 10 * NoiseFloor;

    /// <summary>SpecGD up to step 40, and after it; the late ones as for random features, measured with another kernel 5e-4 and 3e-2.</summary>
    private const double SpectralLoss = 1e-6, SpectralNuclear = 1e-4, LateSpectralLoss = 2e-3, LateSpectralNuclear = 5e-2;

    /// <summary>The first record of a restarted trajectory.</summary>
    private const double RestartFirst = 1e-9;

    private const int EarlySteps = 40;

    private static readonly NuclearRankGrowthOptions Growth = new() { Dims = [64, 128], Steps = 200 };

    public static IEnumerable<GoldenCase> Cases =>
    [
        new("batch_size_sweep", "batch-size-sweep", new BatchSizeSweepOptions(), new BatchSizeSweepOptions(), CompareBatchSizes),
        new("nuclear_rank_growth", "nuclear-rank-growth", Growth, Growth with { Steps = 60 }, CompareGrowth),
        new("relu_spectrum", "relu-spectrum", Spectra, Spectra, CompareSpectra),
        new("stable_rank_sweep", "stable-rank-sweep", new StableRankSweepOptions(), new StableRankSweepOptions(), CompareSweep),
    ];

    private static ReluSpectrumOptions Spectra => new() { Dims = [128, 256, 512] };

    private static void CompareBatchSizes(JsonObject golden, RunLog log, GoldenComparison comparison)
    {
        foreach (var (batch, layers) in golden["stable_rank"]!.AsObject())
            foreach (var (layer, value) in layers!.AsObject())
                comparison.Relative(
                    "stable rank",
                    $"{batch} samples, {layer}",
                    (double)value!,
                    Number(log.Sections[BatchSizeSweep.StableRank]?[batch]?[layer]),
                    AtInitialisation);
    }

    private static void CompareGrowth(JsonObject golden, RunLog log, GoldenComparison comparison)
    {
        foreach (string model in new[] { NuclearRankGrowth.Model1, NuclearRankGrowth.Model2 })
        {
            int[] steps = [.. golden[model]!["steps"]!.AsArray().Select(s => (int)s!)];
            foreach (var (k, curve) in golden[model]!["curves"]!.AsObject())
            {
                double[] expected = JsonNumber.All(curve), found = JsonNumber.All(log.Sections[model]?["curves"]?[k]?["values"]);
                for (int i = 0; i < steps.Length && steps[i] < found.Length; i++)
                    comparison.Relative(
                        $"{model} nuclear rank", $"k = {k}, step {Text(steps[i])}", expected[i], found[steps[i]], DescentNuclear);
                foreach (string start in new[] { "nr0", "nr1" })
                    comparison.Relative(
                        $"{model} {start}", $"k = {k}", (double)golden[model]![start]![k]!, Number(log.Sections[model]?[start]?[k]), DescentNuclear);
            }
        }
    }

    private static void CompareSpectra(JsonObject golden, RunLog log, GoldenComparison comparison)
    {
        foreach (var (expected, row) in Rows(golden, log.Sections[ReluSpectrum.Rows], comparison))
        {
            string place = $"d = {row["d"]}";
            double[] ascending = [.. JsonNumber.All(row["singular_values"]).Order()];
            comparison.Relative("seed", place, Number(expected["seed"]), Number(row["seed"]), 0);
            comparison.Relative("stable rank", place, Number(expected["stable_rank"]), Number(row["stable_rank"]), AtInitialisation);
            comparison.Relative("largest singular value", place, Number(expected["largest"]), Number(row["largest"]), AtInitialisation);
            comparison.Relative("median singular value", place, Number(expected["median"]), ascending[ascending.Length / 2], AtInitialisation);
            comparison.Relative("smallest singular value", place, Number(expected["smallest"]), ascending[0], AtInitialisation);
        }
    }

    private static void CompareSweep(JsonObject golden, RunLog log, GoldenComparison comparison)
    {
        foreach (var (expected, row) in Rows(golden, log.Sections[StableRankSweep.Rows], comparison))
        {
            string lambda = $"λ = {expected["lambda"]}";
            comparison.Relative("λ", lambda, Number(expected["lambda"]), Number(row["lambda"]), AtInitialisation);
            comparison.Relative("stable rank", lambda, Number(expected["stable_rank"]), Number(row["stable_rank"]), AtInitialisation);
            CompareTrajectory(comparison, RandomFeature.GradientDescent, lambda, expected, row, static _ => (DescentLoss, DescentNuclear));
            CompareTrajectory(
                comparison, RandomFeature.SpecGd, lambda, expected, row, static step => step <= EarlySteps ? (SpectralLoss, SpectralNuclear) : (LateSpectralLoss, LateSpectralNuclear));
            if (Number(expected["lambda"]) == 0)
                CompareRestart(comparison, lambda, expected, row);
        }
    }

    private static void CompareTrajectory(
        GoldenComparison comparison, string method, string lambda, JsonNode expected, JsonNode row, Func<int, (double Loss, double Nuclear)> tolerances)
    {
        int[] steps = [.. expected["steps"]!.AsArray().Select(s => (int)s!)];
        double[] losses = JsonNumber.All(expected[method]!["loss"]), ranks = JsonNumber.All(expected[method]!["nuclear_rank"]);
        for (int i = 0; i < steps.Length; i++)
        {
            string place = $"{lambda}, step {Text(steps[i])}";
            var (loss, nuclear) = tolerances(steps[i]);
            double found = Value(row, method, "loss", steps[i]);
            if (losses[i] <= NoiseFloor)
            {
                comparison.Small($"{method} loss, rounding", place, found, StillSmall);
                continue;
            }
            comparison.Relative($"{method} loss", place, losses[i], found, loss);
            comparison.Relative($"{method} nuclear rank", place, ranks[i], Value(row, method, "nuclear_rank", steps[i]), nuclear);
        }
    }

    /// <summary>The restart at λ = 0, where the peak is that of the first gradient; elsewhere rounding decides its place.</summary>
    private static void CompareRestart(GoldenComparison comparison, string lambda, JsonNode expected, JsonNode row)
    {
        var golden = expected[RandomFeature.FromPeak]!;
        double[] losses = JsonNumber.All(row["methods"]?[RandomFeature.FromPeak]?["loss"]?["values"]);
        double first = losses.FirstOrDefault(double.NaN), last = losses.LastOrDefault(double.NaN);
        comparison.Relative("peak", lambda, Number(expected["peak"]), Number(row["peak"]), 0);
        comparison.Relative($"{RandomFeature.FromPeak} first loss", lambda, Number(golden["loss_first"]), first, RestartFirst);
        comparison.Small($"{RandomFeature.FromPeak} last loss, rounding", lambda, last, StillSmall);
    }

    /// <summary>The golden rows beside ours; that there are as many is itself compared.</summary>
    private static IEnumerable<(JsonNode Expected, JsonNode Row)> Rows(JsonObject golden, JsonNode? found, GoldenComparison comparison)
    {
        JsonNode[] expected = [.. golden["rows"]!.AsArray().OfType<JsonNode>()], rows = [.. (found as JsonArray ?? []).OfType<JsonNode>()];
        comparison.Relative("number of rows", "rows", expected.Length, rows.Length, 0);
        return expected.Zip(rows);
    }

    private static double Value(JsonNode row, string method, string series, int step) => Number(row["methods"]?[method]?[series]?["values"]?[step]);

    private static double Number(JsonNode? node) => JsonNumber.Of(node) ?? double.NaN;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
