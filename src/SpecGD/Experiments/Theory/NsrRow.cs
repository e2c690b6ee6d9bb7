using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>Least, mean and largest of a quantity over the seeds; NaN where it is infinite.</summary>
/// <param name="Min">The least.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Max">The largest.</param>
public readonly record struct Spread(double Min, double Mean, double Max)
{
    /// <summary>The spread of the values.</summary>
    public static Spread Of(IReadOnlyCollection<double> values) =>
        values.All(double.IsFinite) ? new(values.Min(), values.Average(), values.Max()) : new(double.NaN, double.NaN, double.NaN);

    /// <summary>The spread as the log has it, null where it is no number.</summary>
    public JsonObject ToJson() => new() { ["min"] = JsonNumber.From(Min), ["mean"] = JsonNumber.From(Mean), ["max"] = JsonNumber.From(Max) };

    /// <summary>The spread that <see cref="ToJson"/> made.</summary>
    public static Spread FromJson(JsonNode? node) => new(Number(node, "min"), Number(node, "mean"), Number(node, "max"));

    private static double Number(JsonNode? node, string name) => JsonNumber.Of(node?[name]) ?? double.NaN;
}

/// <summary>A row of the table of noise-to-signal ratios: one activation, covariance and width, over all seeds.</summary>
public sealed record NsrRow
{
    /// <summary>The bounds of piecewise linear activations and of ReLU² are attained, so they hold up to rounding.</summary>
    public const double Rounding = 1e-9;

    /// <summary>
    /// Standard errors by which a sampled ratio may exceed a bound that is attained: of four hundred, one beyond 4.5 has a probability of 0.1 %.
    /// </summary>
    public const double MostStandardErrors = 4.5;

    /// <summary>Name of the activation.</summary>
    public required string Activation { get; init; }

    /// <summary>Name of the covariance of x.</summary>
    public required string Covariance { get; init; }

    /// <summary>The width.</summary>
    public required int Dimension { get; init; }

    /// <summary>The sampled ratio.</summary>
    public required Spread Sampled { get; init; }

    /// <summary>The ratio in closed form.</summary>
    public required Spread Exact { get; init; }

    /// <summary>er(M).</summary>
    public required Spread EffectiveRank { get; init; }

    /// <summary>st of the samples.</summary>
    public required Spread StableRank { get; init; }

    /// <summary>The bound, which for GELU varies with the least variance; NaN where there is none.</summary>
    public required Spread Bound { get; init; }

    /// <summary>Largest exact ratio over its bound; NaN where there is no bound.</summary>
    public required double WorstRatio { get; init; }

    /// <summary>Largest er(M) over the exact ratio; NaN where the ratio is infinite.</summary>
    public required double WorstEffectiveRank { get; init; }

    /// <summary>Largest distance of a sampled ratio from the exact one, in standard errors.</summary>
    public required double Off { get; init; }

    /// <summary>Most standard errors by which a sampled ratio exceeds the bound.</summary>
    public required double Above { get; init; }

    /// <summary>Whether the exact ratio is at most the bound, the sampled one too up to its error, and er(M) at most the ratio; null without a
    /// bound.</summary>
    public bool? Holds => double.IsNaN(Bound.Mean) ? null : WorstRatio <= 1 + Rounding && WorstEffectiveRank <= 1 + Rounding && Above <= MostStandardErrors;

    /// <summary>The rows of a log.</summary>
    public static IReadOnlyList<NsrRow> All(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return [.. (log.Sections[NsrTable.Section] as JsonArray ?? []).Select(row => FromJson(row!))];
    }

    /// <summary>The row of measurements that share activation, covariance and width.</summary>
    internal static NsrRow Of(IReadOnlyList<NsrMeasurement> all) => new()
    {
        Activation = all[0].Activation,
        Covariance = all[0].Covariance,
        Dimension = all[0].Dimension,
        Sampled = Spread.Of([.. all.Select(m => m.Sampled)]),
        Exact = Spread.Of([.. all.Select(m => m.Exact)]),
        EffectiveRank = Spread.Of([.. all.Select(m => m.EffectiveRank)]),
        StableRank = Spread.Of([.. all.Select(m => m.StableRank)]),
        Bound = Spread.Of([.. all.Select(m => m.Bound)]),
        WorstRatio = Spread.Of([.. all.Select(m => m.Exact / m.Bound)]).Max,
        WorstEffectiveRank = Spread.Of([.. all.Select(m => m.EffectiveRank / m.Exact)]).Max,
        Off = Spread.Of([.. all.Select(m => m.StandardErrorsOff)]).Max,
        Above = Spread.Of([.. all.Select(m => m.StandardErrorsAbove)]).Max,
    };

    /// <summary>The row as the log has it.</summary>
    /// <param name="isWhole">False where the run was stopped before its end: then it is not judged.</param>
    public JsonObject ToJson(bool isWhole = true) => new()
    {
        ["activation"] = Activation,
        ["covariance"] = Covariance,
        ["d"] = Dimension,
        ["nsr"] = Sampled.ToJson(),
        ["nsr_exact"] = Exact.ToJson(),
        ["effective_rank"] = EffectiveRank.ToJson(),
        ["stable_rank"] = StableRank.ToJson(),
        ["bound"] = Bound.ToJson(),
        ["worst_ratio"] = JsonNumber.From(WorstRatio),
        ["worst_effective_rank"] = JsonNumber.From(WorstEffectiveRank),
        ["standard_errors_off"] = JsonNumber.From(Off),
        ["standard_errors_above"] = JsonNumber.From(Above),
        ["holds"] = isWhole ? Holds : null,
    };

    /// <summary>The row that <see cref="ToJson"/> made.</summary>
    public static NsrRow FromJson(JsonNode row)
    {
        ArgumentNullException.ThrowIfNull(row);
        double Number(string name) => JsonNumber.Of(row[name]) ?? double.NaN;
        return new NsrRow
        {
            Activation = row["activation"]!.GetValue<string>(),
            Covariance = row["covariance"]!.GetValue<string>(),
            Dimension = (int)Number("d"),
            Sampled = Spread.FromJson(row["nsr"]),
            Exact = Spread.FromJson(row["nsr_exact"]),
            EffectiveRank = Spread.FromJson(row["effective_rank"]),
            StableRank = Spread.FromJson(row["stable_rank"]),
            Bound = Spread.FromJson(row["bound"]),
            WorstRatio = Number("worst_ratio"),
            WorstEffectiveRank = Number("worst_effective_rank"),
            Off = Number("standard_errors_off"),
            Above = Number("standard_errors_above"),
        };
    }

    /// <summary>The row for people.</summary>
    internal JsonObject ToSummary() => new()
    {
        ["activation"] = Activation,
        ["Σ"] = Covariance,
        ["d"] = Dimension,
        ["NSR min"] = JsonNumber.From(Sampled.Min),
        ["mean"] = JsonNumber.From(Sampled.Mean),
        ["max"] = JsonNumber.From(Sampled.Max),
        ["exact"] = JsonNumber.From(Exact.Mean),
        ["bound"] = JsonNumber.From(Bound.Mean),
        ["worst"] = JsonNumber.From(WorstRatio),
        ["off"] = JsonNumber.From(Off),
        ["er(M)"] = JsonNumber.From(EffectiveRank.Mean),
        ["st"] = JsonNumber.From(StableRank.Mean),
        ["holds"] = Holds,
    };
}
