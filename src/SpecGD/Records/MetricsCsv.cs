using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// A log as a table for spreadsheets and data frames: one row for each method and step, one column for each series, empty where there is no value.
/// Of a log without methods it is the table that the experiment makes of it.
/// </summary>
public static class MetricsCsv
{
    /// <summary>The table with its header line.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rows">The rows that stand in where the log has no methods; each has the same columns.</param>
    public static string Render(RunLog log, IReadOnlyList<JsonObject>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Methods.Count == 0 && rows is { Count: > 0 })
            return OfRows(rows);
        string[] columns = [.. log.Methods.Values.SelectMany(m => m.Series.Keys).Distinct()];
        var csv = new StringBuilder("method,step");
        foreach (string column in columns)
            csv.Append(',').Append(column);
        csv.Append('\n');
        foreach (var (name, method) in log.Methods)
            AppendMethod(csv, name, method, columns);
        return csv.ToString();
    }

    /// <summary>Rows as a table with its header line, numbers in their shortest form, other cells as text; empty where there are none.</summary>
    /// <param name="rows">Each has the same columns.</param>
    public static string OfRows(IReadOnlyList<JsonObject> rows)
    {
        using var csv = new StringWriter(CultureInfo.InvariantCulture);
        WriteRows(rows, csv);
        return csv.ToString();
    }

    /// <summary>As <see cref="OfRows"/>, row by row into <paramref name="csv"/>.</summary>
    public static void WriteRows(IEnumerable<JsonObject> rows, TextWriter csv)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(csv);
        bool isFirst = true;
        foreach (var row in rows)
        {
            if (isFirst)
                csv.Write(string.Join(',', row.Select(cell => Quoted(cell.Key))) + "\n");
            isFirst = false;
            csv.Write(string.Join(',', row.Select(cell => Quoted(Text(cell.Value)))) + "\n");
        }
    }

    private static string Text(JsonNode? cell) =>
        JsonNumber.Of(cell) is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : cell?.ToString() ?? "";

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static void AppendMethod(StringBuilder csv, string name, MethodLog method, string[] columns)
    {
        var next = new int[columns.Length];
        var series = Array.ConvertAll(columns, method.Find);
        foreach (int step in method.Series.Values.SelectMany(s => s.Steps).Distinct().Order())
        {
            csv.Append(name).Append(',').Append(step);
            for (int c = 0; c < columns.Length; c++)
            {
                csv.Append(',');
                if (series[c] is not { } s || next[c] >= s.Count || s.Steps[next[c]] != step)
                    continue;
                double value = s.Values[next[c]++];
                if (double.IsFinite(value))
                    csv.Append(value.ToString("R", CultureInfo.InvariantCulture));
            }
            csv.Append('\n');
        }
    }
}
