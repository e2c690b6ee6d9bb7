using System.Globalization;
using System.Text.RegularExpressions;
using SpecGD.Figures.Report;

namespace SpecGD.Figures.Tests.Report;

public partial class PageStyleTests
{
    /// <summary>WCAG 2.2, success criterion 1.4.3 (level AA), for text of any size.</summary>
    private const double ContrastAA = 4.5;

    private static readonly string[] Inks = ["text", "quiet", "link", "check", "cross", "ring"], Papers = ["page", "card"];

    [Fact]
    public void Every_ink_is_readable_on_every_paper_in_light_dark_and_print()
    {
        var palettes = Root().Matches(PageStyle.Sheet([]))
            .Select(palette => Variable().Matches(palette.Value).ToDictionary(v => v.Groups[1].Value, v => v.Groups[2].Value))
            .ToArray();

        palettes.Length.ShouldBe(3);
        foreach (var palette in palettes)
            foreach (string ink in Inks)
                foreach (string paper in Papers)
                    (Contrast(palette[ink], palette[paper]) >= ContrastAA).ShouldBeTrue($"--{ink} {palette[ink]} on --{paper} {palette[paper]}");
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.478)] // the best known grey that fails
    [InlineData("#ffffff", "#ffffff", 1)]
    public void The_contrast_is_that_of_the_guidelines(string one, string other, double expected)
    {
        const double Digits = 0.001; // the expected values have three decimals
        (Math.Abs(Contrast(one, other) - expected) <= Digits).ShouldBeTrue($"{Contrast(one, other)}");
    }

    [Fact]
    public void A_narrow_picture_shrinks_and_a_wide_one_scrolls_where_there_is_little_room()
    {
        string sheet = PageStyle.Sheet([960, 480, 960, 1440]);

        Regex.Count(sheet, @"@container not \(min-width: 800px\) \{ \.w960 :is\(img, \.live, canvas\) \{ min-width: 720px \} \}").ShouldBe(1);
        Regex.Count(sheet, @"@container not \(min-width: 738px\) \{ \.w960 \.hint").ShouldBe(1, "720 and what the plate has on either side");
        Regex.Count(sheet, @"@container not \(min-width: 800px\) \{ \.w1440 \.hint").ShouldBe(1, "with more room it is shown whole");
        sheet.ShouldNotContain(".w480");
    }

    [Fact]
    public void Style_and_script_mean_the_same_to_XML_and_HTML()
    {
        (PageStyle.Sheet([960]) + PageStyle.Script(hasTables: true, hasFigures: true, hasAnimations: true)).IndexOfAny(['<', '&', '\r']).ShouldBe(-1);
        Should.Throw<ArgumentException>(() => Html.Raw("if (a < b) c"));
    }

    /// <summary>Relative luminance and contrast ratio of WCAG 2.2.</summary>
    private static double Contrast(string one, string other)
    {
        double[] both = [Luminance(one), Luminance(other)];
        return (both.Max() + 0.05) / (both.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Channel(int at)
        {
            double value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    [GeneratedRegex(@":root \{[^}]*\}")]
    private static partial Regex Root();

    [GeneratedRegex("--([a-z]+): (#[0-9a-f]{6})[0-9a-f]{0,2};")]
    private static partial Regex Variable();
}
