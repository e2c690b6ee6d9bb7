using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace SpecGD.Figures.Report;

/// <summary>
/// HTML that is well-formed XML as well: a tree of elements, so that text is escaped by being text. Characters that no document may hold
/// become U+FFFD.
/// </summary>
internal static class Html
{
    private static readonly string[] Void = ["meta", "img", "path", "br"];

    private static readonly XmlWriterSettings Settings = new() { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" };

    /// <summary>
    /// An element of <paramref name="content"/>: strings are text, attributes and elements are what they are, sequences their members, null nothing.
    /// </summary>
    public static XElement Element(string name, params IEnumerable<object?> content)
    {
        var element = new XElement(name);
        foreach (object? item in content)
            Add(element, item);
        if (element.IsEmpty && !Void.Contains(name))
            element.Add(new XText("")); // a browser takes <td/> for an opening tag
        return element;
    }

    /// <summary>An attribute.</summary>
    public static XAttribute Attribute(string name, string value) => new(XName.Get(name), Printable(value));

    /// <summary>The text of a style sheet or a script, which a browser takes as it is; it must not hold '&lt;' or '&amp;'.</summary>
    public static XText Raw(string text) =>
        text.AsSpan().IndexOfAny('<', '&') < 0
            ? new RawText(text)
            : throw new ArgumentException("Raw text with '<' or '&' means one thing to XML and another to HTML.", nameof(text));

    /// <summary>An element of another language within the page, written as it is: no space comes between the parts of its texts.</summary>
    public static XText Foreign(XElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new RawText(element.ToString(SaveOptions.DisableFormatting));
    }

    /// <summary>Whether there is an element of another language within (<see cref="Foreign"/>).</summary>
    public static bool HoldsForeign(XElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return element.DescendantNodes().OfType<RawText>().Any();
    }

    /// <summary>The page of the element <paramref name="html"/>.</summary>
    public static string Page(XElement html)
    {
        var text = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(text, Settings))
            html.WriteTo(writer);
        return text.Append('\n').ToString();
    }

    private static void Add(XElement element, object? item)
    {
        if (item is string text)
            element.Add(new XText(Printable(text)));
        else if (item is IEnumerable<object?> items and not XElement)
            foreach (object? inner in items)
                Add(element, inner);
        else if (item is not null)
            element.Add(item);
    }

    private static string Printable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // half a surrogate pair is U+FFFD already
            printable.Append(!rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "\uFFFD");
        return printable.ToString();
    }

    private sealed class RawText(string text) : XText(text)
    {
        public override void WriteTo(XmlWriter writer) => writer.WriteRaw(Value);
    }
}
