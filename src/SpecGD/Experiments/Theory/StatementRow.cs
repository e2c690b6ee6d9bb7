using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>The measurements of one case at one place, over all seeds.</summary>
public sealed record StatementRow
{
    /// <summary>Which of the statement's numbers.</summary>
    public required string Case { get; init; }

    /// <summary>Cases of one group share a panel.</summary>
    public string Group { get; init; } = "";

    /// <summary>d.</summary>
    public required int Dimension { get; init; }

    /// <summary>Place on the statement's abscissa; d itself for most.</summary>
    public required double At { get; init; }

    /// <summary>Number of seeds.</summary>
    public required int Seeds { get; init; }

    /// <summary>Smallest, mean and largest measured value.</summary>
    public required double Min { get; init; }

    /// <summary>Mean over the seeds.</summary>
    public required double Mean { get; init; }

    /// <summary>Largest over the seeds.</summary>
    public required double Max { get; init; }

    /// <summary>Standard deviation over the seeds; 0 for one seed.</summary>
    public double Deviation { get; init; }

    /// <summary>The bound or prediction, averaged where it is itself measured; NaN where there is none.</summary>
    public double Bound { get; init; } = double.NaN;

    /// <summary>Largest ratio of a value to its own bound; NaN without a bound.</summary>
    public double WorstRatio { get; init; } = double.NaN;

    /// <summary>Standard error of <see cref="Mean"/>, from within the trials; NaN where there is none.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>What else was measured, averaged.</summary>
    public IReadOnlyList<(string Name, double Value)> Details { get; init; } = [];

    /// <summary>The row of measurements that share case, dimension and place.</summary>
    public static StatementRow Of(int dimension, IReadOnlyList<Measurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        var first = measurements[0];
        double[] values = [.. measurements.Select(m => m.Value)];
        return new StatementRow
        {
            Case = first.Case,
            Group = first.Group,
            Dimension = dimension,
            At = first.At,
            Seeds = values.Length,
            Min = values.Any(double.IsNaN) ? double.NaN : values.Min(),
            Mean = values.Average(),
            Max = values.Any(double.IsNaN) ? double.NaN : values.Max(),
            Deviation = Math.Sqrt(values.Sum(v => (v - values.Average()) * (v - values.Average())) / Math.Max(1, values.Length - 1)),
            Bound = measurements.Average(m => m.Bound),
            WorstRatio = measurements.Any(m => double.IsNaN(m.Value / m.Bound)) ? double.NaN : measurements.Max(m => m.Value / m.Bound),
            StandardError = Math.Sqrt(measurements.Sum(m => m.StandardError * m.StandardError)) / values.Length,
            Details = [.. first.Details.Select((detail, i) => (detail.Name, measurements.Average(m => m.Details[i].Value)))],
        };
    }

    /// <summary>The row as the log has it.</summary>
    public JsonObject ToJson() => new()
    {
        ["case"] = Case,
        ["group"] = Group,
        ["d"] = Dimension,
        ["at"] = JsonNumber.From(At),
        ["seeds"] = Seeds,
        ["min"] = JsonNumber.From(Min),
        ["mean"] = JsonNumber.From(Mean),
        ["max"] = JsonNumber.From(Max),
        ["deviation"] = JsonNumber.From(Deviation),
        ["bound"] = JsonNumber.From(Bound),
        ["worst_ratio"] = JsonNumber.From(WorstRatio),
        ["standard_error"] = JsonNumber.From(StandardError),
        ["details"] = new JsonObject(Details.Select(d => KeyValuePair.Create(d.Name, JsonNumber.From(d.Value)))),
    };

    /// <summary>The row that <see cref="ToJson"/> made.</summary>
    public static StatementRow FromJson(JsonNode row)
    {
        ArgumentNullException.ThrowIfNull(row);
        double Number(string name) => JsonNumber.Of(row[name]) ?? double.NaN;
        return new StatementRow
        {
            Case = row["case"]!.GetValue<string>(),
            Group = row["group"]!.GetValue<string>(),
            Dimension = (int)Number("d"),
            At = Number("at"),
            Seeds = (int)Number("seeds"),
            Min = Number("min"),
            Mean = Number("mean"),
            Max = Number("max"),
            Deviation = Number("deviation"),
            Bound = Number("bound"),
            WorstRatio = Number("worst_ratio"),
            StandardError = Number("standard_error"),
            Details = [.. (row["details"] as JsonObject ?? []).Select(d => (d.Key, JsonNumber.Of(d.Value) ?? double.NaN))],
        };
    }
}
