using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Cli.Display;

/// <summary>Tables of results, for people and for programs.</summary>
internal static class SummaryView
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Prints rows that share their keys as a table with a heading, numbers to the right; in a pipe a line each, on a terminal within its width.
    /// </summary>
    /// <param name="heading">What stands above it; on a terminal broken between words.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="keys">How many of the first columns name a row, and are repeated where the table is parted; null for the leading texts.</param>
    public static void PrintTable(string heading, IReadOnlyList<JsonObject> rows, int? keys = null)
    {
        if (rows.Count == 0)
            return;
        Console.Out.WriteLine();
        Terminal.Say(heading, indent: TableLayout.Gap);
        foreach (string line in TextTable.Lines(Columns(rows), Terminal.Width, keys))
            Console.Out.WriteLine(line);
    }

    /// <summary>The columns of rows that share their keys.</summary>
    internal static IReadOnlyList<TableLayout.Column> Columns(IReadOnlyList<JsonObject> rows) =>
    [
        .. from key in rows[0].Select(cell => cell.Key)
           let isText = rows.All(row => row[key] is null || row[key]!.GetValueKind() == JsonValueKind.String)
           select new TableLayout.Column(isText, key, [.. rows.Select(row => Shown(key, row[key]))]),
    ];

    /// <summary>Prints what the numbers of a run say: its table and its sentences.</summary>
    public static void Print(string heading, RunSummary summary)
    {
        PrintTable(heading, summary.Rows, summary.Keys.Count);
        foreach (string sentence in summary.Sentences)
            Terminal.Say(sentence);
    }

    /// <summary>Prints a JSON value on standard output.</summary>
    public static void PrintJson(JsonNode node) => Console.Out.WriteLine(JsonText(node));

    /// <summary>A JSON value on lines of its own.</summary>
    public static string JsonText(JsonNode node) => node.ToJsonString(Indented);

    /// <summary>A cell as people read it: methods by the names that figures and sentences have.</summary>
    private static string Shown(string column, JsonNode? cell) => column == MethodName.Column ? MethodName.Of(Show(cell)) : Show(cell);

    private static string Show(JsonNode? cell)
    {
        if (cell is not JsonValue value)
            return "–";
        return value.GetValueKind() switch
        {
            JsonValueKind.Number when value.TryGetValue(out double number) => NumberText.Of(number),
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "NO",
            _ => value.ToString(),
        };
    }
}
