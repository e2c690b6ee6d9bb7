using System.Globalization;
using System.Xml.Linq;
using static SpecGD.Figures.Report.Html;

namespace SpecGD.Figures.Report;

/// <summary>Blocks of a report as HTML.</summary>
internal static class HtmlBlocks
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>Text longer than this, in characters, gets a column that is wide enough to read it in, where the table scrolls.</summary>
    private const int LongText = 32;

    /// <summary>The block.</summary>
    public static XElement Render(Block block) => block switch
    {
        Paragraph paragraph => Element("p", paragraph.Text),
        CommandLines command => Element("pre", Attribute("tabindex", "0"), command.Text),
        Picture { File.Format: PictureFormat.Gif } animation => Animation(animation),
        Picture picture => Still(picture),
        KeyValues values => Element("dl", values.Entries.Select(Entry)),
        Table table => Render(table),
        Details details => Element("details", Element("summary", details.Summary), details.Blocks.Select(Render)),
        _ => throw new NotSupportedException($"A block of type {block.GetType()} has no HTML form."),
    };

    /// <summary>The verdict with its shape.</summary>
    public static XElement Render(Mark mark) =>
        Element("span", Attribute("class", "mark " + ClassOf(mark)), Drawing(mark.Shape), Element("span", mark.Words));

    /// <summary>The shape alone; the words are its name for those who cannot see it.</summary>
    public static XElement Shape(Mark mark) =>
        Element(
            "span",
            Attribute("class", "mark " + ClassOf(mark)),
            Attribute("role", "img"),
            Attribute("aria-label", mark.Words),
            Drawing(mark.Shape));

    private static string ClassOf(Mark mark) => mark.Shape.ToString().ToLowerInvariant();

    private static XElement Drawing(MarkShape shape) => Element(
        "svg",
        Attribute("viewBox", "0 0 16 16"),
        Attribute("aria-hidden", "true"),
        Element("path", Attribute("d", shape switch
        {
            MarkShape.Check => "M2.5 8.5 6.5 12.5 13.5 4",
            MarkShape.Bar => "M2 5.5h12M2 10.5h12",
            MarkShape.Cross => "M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5",
            _ => "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z",
        })));

    /// <summary>A picture on its plate, which scrolls where the screen is narrow; the hint shows where it does.</summary>
    private static XElement Still(Picture picture) => Element(
        "figure",
        Attribute("class", PageStyle.WidthClass(picture.File.Width)),
        Element(
            "div",
            Attribute("class", "plate"),
            Attribute("tabindex", "0"),
            Attribute("role", "group"),
            Attribute("aria-label", picture.File.Format == PictureFormat.Gif ? "Animation" : "Picture"),
            LiveFigure.Of(picture.File, picture.Alternative) is { } live ? Foreign(live) : Image(picture)),
        Element("p", Attribute("class", "hint"), Attribute("aria-hidden", "true"), "Swipe the picture sideways to see all of it."),
        Caption(picture));

    private static XElement Animation(Picture picture) => Element(
        "details",
        Attribute("class", "animation"),
        Element("summary", string.Create(
            CultureInfo.InvariantCulture,
            $"Play the animation ({Math.Max(0.1, picture.File.Bytes.Length / BytesPerMegabyte):0.0} MB; close this to stop it)")),
        Still(picture));

    private static XElement? Caption(Picture picture) => picture.Caption.Length > 0 ? Element("figcaption", picture.Caption) : null;

    private static XElement Image(Picture picture) => Element(
        "img",
        Attribute("width", Whole(picture.File.Width)),
        Attribute("height", Whole(picture.File.Height)),
        Attribute("alt", picture.Alternative),
        Attribute("src", picture.File.DataUri));

    private static XElement Entry(KeyValueEntry entry) => Element(
        "div",
        Element("dt", entry.Key),
        Element(
            "dd",
            entry.Value.Length > 0 ? entry.Value : Missing("none"),
            entry.Meaning is { Length: > 0 } meaning ? Element("small", meaning) : null));

    private static XElement Render(Table table) => Element(
        "div",
        Attribute("class", "scroll"),
        Attribute("tabindex", "0"),
        Attribute("role", "group"),
        Attribute("aria-label", table.Caption),
        Element(
            "table",
            table.Narrow == NarrowTable.Stacks ? Attribute("class", "stack") : null,
            table.Sortable ? Attribute("data-sortable", "") : null,
            Element("caption", table.Caption),
            Element("thead", Element("tr", table.Headings.Select((heading, i) => Element(
                "th",
                Attribute("scope", "col"),
                IsOfNumbers(table, i) ? Attribute("class", "number") : null,
                heading)))),
            Element("tbody", table.Rows.Select(row => Element("tr", row.Select((cell, i) => Render(table, cell, i)))))));

    private static bool IsOfNumbers(Table table, int column) =>
        table.Rows.Any(row => row[column] is NumberCell) && table.Rows.All(row => row[column] is NumberCell or MissingCell);

    private static XElement Render(Table table, Cell cell, int column) => Element(
        column == 0 ? "th" : "td",
        column == 0 ? Attribute("scope", "row") : null,
        IsOfNumbers(table, column) ? Attribute("class", "number")
            : table.Narrow == NarrowTable.Scrolls && cell is TextCell { Text.Length: > LongText } ? Attribute("class", "long")
            : null,
        table.Narrow == NarrowTable.Stacks ? Attribute("data-label", table.Headings[column]) : null,
        cell switch
        {
            NumberCell { Value: var value } number when double.IsFinite(value) => [Attribute("data-value", number.FullText), number.Text],
            MarkCell { Mark: var mark } => [Attribute("data-value", Whole(Order(mark.Shape))), Render(mark)],
            TextCell { Target: { } target } text => [Element("a", Attribute("href", "#" + target), text.Text)],
            TextCell text => [text.Text],
            _ => (object[])[Attribute("data-missing", ""), Missing("not measured")],
        });

    /// <summary>What needs a look comes first where a table is sorted by its verdicts.</summary>
    private static int Order(MarkShape shape) => shape switch { MarkShape.Cross => 0, MarkShape.Bar => 1, MarkShape.Ring => 2, _ => 3 };

    private static XElement Missing(string words) =>
        Element("span", Attribute("class", "missing"), Attribute("role", "img"), Attribute("aria-label", words), "–");

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
