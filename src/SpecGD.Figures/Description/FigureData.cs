using System.Globalization;
using System.Text;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Description;

/// <summary>
/// The data of a figure as a table that any program reads: a row for each point, with the numbers of its panel and curve, counted from 1, and the
/// curve's label; what a curve does not have is empty, and NaN is a gap.
/// </summary>
internal static class FigureData
{
    /// <summary>Ending of its file.</summary>
    public const string Ending = ".csv";

    private const string Panel = "panel", CurveNumber = "curve", Label = "label";

    private static readonly string[] Keys = [Panel, CurveNumber, Label];

    /// <summary>The text of the file. Numbers are as short as they can be without loss.</summary>
    public static string Render(Figure figure)
    {
        string[] names = [.. figure.Panels.SelectMany(panel => panel.Curves).SelectMany(curve => curve.Columns).Select(column => column.Name).Distinct()];
        var text = new StringBuilder().AppendJoin(',', Keys.Concat(names)).Append('\n');
        foreach (var (panel, shown) in figure.Panels.Index())
        {
            foreach (var (number, curve) in shown.Curves.Index())
                Append(text, string.Create(CultureInfo.InvariantCulture, $"{panel + 1},{number + 1},{Quoted(curve.Label.ToString())}"), curve, names);
        }
        return text.ToString();
    }

    /// <summary>The columns of each curve, by the numbers of panel and curve.</summary>
    /// <exception cref="BadInputException">The file is no such table.</exception>
    public static IReadOnlyDictionary<(int Panel, int Curve), IReadOnlyList<Column>> Read(string path)
    {
        string[][] rows = [.. CsvText.Rows(Text(path), path)];
        if (rows.Length == 0 || rows[0].Length < Keys.Length || !rows[0].Take(Keys.Length).SequenceEqual(Keys))
            throw new BadInputException($"{path} is not the data of a figure: its first line must begin with {string.Join(',', Keys)}.");
        string[] names = rows[0][Keys.Length..];
        return rows.Skip(1).Index().GroupBy(row => (Whole(row.Item, 0, row.Index), Whole(row.Item, 1, row.Index)))
            .ToDictionary(curve => curve.Key, curve => Columns(names, [.. curve]));

        int Whole(string[] row, int column, int index) =>
            int.TryParse(row[column], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Bad(row, column, index);

        IReadOnlyList<Column> Columns(string[] all, (int Index, string[] Item)[] curve) =>
        [
            .. all.Index().Where(name => curve.Any(row => row.Item[Keys.Length + name.Index].Length > 0))
                .Select(name => new Column(name.Item, [.. curve.Select(row => Value(row.Item, Keys.Length + name.Index, row.Index))])),
        ];

        double Value(string[] row, int column, int index) => row[column] is "NaN" or "" ? double.NaN
            : double.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Bad(row, column, index);

        BadInputException Bad(string[] row, int column, int index) =>
            new($"{path}, row {index + 2}: '{row[column]}' is no number; one was expected in the column {rows[0][column]}.");
    }

    private static void Append(StringBuilder text, string begin, Curve curve, string[] names)
    {
        var columns = names.Select(name => curve.Columns.FirstOrDefault(column => column.Name == name)).ToArray();
        for (int i = 0; curve.Columns.Count > 0 && i < curve.Columns[0].Values.Count; i++)
        {
            text.Append(begin);
            foreach (var column in columns)
                text.Append(',').Append(column is null ? "" : Number(column.Values[i]));
            text.Append('\n');
        }
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"The figure's data are missing: there is no {Path.GetFileName(path)} in {Path.GetDirectoryName(Path.GetFullPath(path))}; copy it there.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The data of the figure cannot be read: {e.Message}", e);
        }
    }

    private static string Number(double value) => double.IsFinite(value) ? (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture) : "NaN";

    private static string Quoted(string text) => text.AsSpan().ContainsAny("\",\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
