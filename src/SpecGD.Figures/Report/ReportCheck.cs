namespace SpecGD.Figures.Report;

/// <summary>What the parts of a report must agree on.</summary>
internal static class ReportCheck
{
    /// <summary>The blocks with all that is within them.</summary>
    public static IEnumerable<Block> Within(IEnumerable<Block> blocks) =>
        blocks.SelectMany(block => block is Details details ? Within(details.Blocks).Prepend(block) : [block]);

    /// <summary>Checks names, links and the lengths of rows.</summary>
    /// <exception cref="ArgumentException">Two sections share an id, a link leads nowhere, or a row is not as long as the headings.</exception>
    public static void Check(ReportDocument report)
    {
        var ids = new HashSet<string>(["content"]);
        foreach (var section in report.Sections)
        {
            if (!IsName(section.Id))
                throw new ArgumentException($"'{section.Id}' cannot name a section: a letter, then letters, digits and '-' can.", nameof(report));
            if (!ids.Add(section.Id) || !ids.Add(section.Id + "-title"))
                throw new ArgumentException($"Two sections are called '{section.Id}'.", nameof(report));
        }
        foreach (var table in report.Sections.SelectMany(section => Within(section.Blocks)).OfType<Table>())
        {
            if (table.Rows.FirstOrDefault(row => row.Count != table.Headings.Count) is { } row)
            {
                throw new ArgumentException(
                    $"A row of '{table.Caption}' has {row.Count} cells under {table.Headings.Count} headings.", nameof(report));
            }
            var links = table.Rows.SelectMany(r => r).OfType<TextCell>().Where(cell => cell.Target is not null);
            if (links.FirstOrDefault(link => !ids.Contains(link.Target!)) is { } cell)
                throw new ArgumentException($"'{cell.Text}' leads to '{cell.Target}', which is no section.", nameof(report));
        }
    }

    private static bool IsName(string id) => id.Length > 0 && char.IsAsciiLetter(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
