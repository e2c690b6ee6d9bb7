using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps.Analysis;

/// <summary>A metric of one setting, over its repetitions.</summary>
/// <param name="Axes">The setting: the method and the options that vary, by name, in the order of the file.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Values">The value of each repetition that ran to its end.</param>
/// <param name="Diverged">Repetitions that diverged; they have no value.</param>
/// <param name="Estimate">Mean and interval; null where no repetition ran to its end.</param>
public sealed record SettingResult(
    IReadOnlyDictionary<string, string> Axes,
    Metric Metric,
    IReadOnlyDictionary<string, double> Values,
    int Diverged,
    Estimate? Estimate)
{
    /// <summary>What names the row of an experiment's table that it is of; none of a trajectory.</summary>
    public RowKeys Keys { get; init; } = RowKeys.None;

    /// <summary>Whether repetitions ran to their end and yet have no mean: a value is not finite, or, of a geometric mean, not above zero.</summary>
    public bool IsUndefined => Estimate is { } estimate && !double.IsFinite(estimate.Mean);

    /// <summary>Whether the mean differs from the baseline's; null for the baseline itself and where there is nothing to compare.</summary>
    public Significance? AgainstBaseline { get; init; }

    /// <summary>True where a tuned option is best at an end of its values, so that a better one may lie beyond.</summary>
    public bool IsAtEdge { get; init; }

    /// <summary>How many values of the tuned option this one is the best of; 0 where none was chosen. One of 1 was not tuned.</summary>
    public int Tried { get; init; }

    /// <summary>Whether every repetition ran to its end; else the mean is one of survivors, and no result.</summary>
    public bool IsWhole => Diverged == 0;

    /// <summary>Whether any of the settings has more than one repetition; else their numbers are single values and no means.</summary>
    public static bool AnyRepeats(IEnumerable<SettingResult> settings) => settings.Any(setting => setting.Values.Count + setting.Diverged > 1);

    /// <summary>How many repetitions the mean is of: "3", or "1 of 3" where the others diverged.</summary>
    public string CountText => IsWhole
        ? Values.Count.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Values.Count} of {Values.Count + Diverged}");

    /// <summary>The value of an axis.</summary>
    public string this[string axis] => Axes[axis];

    /// <summary>The result as a row of a table.</summary>
    public JsonObject ToRow()
    {
        var row = new JsonObject();
        foreach (var (axis, value) in Axes)
            row[axis] = AxisText.Number(value) is { } number ? JsonNumber.From(number) : value;
        row["metric"] = Metric.ToString();
        row["n"] = Values.Count;
        row["diverged"] = Diverged;
        row["mean"] = Number(Estimate?.Mean);
        row["low"] = Number(Estimate?.Lower);
        row["high"] = Number(Estimate?.Upper);
        row["p"] = Number(AgainstBaseline?.P);
        row["test"] = AgainstBaseline?.Name;
        return row;
    }

    private static JsonNode? Number(double? value) => value is { } number ? JsonNumber.From(number) : null;
}
