using System.Text;

namespace SpecGD.Figures.Description;

/// <summary>Tables of values with commas between, as RFC 4180 has them.</summary>
internal static class CsvText
{
    /// <summary>The rows of a table, all as wide as the first; lines without anything are passed over.</summary>
    /// <exception cref="BadInputException">A row has another number of values than the first.</exception>
    public static IEnumerable<string[]> Rows(string text, string path)
    {
        int width = 0, line = 0;
        foreach (string[] row in All(text).Where(row => row is not [""]))
        {
            line++;
            width = line == 1 ? row.Length : width;
            if (row.Length != width)
                throw new BadInputException($"{path}, row {line}, has {Counted.Of(row.Length, "value")}; {width} were expected, as in the first row.");
            yield return row;
        }
    }

    private static IEnumerable<string[]> All(string text)
    {
        var row = new List<string>();
        var value = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                value.Append(c);
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && (c is ',' or '\n'))
            {
                row.Add(value.ToString());
                value.Clear();
                if (c == ',')
                    continue;
                yield return [.. row];
                row.Clear();
            }
            else if (quoted || c != '\r')
            {
                value.Append(c);
            }
        }
        if (value.Length > 0 || row.Count > 0)
            yield return [.. row, value.ToString()];
    }
}
