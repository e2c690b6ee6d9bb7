using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace SpecGD.Figures.Tests.Report;

/// <summary>A rendered report, read strictly, with what a browser would fetch or run.</summary>
internal sealed class Page
{
    private static readonly string[] Fetching =
        ["src", "href", "srcset", "poster", "action", "formaction", "data", "background", "cite", "ping", "manifest"];

    public Page(string html)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
        using var reader = XmlReader.Create(new StringReader(html), settings);
        Root = XDocument.Load(reader).Root!;
        Html = html;
    }

    public string Html { get; }

    public XElement Root { get; }

    public string Policy =>
        (string)Root.Descendants("meta").Single(m => (string?)m.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!;

    public string Text => TextOf(Root.Element("body")!);

    public XElement ById(string id) => Root.Descendants().Single(e => (string?)e.Attribute("id") == id);

    /// <summary>The text within as a reader sees it, blanks run together.</summary>
    public static string TextOf(XElement element) => string.Join(' ', element.DescendantNodes().OfType<XText>()
        .Where(t => t.Parent!.Name != "script")
        .SelectMany(t => t.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Everything through which the page could reach beyond itself or run what its policy does not name.</summary>
    public IEnumerable<string> Leaks()
    {
        foreach (var attribute in Root.DescendantsAndSelf().Attributes())
        {
            bool stays = attribute.Value.StartsWith("data:", StringComparison.Ordinal) || attribute.Value.StartsWith('#');
            if (Fetching.Contains(attribute.Name.LocalName) && !stays)
                yield return $"{attribute.Parent!.Name} {attribute.Name}={attribute.Value}";
            if (attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.Name.LocalName == "style")
                yield return $"{attribute.Parent!.Name} has {attribute.Name}";
        }
        foreach (var element in Root.Descendants().Where(e => e.Name.LocalName is "link" or "iframe" or "object" or "embed" or "base" or "form"))
            yield return $"an element {element.Name}";
        foreach (var sheet in Root.Descendants("style"))
        {
            if (new[] { "url(", "@import", "image-set(" }.Any(load => sheet.Value.Contains(load, StringComparison.OrdinalIgnoreCase)))
                yield return "a style sheet that loads";
            if (!Policy.Contains($"style-src '{Hash(sheet.Value)}'", StringComparison.Ordinal))
                yield return "a style sheet that the policy does not name";
        }
        foreach (var script in Root.Descendants("script").Where(s => !Policy.Contains($"script-src '{Hash(s.Value)}'", StringComparison.Ordinal)))
            yield return $"a script that the policy does not name: {script.Value}";
        if (!Policy.StartsWith("default-src 'none';", StringComparison.Ordinal) || Policy.Contains("unsafe", StringComparison.Ordinal))
            yield return $"a policy that lets through: {Policy}";
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
