using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>What one-step rows say: a line for each kind of layer of each model.</summary>
public static class OneStepSummary
{
    /// <summary>
    /// A share of fewer cases than this says nothing: by chance alone, four calls are all right in one series of sixteen.
    /// </summary>
    public const int LeastCases = 5;

    private const string RightCalls = "right calls, %", RightDecided = "right, factor 2 apart, %", RightTuned = "right, steps tuned, %";

    /// <summary>"93 of 132 points (70.5 %)"; the share is left out where there are too few points for one.</summary>
    /// <param name="those">How many of the points.</param>
    /// <param name="rows">The points.</param>
    public static string Words(int those, int rows) => string.Create(CultureInfo.InvariantCulture, $"{those} of {Counted.Of(rows, "point")}")
        + (rows >= LeastCases ? string.Create(CultureInfo.InvariantCulture, $" ({(double)those / rows:P1})") : "");

    /// <summary>The share of the rows where the rule picked the better step; NaN without rows.</summary>
    public static double ShareRight(IEnumerable<OneStepRow> rows) =>
        rows.Select(row => row.IsRight ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The table and its sentences.</summary>
    public static RunSummary Of(IReadOnlyList<OneStepRow> all)
    {
        OneStepRow[] rows = [.. all.Where(row => row.IsWhole)];
        return new RunSummary(
            ["model", "layer"],
            [.. rows.GroupBy(row => (row.Model, row.Kind)).Select(group => Line(group.Key.Model, group.Key.Kind, [.. group]))],
            [.. Sentences(all, rows)])
        {
            Verdicts = [RightCalls, RightDecided, RightTuned],
        };
    }

    private static JsonObject Line(string model, string kind, OneStepRow[] rows) => new()
    {
        ["model"] = model,
        ["layer"] = kind,
        ["points"] = rows.Length,
        ["median nr/st"] = JsonNumber.From(Rounded(Median.Of(rows.Select(row => row.Predicted)))),
        [RightCalls] = Percent(ShareRight(rows)),
        [RightDecided] = rows.Count(row => row.IsDecided) < LeastCases ? null : Percent(ShareRight(rows.Where(row => row.IsDecided))),
        [RightTuned] = Percent(rows.Average(row => row.IsRightTuned ? 1.0 : 0)),
        ["measured/predicted"] = JsonNumber.From(Rounded(Median.Of(rows.Select(row => row.Measured / row.Predicted)))),
        ["GD keeps it, %"] = Percent(rows.Average(row => row.Euclidean.Halvings == 0 ? 1.0 : 0)),
        ["spectral keeps it, %"] = Percent(rows.Average(row => row.Spectral.Halvings == 0 ? 1.0 : 0)),
        ["halved, GD"] = JsonNumber.From(Median.Of(rows.Select(row => row.Euclidean.Halvings))),
        ["halved, spectral"] = JsonNumber.From(Median.Of(rows.Select(row => row.Spectral.Halvings))),
    };

    private static IEnumerable<string> Sentences(IReadOnlyList<OneStepRow> all, OneStepRow[] rows)
    {
        if (rows.Length == 0)
            yield break;
        OneStepRow[] decided = [.. rows.Where(row => row.IsDecided)];
        yield return string.Create(CultureInfo.InvariantCulture,
            $"nr(G) >= st(A) picked the step that decreased the loss more at {Words(rows.Count(row => row.IsRight), rows.Length)}, ")
            + string.Create(CultureInfo.InvariantCulture,
            $"and at {decided.Count(row => row.IsRight)} of the {decided.Length} where the guarantees are a factor of two apart.");
        if (all.Count > rows.Length)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{Counted.Of(all.Count - rows.Length, "point")} {Counted.Noun(all.Count - rows.Length, "is")} left out: no step there decreased the loss as guaranteed, or both did by nothing that rounding leaves.");
        yield return string.Create(CultureInfo.InvariantCulture,
            $"With both steps doubled for as long as it pays, the rule picked the better direction at {Words(rows.Count(row => row.IsRightTuned), rows.Length)}.");
        yield return "'keeps it' is the share of points where the step of the one-step model decreases the loss as guaranteed; "
            + "where it does not, the curvature is larger than the activations tell, and the step is halved until it does.";
    }

    /// <summary>A share as a number of per cent with one decimal, so that sweeps can take means of it.</summary>
    private static JsonNode? Percent(double share) => JsonNumber.From(Math.Round(100 * share, 1));

    private static double Rounded(double value) => double.IsFinite(value) ? double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;
}
