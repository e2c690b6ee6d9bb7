using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Report;

/// <summary>
/// A figure of vectors within a page, where the script can read its curves. Only what this program draws is taken in: elements and attributes that
/// can run or fetch nothing. Any other picture stays one, which a browser shows without looking inside.
/// </summary>
internal static class LiveFigure
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg", Link = "http://www.w3.org/1999/xlink";

    private static readonly HashSet<string> Elements = ["svg", "title", "desc", "defs", "rect", "g", "path", "circle", "use", "text", "tspan"];

    private static readonly HashSet<string> Attributes =
    [
        "width", "height", "viewBox", "class", "id", "x", "y", "dx", "dy", "r", "d", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap",
        "stroke-linejoin", "font-family", "font-size", "font-style", "text-anchor", "transform",
    ];

    /// <summary>The figure as an element of a page; null where the picture is none that this program draws.</summary>
    /// <param name="file">The picture.</param>
    /// <param name="alternative">What it shows.</param>
    public static XElement? Of(PictureFile file, string alternative)
    {
        if (file.Format != PictureFormat.Svg || Read(file) is not { } root || (string?)root.Attribute("class") != SvgSurface.LiveClass)
            return null;
        root.Elements(Svg + "style").Remove(); // the page's sheet has it
        if (root.DescendantsAndSelf().Any(element => element.Name.Namespace != Svg || !Elements.Contains(element.Name.LocalName) || !element.Attributes().All(IsHarmless)))
            return null;
        string prefix = "f" + Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span).AsSpan(0, 4)) + "-"; // figures of two runs share their names
        foreach (var id in root.Descendants().Attributes("id"))
            id.Value = prefix + id.Value;
        foreach (var link in root.Descendants().Attributes(Link + "href"))
            link.Value = "#" + prefix + link.Value[1..];
        root.Elements(Svg + "title").Remove(); // a browser shows it wherever the pointer rests
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-label", alternative);
        return root;
    }

    private static XElement? Read(PictureFile file)
    {
        try
        {
            using var stream = new MemoryStream(file.Bytes.ToArray());
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XElement.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool IsHarmless(XAttribute attribute) => attribute.IsNamespaceDeclaration
        || attribute.Name == XNamespace.Xml + "space"
        || (attribute.Name == Link + "href" ? attribute.Value.StartsWith('#')
            : attribute.Name.Namespace == XNamespace.None
                && (Attributes.Contains(attribute.Name.LocalName) || attribute.Name.LocalName.StartsWith("data-", StringComparison.Ordinal))
                && !attribute.Value.Contains("url(", StringComparison.OrdinalIgnoreCase));
}
