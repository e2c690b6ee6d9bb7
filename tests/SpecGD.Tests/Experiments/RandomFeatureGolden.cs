using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>
/// The authors' own numbers for the random-feature experiment, and how far a correct program may be from them. The tolerances are those measured by running the
/// authors' code itself with another BLAS kernel and one thread, with the margin their table states.
/// </summary>
internal sealed class RandomFeatureGolden
{
    /// <summary>Offset in records up to which SpecGD's rounding has not yet been amplified.</summary>
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

    private readonly JsonNode _golden;

    public RandomFeatureGolden(JsonNode golden) => _golden = golden;

    public static RandomFeatureGolden Read(string activation) =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", $"random_feature_{activation}.json")))!);

    public JsonNode Json => _golden;

    /// <summary>
    /// Every place where the log is further from the golden values than allowed, with how far; and how many values were compared. Trajectories that the log does not
    /// have are passed over.
    /// </summary>
    public (List<string> Deviations, int Compared) Compare(RunLog log)
    {
        var comparison = new Comparison();
        foreach (string key in new[] { "stable_rank_A", "activation_op_norm", "activation_fro_norm" })
            comparison.Check(key, (double)_golden["dataset"]![key]!, log.DatasetNumber(key)!.Value, Descent);
        foreach (var (name, method) in _golden["methods"]!.AsObject())
            if (log.Methods.TryGetValue(name, out var found))
                CompareMethod(comparison, name, method!, found);
        return (comparison.Deviations, comparison.Compared);
    }

    private static void CompareMethod(Comparison comparison, string name, JsonNode golden, MethodLog log)
    {
        int[] offsets = [.. golden["offsets"]!.AsArray().Select(o => (int)o!)];
        comparison.Check($"{name}.start", (int)golden["start"]!, log.Find("loss")!.Steps[0], 0);
        comparison.Check($"{name}.lr", (double)golden["lr"]!, (double)log.Metadata["lr"]!, Descent);
        foreach (string key in new[] { "loss", "grad_norm", "nuclear_norm", "nuclear_rank", "weight_op_norm.W1" })
        {
            double[] values = [.. golden[key]!.AsArray().Select(v => (double)v!)];
            for (int i = 0; i < offsets.Length; i++)
            {
                if (Tolerance(name, key, offsets[i], isLast: i == offsets.Length - 1) is { } tolerance)
                    comparison.Check($"{name}.{key}[{offsets[i]}]", values[i], log.Find(key)!.Values[offsets[i]], tolerance);
            }
        }
    }

    private static double? Tolerance(string method, string key, int offset, bool isLast)
    {
        bool nuclear = key.StartsWith("nuclear", StringComparison.Ordinal);
        if (method == "gradient_descent")
            return nuclear ? DescentNuclear : Descent;
        if (method == "specgd")
        {
            bool swings = nuclear || key == "grad_norm";
            return offset <= EarlyRecords ? (swings ? SpectralRankEarly : SpectralEarly) : swings ? SpectralRankLate : SpectralLate;
        }
        return offset == 0 ? (nuclear ? RestartFirstNuclear : RestartFirst)
            : isLast && key == "loss" ? RestartLastLoss
            : null;
    }

    private sealed class Comparison
    {
        public List<string> Deviations { get; } = [];

        public int Compared { get; private set; }

        public void Check(string place, double expected, double actual, double relativeTolerance)
        {
            Compared++;
            double allowed = relativeTolerance * Math.Abs(expected);
            if (!(Math.Abs(actual - expected) <= allowed))
                Deviations.Add($"{place}: expected {expected:R}, got {actual:R}, off by {Math.Abs(actual - expected) / Math.Abs(expected):E2} (allowed {relativeTolerance:E0})");
        }
    }
}
