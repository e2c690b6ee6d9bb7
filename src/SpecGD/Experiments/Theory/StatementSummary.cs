using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>The table of a theory log: a row for every case of every statement, measured at the largest dimension, judged over all of them.</summary>
internal static class StatementSummary
{
    public static RunSummary Of(IReadOnlyList<StatementResult> results)
    {
        JsonObject[] rows = [.. from result in results from c in result.Cases select Row(result.Statement, c.Group, c.Case, c.Rows, c.Verdict)];
        return new RunSummary(["statement", "quantity"], rows, [.. Sentences(results)]) { Verdicts = ["worst", "trend", "holds"] };
    }

    private static JsonObject Row(Statement statement, string group, string name, IReadOnlyList<StatementRow> rows, Verdict verdict)
    {
        var last = rows.MaxBy(row => (row.Dimension, row.At))!;
        return new JsonObject
        {
            ["statement"] = statement.Name,
            ["quantity"] = $"{statement.Quantity}: {(group.Length > 0 ? $"{group}, " : "")}{name}",
            ["d"] = last.Dimension,
            ["min"] = JsonNumber.From(last.Min),
            ["mean"] = JsonNumber.From(last.Mean),
            ["max"] = JsonNumber.From(last.Max),
            ["bound"] = JsonNumber.From(last.Bound),
            ["worst"] = JsonNumber.From(verdict.Worst),
            ["trend"] = verdict.Trend,
            ["holds"] = verdict.Holds,
        };
    }

    private static IEnumerable<string> Sentences(IReadOnlyList<StatementResult> results)
    {
        if (results.Count == 0)
            yield break;
        int cases = results.Sum(r => r.Cases.Count), holding = results.Sum(r => r.Cases.Count(c => c.Verdict.Holds == true));
        int open = results.Sum(r => r.Cases.Count(c => c.Verdict.Holds is null));
        yield return string.Create(CultureInfo.InvariantCulture, $"{holding} of {Counted.Of(cases - open, "case")} of {Counted.Of(results.Count, "statement")} {Counted.Verb(holding, cases - open, "holds")}{(open > 0 ? $"; {open} more cannot be judged" : "")}.");
        yield return "Values are those of the largest dimension; 'worst' is the largest ratio of a value to its bound over all dimensions and seeds, "
            + "'trend' how the mean goes with the abscissa x.";
    }
}
