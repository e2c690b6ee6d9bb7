namespace SpecGD.Figures.Report;

/// <summary>A report as <see cref="HtmlReport"/> renders it: plain values, no mark-up, no clock.</summary>
/// <param name="Title">What it is of.</param>
/// <param name="Lead">What a reader must know first, a paragraph each.</param>
/// <param name="Sections">The parts, in order.</param>
public sealed record ReportDocument(string Title, IReadOnlyList<string> Lead, IReadOnlyList<Section> Sections)
{
    /// <summary>What came of it all, shown large beneath the lead; null where nothing was judged.</summary>
    public Mark? Verdict { get; init; }

    /// <summary>The last line of the page.</summary>
    public string Footer { get; init; } = "";
}

/// <summary>A part of a report with a heading of its own.</summary>
/// <param name="Id">Name for links: a letter, then letters, digits and '-'; unique within the report.</param>
/// <param name="Label">A word or two for the table of contents.</param>
/// <param name="Title">The heading.</param>
/// <param name="Blocks">What it holds, in order.</param>
public sealed record Section(string Id, string Label, string Title, IReadOnlyList<Block> Blocks)
{
    /// <summary>What came of the part, shown beside the heading and in the table of contents; null where nothing was judged.</summary>
    public Mark? Verdict { get; init; }
}

/// <summary>A verdict, told by words and shape, and by colour besides.</summary>
/// <param name="Shape">The shape before the words.</param>
/// <param name="Words">The verdict itself.</param>
public sealed record Mark(MarkShape Shape, string Words);

/// <summary>The shape of a <see cref="Mark"/>.</summary>
public enum MarkShape
{
    /// <summary>As it should be.</summary>
    Check,

    /// <summary>Not as it should be.</summary>
    Cross,

    /// <summary>Open: not judged, or between the two.</summary>
    Ring,

    /// <summary>The other of two answers, neither of which is wrong.</summary>
    Bar,
}
