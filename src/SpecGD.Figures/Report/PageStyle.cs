using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SpecGD.Figures.Report;

/// <summary>The style sheet and the script of a report, and the policy that lets a browser use these and nothing else.</summary>
internal static class PageStyle
{
    /// <summary>Pictures up to this width, in pixels, shrink to the width of a phone: their text is then at least 9 pixels high.</summary>
    private const int FitsPhone = 600;

    /// <summary>
    /// How small a wider picture may be shown on a narrow screen before it scrolls instead: the 12 pt (16 pixels) of its text are then 12 pixels.
    /// </summary>
    private const double SmallestScale = 0.75;

    /// <summary>Where less room than this is left for a picture, in pixels, the screen is narrow; with more, the whole picture is shown.</summary>
    private const int NarrowRoom = 800;

    /// <summary>What a plate has left and right of its picture, in pixels: padding and border, as the style sheet has them.</summary>
    private const int PlateSides = 2 * (8 + 1);

    private static readonly string Sorting = Load("report.js"), Answering = Load("figures.js"), Stopping = Load("animations.js");

    private static string Common { get; } = Load("report.css");

    /// <summary>The style sheet of a page with pictures of the given widths.</summary>
    public static string Sheet(IEnumerable<int> widths) =>
        Common + string.Concat(widths.Distinct().Order().Where(width => width > FitsPhone).Select(RulesFor));

    /// <summary>The script that sorts tables, lets figures answer and animations stop; null for a page with none of these.</summary>
    public static string? Script(bool hasTables, bool hasFigures, bool hasAnimations) =>
        (hasTables ? Sorting : "") + (hasFigures ? Answering : "") + (hasAnimations ? Stopping : "") is { Length: > 0 } script ? script : null;

    /// <summary>The class of what holds a picture of the given width.</summary>
    public static string WidthClass(int width) => string.Create(CultureInfo.InvariantCulture, $"w{width}");

    /// <summary>The policy: no network, no frames, no forms; pictures within the page, this sheet, this script.</summary>
    public static string Policy(string sheet, string? script) =>
        $"default-src 'none'; img-src data:; style-src '{Hash(sheet)}'; "
        + (script is null ? "" : $"script-src '{Hash(script)}'; ")
        + "base-uri 'none'; form-action 'none'";

    private static string RulesFor(int width)
    {
        string holder = WidthClass(width);
        double smallest = Math.Round(SmallestScale * width);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            @media screen {
              @container not (min-width: {{NarrowRoom}}px) { .{{holder}} :is(img, .live, canvas) { min-width: {{smallest}}px } }
              @container not (min-width: {{Math.Min(NarrowRoom, smallest + PlateSides)}}px) { .{{holder}} .hint { display: block } }
            }

            """).ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>A resource, with the line ends that a browser sees when it computes the hash.</summary>
    private static string Load(string name)
    {
        using var reader = new StreamReader(typeof(PageStyle).Assembly.GetManifestResourceStream($"SpecGD.Figures.Report.{name}")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
