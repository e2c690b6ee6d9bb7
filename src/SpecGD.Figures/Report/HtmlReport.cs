using System.Xml.Linq;
using SpecGD.Records;
using static SpecGD.Figures.Report.Html;

namespace SpecGD.Figures.Report;

/// <summary>
/// A report as one HTML file: pictures, style and script are within, nothing is fetched, and a policy in the file forbids it. The same report
/// gives the same bytes.
/// </summary>
public static class HtmlReport
{
    /// <summary>Fewer sections need no table of contents.</summary>
    private const int SectionsForContents = 3;

    /// <summary>Writes the report to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="ArgumentException">Two sections share an id, a link leads nowhere, or a row is not as long as the headings.</exception>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written.</exception>
    public static void Write(ReportDocument report, string path) => AtomicFile.Write(path, Render(report));

    /// <summary>The report as HTML.</summary>
    /// <exception cref="ArgumentException">Two sections share an id, a link leads nowhere, or a row is not as long as the headings.</exception>
    public static string Render(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReportCheck.Check(report);
        var blocks = report.Sections.SelectMany(section => ReportCheck.Within(section.Blocks)).ToArray();
        var pictures = blocks.OfType<Picture>().Select(picture => picture.File).ToArray();
        string sheet = PageStyle.Sheet(pictures.Select(file => file.Width));
        var content = Element("main", Attribute("id", "content"), Attribute("tabindex", "-1"), report.Sections.Select(Part));
        string? script = PageStyle.Script(
            hasTables: blocks.OfType<Table>().Any(table => table.Sortable),
            hasFigures: HoldsForeign(content),
            hasAnimations: pictures.Any(file => file.Format == PictureFormat.Gif));
        return Page(Element(
            "html",
            Attribute("lang", "en"),
            Head(report.Title, sheet, script),
            Element(
                "body",
                Element("a", Attribute("class", "skip"), Attribute("href", "#content"), "To the content"),
                Element("header", Header(report)),
                report.Sections.Count >= SectionsForContents ? Contents(report.Sections) : null,
                content,
                report.Footer.Length > 0 ? Element("footer", Element("p", report.Footer)) : null,
                script is null ? null : Element("script", Raw(script)))));
    }

    private static XElement Head(string title, string sheet, string? script) => Element(
        "head",
        Element("meta", Attribute("charset", "utf-8")),
        Element("meta", Attribute("http-equiv", "Content-Security-Policy"), Attribute("content", PageStyle.Policy(sheet, script))),
        Element("meta", Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")),
        Element("meta", Attribute("name", "color-scheme"), Attribute("content", "light dark")),
        Element("meta", Attribute("name", "referrer"), Attribute("content", "no-referrer")),
        Element("title", title),
        Element("style", Raw(sheet)));

    private static IEnumerable<object?> Header(ReportDocument report) =>
    [
        Element("h1", report.Title),
        report.Lead.Select(text => Element("p", Attribute("class", "lead"), text)),
        report.Verdict is { } verdict ? Element("p", Attribute("class", "verdict"), HtmlBlocks.Render(verdict)) : null,
    ];

    private static XElement Contents(IReadOnlyList<Section> sections) => Element(
        "nav",
        Attribute("aria-label", "Contents"),
        Element(
            "ul",
            sections.Select(section => Element(
                "li",
                Element(
                    "a",
                    Attribute("href", "#" + section.Id),
                    section.Verdict is { } verdict ? HtmlBlocks.Shape(verdict) : null,
                    Element("span", section.Label))))));

    private static XElement Part(Section section) => Element(
        "section",
        Attribute("id", section.Id),
        Attribute("aria-labelledby", section.Id + "-title"),
        Element("h2", Attribute("id", section.Id + "-title"), section.Title),
        section.Verdict is { } verdict ? Element("p", Attribute("class", "outcome"), HtmlBlocks.Render(verdict)) : null,
        section.Blocks.Select(HtmlBlocks.Render));
}
