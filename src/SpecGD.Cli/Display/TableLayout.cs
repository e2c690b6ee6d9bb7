namespace SpecGD.Cli.Display;

/// <summary>Parts a table that is wider than the terminal into several, one below the other, so that no number is ever broken.</summary>
internal static class TableLayout
{
    /// <summary>What a column takes beside its text: a space on either side and the gap to the next.</summary>
    private const int Margin = 3;

    /// <summary>Text may be wrapped to this width, or to its longest word.</summary>
    private const int NarrowText = 16;

    /// <summary>A column of a table.</summary>
    /// <param name="IsText">Text may be wrapped between words; numbers may not.</param>
    /// <param name="Heading">What stands above it.</param>
    /// <param name="Cells">Its cells as they are shown.</param>
    public sealed record Column(bool IsText, string Heading, IReadOnlyList<string> Cells)
    {
        private int Natural { get; } = Cells.Append(Heading).Max(text => text.Length);

        private int LongestWord { get; } = Cells.Append(Heading).SelectMany(text => text.Split(' ')).Max(word => word.Length);

        /// <summary>The width it takes unwrapped, with its margin.</summary>
        public int Wide => Natural + Margin;

        /// <summary>The least it can do with.</summary>
        public int Narrow => IsText ? Math.Max(LongestWord, Math.Min(Natural, NarrowText)) + Margin : Wide;
    }

    /// <summary>
    /// The columns of each part: all in one where they fit, with text wrapped if need be; else the leading texts, which name the rows, before as many
    /// of the others as there is room for, and at least one.
    /// </summary>
    public static IReadOnlyList<int[]> Parts(IReadOnlyList<Column> columns, int width)
    {
        int[] all = [.. Enumerable.Range(0, columns.Count)];
        if (all.Sum(i => columns[i].Narrow) <= width)
            return [all];
        int[] names = [.. all.TakeWhile(i => columns[i].IsText)];
        names = names.Length == 0 || names.Sum(i => columns[i].Narrow) > width / 2 ? [0] : names;
        var parts = new List<int[]>();
        var part = new List<int>();
        foreach (int i in all.Except(names))
        {
            if (part.Count > 0 && names.Concat(part).Append(i).Sum(j => columns[j].Narrow) > width)
            {
                parts.Add([.. names, .. part]);
                part.Clear();
            }
            part.Add(i);
        }
        return [.. parts, [.. names, .. part]];
    }
}
