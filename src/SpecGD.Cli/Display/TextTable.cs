using System.Text;

namespace SpecGD.Cli.Display;

/// <summary>A table as lines of text: on a terminal within its width, with a rule under the headings; in a pipe one line for each row, and nothing else.</summary>
internal static class TextTable
{
    /// <summary>The lines of a table.</summary>
    /// <param name="columns">The columns, all with as many cells.</param>
    /// <param name="width">Characters in a line; null for a pipe, where no line is wrapped.</param>
    /// <param name="keys">How many of the first columns name a row; null for the leading texts.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<TableLayout.Column> columns, int? width, int? keys = null)
    {
        if (width is null)
        {
            int[] natural = [.. columns.Select(column => column.Natural)];
            return Rows(columns, natural, rule: false);
        }
        var parts = TableLayout.Parts(columns, width.Value, keys);
        bool isTooWide = parts.Any(part => part.Widths.Sum(column => column + TableLayout.Gap) > width);
        if (isTooWide || (keys is { } first && parts.Skip(1).Any(part => !TableLayout.TellsRows(columns, part.Columns, first))))
            return Blocks(columns, width.Value);
        return parts.SelectMany((part, i) =>
            Enumerable.Repeat("", i == 0 ? 0 : 1).Concat(Rows([.. part.Columns.Select(c => columns[c])], part.Widths, rule: true)));
    }

    /// <summary>Where not even two columns, or not the names of the rows, fit beside another: a block for each row, a line or a few for each cell, with its heading in front.</summary>
    private static IEnumerable<string> Blocks(IReadOnlyList<TableLayout.Column> columns, int width)
    {
        const int most = 2 * TableLayout.Gap;
        for (int row = 0; row < columns[0].Cells.Count; row++)
        {
            if (row > 0)
                yield return "";
            foreach (var (place, column) in columns.Index())
                foreach (string line in TableLayout.Wrapped(place == 0 ? column.Cells[row] : $"{column.Heading}: {column.Cells[row]}", width - most))
                    yield return new string(' ', place == 0 ? TableLayout.Gap : most) + line;
        }
    }

    private static IEnumerable<string> Rows(IReadOnlyList<TableLayout.Column> columns, IReadOnlyList<int> widths, bool rule)
    {
        foreach (string line in Row(columns, widths, column => column.Heading, wrapNumbers: true))
            yield return line;
        if (rule)
            yield return string.Concat(widths.Select(width => new string(' ', TableLayout.Gap) + new string('─', width)));
        for (int row = 0; row < columns[0].Cells.Count; row++)
            foreach (string line in Row(columns, widths, column => column.Cells[row], wrapNumbers: false))
                yield return line;
    }

    /// <summary>A row in as many lines as its longest cell takes; numbers and their headings stand to the right.</summary>
    private static IEnumerable<string> Row(
        IReadOnlyList<TableLayout.Column> columns, IReadOnlyList<int> widths, Func<TableLayout.Column, string> cellOf, bool wrapNumbers)
    {
        var cells = columns.Select((column, i) =>
            column.IsText || wrapNumbers ? TableLayout.Wrapped(cellOf(column), widths[i]) : [cellOf(column)]).ToArray();
        for (int line = 0; line < cells.Max(cell => cell.Count); line++)
        {
            var text = new StringBuilder();
            for (int i = 0; i < cells.Length; i++)
            {
                string piece = line < cells[i].Count ? cells[i][line] : "";
                text.Append(' ', TableLayout.Gap).Append(columns[i].IsText ? piece.PadRight(widths[i]) : piece.PadLeft(widths[i]));
            }
            yield return text.ToString().TrimEnd();
        }
    }
}
