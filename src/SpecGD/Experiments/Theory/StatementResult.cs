using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Theory;

/// <summary>A statement with what was measured of it.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Rows">Its rows: every case, dimension and place.</param>
public sealed record StatementResult(Statement Statement, IReadOnlyList<StatementRow> Rows)
{
    /// <summary>Name in the log of the results by statement.</summary>
    public const string Section = "statements";

    /// <summary>The rows of each case with the verdict on them, in the order in which the statement measures them.</summary>
    public IReadOnlyList<(string Group, string Case, IReadOnlyList<StatementRow> Rows, Verdict Verdict)> Cases =>
    [
        .. from row in Rows
           group row by (row.Group, row.Case) into rows
           select (rows.Key.Group, rows.Key.Case, (IReadOnlyList<StatementRow>)[.. rows], Statement.JudgeOf(rows.Key.Case)([.. rows])),
    ];

    /// <summary>Whether every case holds; false where there is none.</summary>
    public bool Holds => Rows.Count > 0 && Cases.All(c => c.Verdict.Holds == true);

    /// <summary>The result of one statement in a log; null where the log has none.</summary>
    public static StatementResult? Of(RunLog log, string name)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Sections[Section]?[name]?["rows"] is JsonArray { Count: > 0 } rows
            ? new StatementResult(StatementCatalog.Named(name), [.. rows.Select(row => StatementRow.FromJson(row!))])
            : null;
    }

    /// <summary>The results of every statement in a log, in the paper's order.</summary>
    public static IReadOnlyList<StatementResult> All(RunLog log) => [.. StatementCatalog.All.Select(s => Of(log, s.Name)).OfType<StatementResult>()];

    /// <summary>The result as the log has it: rows, and for readers without this library the verdicts too.</summary>
    /// <param name="isWhole">False where the run was stopped before its end: then there are no verdicts.</param>
    public JsonObject ToJson(bool isWhole = true) => new()
    {
        ["reference"] = Statement.Reference,
        ["claim"] = Statement.Claim,
        ["quantity"] = Statement.Quantity,
        ["abscissa"] = Statement.Abscissa,
        ["rows"] = new JsonArray([.. Rows.Select(row => (JsonNode)row.ToJson())]),
        ["verdicts"] = new JsonArray(
        [
            .. (isWhole ? Cases : []).Select(c => (JsonNode)new JsonObject
            {
                ["group"] = c.Group,
                ["case"] = c.Case,
                ["holds"] = c.Verdict.Holds,
                ["trend"] = c.Verdict.Trend,
            }),
        ]),
    };
}
