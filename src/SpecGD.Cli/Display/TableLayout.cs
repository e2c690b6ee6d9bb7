namespace SpecGD.Cli.Display;

/// <summary>
/// The widths of a table's columns on a terminal. Headings and texts are wrapped between words where they must be; no word and no number is ever
/// broken. A table that still does not fit is parted into several, one below the other.
/// </summary>
internal static class TableLayout
{
    /// <summary>Blanks between two columns, and before the first.</summary>
    public const int Gap = 2;

    /// <summary>Text is wrapped to this width first, and to its longest word where that does not do.</summary>
    private const int NarrowText = 16;

    /// <summary>A column of a table.</summary>
    /// <param name="IsText">Text may be wrapped between words; numbers may not.</param>
    /// <param name="Heading">What stands above it.</param>
    /// <param name="Cells">Its cells as they are shown.</param>
    public sealed record Column(bool IsText, string Heading, IReadOnlyList<string> Cells)
    {
        /// <summary>The width it takes unwrapped.</summary>
        public int Natural { get; } = Cells.Append(Heading).Max(text => text.Length);

        /// <summary>The least width that breaks nothing.</summary>
        public int Least { get; } = Math.Max(LongestWord(Heading), IsText ? Cells.Select(LongestWord).DefaultIfEmpty(0).Max() : Cells.Select(cell => cell.Length).DefaultIfEmpty(0).Max());

        /// <summary>The width it is wrapped to before others are wrapped harder.</summary>
        public int Narrow => Math.Max(Least, Math.Min(Natural, NarrowText));

        private static int LongestWord(string text) => text.Split(' ').Max(word => word.Length);
    }

    /// <summary>The columns of one part with their widths.</summary>
    /// <param name="Columns">Places of the columns.</param>
    /// <param name="Widths">Their widths.</param>
    public sealed record Part(IReadOnlyList<int> Columns, IReadOnlyList<int> Widths);

    /// <summary>
    /// All columns in one part where they fit into <paramref name="width"/>; else the leading texts, which name the rows, before the others, in as few
    /// parts as can be and with as many columns in each as in the next.
    /// </summary>
    /// <param name="columns">The columns.</param>
    /// <param name="width">Characters in a line.</param>
    /// <param name="keys">How many of the first columns name a row, be they texts or numbers; null for the leading texts.</param>
    public static IReadOnlyList<Part> Parts(IReadOnlyList<Column> columns, int width, int? keys = null)
    {
        int[] all = [.. Enumerable.Range(0, columns.Count)];
        if (Fits(all))
            return [Of(all)];
        int[] names = [.. all.TakeWhile(i => columns[i].IsText)];
        names = names.Length == 0 || names.Length == all.Length || Sum(names) > width / 2 ? [0] : names;
        if (keys is { } first && first < all.Length && Sum(all[..first]) + Sum([all[first..].MaxBy(i => columns[i].Least)]) <= width)
            names = all[..first];
        else if (keys is null && Telling(columns) is { } telling && telling > names.Length && Sum(all[..telling]) <= width / 2)
            names = all[..telling];
        int[] others = [.. all.Except(names)];
        int parts = Greedy(others.Length).Count;
        int even = (others.Length + parts - 1) / parts;
        var balanced = Greedy(even);
        return [.. (balanced.Count == parts ? balanced : Greedy(others.Length)).Select(part => Of([.. names, .. part]))];

        int Sum(IEnumerable<int> some) => some.Sum(i => columns[i].Least + Gap);

        bool Fits(IEnumerable<int> some) => Sum(some) <= width;

        List<List<int>> Greedy(int most)
        {
            var found = new List<List<int>>();
            foreach (int i in others)
            {
                if (found.Count == 0 || found[^1].Count == most || !Fits([.. names, .. found[^1], i]))
                    found.Add([]);
                found[^1].Add(i);
            }
            return found;
        }

        Part Of(int[] some) => new(some, Widths([.. some.Select(i => columns[i])], width));
    }

    /// <summary>Whether the columns of a part tell apart all rows that the columns that name them tell apart.</summary>
    /// <param name="columns">The columns of the table.</param>
    /// <param name="part">Those of the part.</param>
    /// <param name="keys">How many of the first columns name a row.</param>
    public static bool TellsRows(IReadOnlyList<Column> columns, IReadOnlyList<int> part, int keys)
    {
        int[] names = [.. Enumerable.Range(0, Math.Min(keys, columns.Count))];
        return Different(columns, [.. part.Where(i => i < keys)]) == Different(columns, names);
    }

    private static int Different(IReadOnlyList<Column> columns, int[] some) =>
        Enumerable.Range(0, columns[0].Cells.Count).Select(row => string.Join('\n', some.Select(i => columns[i].Cells[row]))).Distinct().Count();

    /// <summary>How many of the first columns tell every row from every other; null where all together do not.</summary>
    private static int? Telling(IReadOnlyList<Column> columns)
    {
        for (int count = 1; count < columns.Count; count++)
            if (Different(columns, [.. Enumerable.Range(0, count)]) == columns[0].Cells.Count)
                return count;
        return null;
    }

    /// <summary>
    /// A text in lines of at most so many characters, broken at blanks. A longer word has a line of its own; the name of a run, which is made of
    /// words with underscores between, goes on after one of them.
    /// </summary>
    public static IReadOnlyList<string> Wrapped(string text, int width)
    {
        var lines = new List<string>();
        foreach (string word in text.Split(' ').SelectMany(word => word.Length <= width || word.Contains('/', StringComparison.Ordinal) ? [word] : Pieces(word, width)))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= width)
                lines[^1] += " " + word;
            else
                lines.Add(word);
        }
        return lines;
    }

    /// <summary>A long name in pieces that fit as far as there are underscores to part it at.</summary>
    private static List<string> Pieces(string name, int width)
    {
        var pieces = new List<string>();
        string[] parts = name.Split('_');
        for (int i = 0; i < parts.Length; i++)
        {
            string part = i < parts.Length - 1 ? parts[i] + "_" : parts[i];
            if (pieces.Count > 0 && pieces[^1].Length + part.Length <= width)
                pieces[^1] += part;
            else
                pieces.Add(part);
        }
        return pieces;
    }

    /// <summary>The natural widths where they fit; else what is left over goes, one by one, to the column that lacks most.</summary>
    private static int[] Widths(Column[] columns, int width)
    {
        int room = width - (columns.Length * Gap);
        int[] natural = [.. columns.Select(column => column.Natural)], least = [.. columns.Select(column => column.Least)];
        if (natural.Sum() <= room)
            return natural;
        int[] widths = [.. columns.Select(column => column.Narrow)];
        if (widths.Sum() > room)
            widths = least;
        for (int left = room - widths.Sum(); left > 0; left--)
        {
            int neediest = Enumerable.Range(0, widths.Length).MaxBy(i => columns[i].Natural / (double)widths[i]);
            if (widths[neediest] >= natural[neediest])
                break;
            widths[neediest]++;
        }
        return widths;
    }
}
