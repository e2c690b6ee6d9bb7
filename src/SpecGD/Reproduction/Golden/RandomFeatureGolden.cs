using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction.Golden;

/// <summary>
/// The authors' random-feature runs (Figures 3 and 11). The tolerances are those measured by running their code with another BLAS kernel and one
/// thread, with the margin that their table states.
/// </summary>
internal static class RandomFeatureGolden
{
    /// <summary>Records up to which SpecGD has not yet amplified its rounding.</summary>
    private const int EarlyRecords = 40;

    /// <summary>Gradient descent is stable: only the rounding of a loss near 1e-15 shows.</summary>
    private const double Descent = 1e-9;

    /// <summary>A nuclear norm sums square roots of rounded eigenvalues.</summary>
    private const double DescentNuclear = 1e-6;

    /// <summary>SpecGD amplifies rounding by its period-two swing: first little, then up to here.</summary>
    private const double SpectralEarly = 1e-6, SpectralLate = 2e-3;

    /// <summary>The same for ranks and gradient norms, which swing most.</summary>
    private const double SpectralRankEarly = 1e-4, SpectralRankLate = 5e-2;

    /// <summary>A restart begins at a gradient that is singular to rounding; only its first record and its end can be compared.</summary>
    private const double RestartFirst = 1e-9, RestartFirstNuclear = 1e-6, RestartLastLoss = 0.15;

    private static readonly string[]
        Constants = ["stable_rank_A", "activation_op_norm", "activation_fro_norm"],
        Series = ["loss", "grad_norm", "nuclear_norm", "nuclear_rank", "weight_op_norm.W1"];

    public static IEnumerable<GoldenCase> Cases => [Case("relu"), Case("swiglu")];

    private static GoldenCase Case(string activation)
    {
        // Of the restarts those that the golden file keeps.
        var options = new RandomFeatureOptions { Activation = activation, SpecgdRestartIters = [100, 500] };
        return new GoldenCase($"random_feature_{activation}", "random-feature", options, options, Compare);
    }

    private static void Compare(JsonObject golden, RunLog log, GoldenComparison comparison)
    {
        foreach (string key in Constants)
            comparison.Relative(key, key, (double)golden["dataset"]![key]!, log.DatasetNumber(key) ?? double.NaN, Descent);
        foreach (var (name, method) in golden["methods"]!.AsObject())
            if (log.Methods.TryGetValue(name, out var found))
                CompareMethod(comparison, name, method!, found);
    }

    private static void CompareMethod(GoldenComparison comparison, string name, JsonNode golden, MethodLog log)
    {
        int[] offsets = [.. golden["offsets"]!.AsArray().Select(o => (int)o!)];
        comparison.Relative($"{name} first step", name, (int)golden["start"]!, log.Find("loss")!.Steps[0], 0);
        comparison.Relative($"{name} lr", name, (double)golden["lr"]!, JsonNumber.Of(log.Metadata["lr"]) ?? double.NaN, Descent);
        foreach (string key in Series)
        {
            double[] values = JsonNumber.All(golden[key]);
            var found = log.Find(key)!;
            for (int i = 0; i < offsets.Length && offsets[i] < found.Count; i++)
            {
                if (Tolerance(name, key, offsets[i], isLast: i == offsets.Length - 1) is { } tolerance)
                    comparison.Relative(
                        $"{name} {key}",
                        string.Create(CultureInfo.InvariantCulture, $"record {offsets[i]}"),
                        values[i],
                        found.Values[offsets[i]],
                        tolerance);
            }
        }
    }

    private static double? Tolerance(string method, string key, int offset, bool isLast)
    {
        bool nuclear = key.StartsWith("nuclear", StringComparison.Ordinal);
        if (method == RandomFeature.GradientDescent)
            return nuclear ? DescentNuclear : Descent;
        if (method == RandomFeature.SpecGd)
        {
            bool swings = nuclear || key == "grad_norm";
            return offset <= EarlyRecords ? (swings ? SpectralRankEarly : SpectralEarly) : swings ? SpectralRankLate : SpectralLate;
        }
        return offset == 0 ? (nuclear ? RestartFirstNuclear : RestartFirst)
            : isLast && key == "loss" ? RestartLastLoss
            : null;
    }
}
