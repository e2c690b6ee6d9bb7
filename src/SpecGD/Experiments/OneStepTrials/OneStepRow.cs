using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>Both single steps of one layer, or of all layers together, from one iterate.</summary>
public sealed record OneStepRow
{
    /// <summary>Name of the rows in the log.</summary>
    public const string Section = "rows";

    /// <summary>The model and its nonlinearity: <c>random-feature relu</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The layers that it is counted with.</summary>
    public required string Kind { get; init; }

    /// <summary>The method whose iterate it is.</summary>
    public required string Trajectory { get; init; }

    /// <summary>The seed of data and weights.</summary>
    public required int Seed { get; init; }

    /// <summary>The step of the trajectory before whose update the iterate stands.</summary>
    public required int Step { get; init; }

    /// <summary>nr(G); NaN for several layers together.</summary>
    public required double NuclearRank { get; init; }

    /// <summary>st(A); NaN for several layers together.</summary>
    public required double StableRank { get; init; }

    /// <summary>The Euclidean step.</summary>
    public required StepOutcome Euclidean { get; init; }

    /// <summary>The spectral step.</summary>
    public required StepOutcome Spectral { get; init; }

    /// <summary>The ratio of the guarantees, for one layer nr(G)/st(A).</summary>
    public double Predicted => Spectral.Guarantee / Euclidean.Guarantee;

    /// <summary>The ratio of the true decreases, each of the step that kept its own guarantee; NaN where one kept none.</summary>
    public double Measured => Spectral.Kept / Euclidean.Kept;

    /// <summary>The ratio of the largest decreases along the two directions, each step tuned.</summary>
    public double Tuned => Spectral.Best / Euclidean.Best;

    /// <summary>Whether both ratios are positive numbers, so that the point can be judged and drawn.</summary>
    public bool IsWhole => Predicted > 0 && double.IsFinite(Predicted) && Measured > 0 && double.IsFinite(Measured);

    /// <summary>Whether the rule picked the step that decreased the loss more.</summary>
    public bool IsRight => SpectralCondition.Favours(Predicted, 1) == (Measured >= 1);

    /// <summary>Whether the rule picked the direction that decreases the loss more when both steps are tuned.</summary>
    public bool IsRightTuned => SpectralCondition.Favours(Predicted, 1) == (Tuned >= 1);

    /// <summary>Whether the guarantees differ by the factor of two from which on the two-sided argument under (1.5) excludes an error.</summary>
    public bool IsDecided => Math.Max(Predicted, 1 / Predicted) >= SpectralCondition.CertainRatio;

    /// <summary>The rows of a log; none where it is of another experiment.</summary>
    /// <exception cref="BadInputException">They are no list of objects.</exception>
    public static IReadOnlyList<OneStepRow> All(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.ConfigText("experiment") == OneStep.ExperimentName
            ? [.. log.Rows(Section).Select(FromJson)]
            : [];
    }

    /// <summary>The row as the log has it.</summary>
    public JsonObject ToJson() => new()
    {
        ["model"] = Model,
        ["layer"] = Layer,
        ["kind"] = Kind,
        ["trajectory"] = Trajectory,
        ["seed"] = Seed,
        ["step"] = Step,
        ["nuclear_rank"] = JsonNumber.From(NuclearRank),
        ["stable_rank"] = JsonNumber.From(StableRank),
        ["euclidean"] = Euclidean.ToJson(),
        ["spectral"] = Spectral.ToJson(),
    };

    /// <summary>The row that <see cref="ToJson"/> made.</summary>
    public static OneStepRow FromJson(JsonObject row)
    {
        ArgumentNullException.ThrowIfNull(row);
        string Text(string name) => row[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
        double Number(string name) => JsonNumber.Of(row[name]) ?? double.NaN;
        return new OneStepRow
        {
            Model = Text("model"),
            Layer = Text("layer"),
            Kind = Text("kind"),
            Trajectory = Text("trajectory"),
            Seed = (int)Number("seed"),
            Step = (int)Number("step"),
            NuclearRank = Number("nuclear_rank"),
            StableRank = Number("stable_rank"),
            Euclidean = StepOutcome.FromJson(row["euclidean"]),
            Spectral = StepOutcome.FromJson(row["spectral"]),
        };
    }
}
