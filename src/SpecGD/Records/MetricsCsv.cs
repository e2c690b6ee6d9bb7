using System.Globalization;
using System.Text;

namespace SpecGD.Records;

/// <summary>
/// A log as a table for spreadsheets and data frames: one row for each method and step, one column
/// for each series, empty where there is no value.
/// </summary>
public static class MetricsCsv
{
    /// <summary>The table with its header line.</summary>
    public static string Render(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        string[] columns = [.. log.Methods.Values.SelectMany(m => m.Series.Keys).Distinct()];
        var csv = new StringBuilder("method,step");
        foreach (string column in columns)
            csv.Append(',').Append(column);
        csv.Append('\n');
        foreach (var (name, method) in log.Methods)
            AppendMethod(csv, name, method, columns);
        return csv.ToString();
    }

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
