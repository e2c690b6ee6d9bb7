using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Fonts;

public class FigureFontTests
{
    /// <summary>Sums of widths that are floats.</summary>
    private const double WidthTolerance = 1e-5;

    [Fact]
    public void Without_a_serif_family_the_font_that_comes_along_is_taken_and_named()
    {
        var font = FigureFont.Among(new Dictionary<string, string>());
        (font.Name, font.File, font.HasItalics).ShouldBe(("Inter", null, false));
        font.Hint.ShouldNotBeNull().ShouldContain("--font FILE");
        FigureFont.Package.Hint.ShouldBeNull("who asks for it needs no hint");
    }

    [SkippableFact]
    public void The_best_family_whose_files_are_there_is_taken()
    {
        var files = FontFiles.Installed();
        Skip.IfNot(files.ContainsKey("LiberationSerif-Regular.ttf") && files.ContainsKey("DejaVuSerif.ttf"), "Liberation Serif and DejaVu Serif are not both installed");
        FigureFont.Among(files).Name.ShouldBe("Liberation Serif");
        var without = files.Where(file => !file.Key.StartsWith("Liberation", StringComparison.Ordinal) && !file.Key.StartsWith("times", StringComparison.OrdinalIgnoreCase)
            && !file.Key.StartsWith("Tinos", StringComparison.Ordinal) && !file.Key.StartsWith("STIX", StringComparison.Ordinal) && !file.Key.StartsWith("Free", StringComparison.Ordinal));
        FigureFont.Among(without.ToDictionary(StringComparer.OrdinalIgnoreCase)).Name.ShouldBe("DejaVu Serif");
        var halved = files.Where(file => file.Key != "LiberationSerif-Italic.ttf").ToDictionary(StringComparer.OrdinalIgnoreCase);
        FigureFont.Among(halved).Name.ShouldNotBe("Liberation Serif", "it has no italics");
    }

    [Fact]
    public void A_file_that_is_missing_or_no_font_is_told()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<BadInputException>(() => FigureFont.Find(folder.PathOf("none.ttf"))).Message.ShouldContain("There is no font file");
        File.WriteAllText(folder.PathOf("text.ttf"), "no font");
        Should.Throw<BadInputException>(() => FigureFont.Find(folder.PathOf("text.ttf"))).Message.ShouldContain("is no font that can be read");
    }

    [SkippableFact]
    public void A_file_that_is_asked_for_brings_the_italics_beside_it()
    {
        Skip.IfNot(FontFiles.Installed().TryGetValue("LiberationSans-Regular.ttf", out string? file), "Liberation Sans is not installed");
        var font = FigureFont.Find(file);
        (font.Name, font.File, font.HasItalics).ShouldBe(("Liberation Sans", file, true));
    }

    /// <summary>Whatever a text holds, every character has a glyph: of the font, of another, or in letters.</summary>
    [Theory]
    [InlineData("λ σ ∇ ℓ ‖ − × ≥ ² ᵀ φ π ₁ Σ ∞ θ ⁺ √ …")]
    [InlineData("😀 漢字 \u0378")]
    [InlineData("half a pair \ud800 here")]
    public void No_character_is_an_empty_box(string text)
    {
        foreach (var font in new[] { FigureFont.Package, FigureFont.Find() })
            foreach (bool italic in new[] { false, true })
                foreach (var piece in font.Pieces(text, italic))
                {
                    using var sized = piece.At(12);
                    sized.GetGlyphs(piece.Text).ShouldAllBe(glyph => glyph != 0, $"{font.Name}: '{piece.Text}'");
                }
    }

    [Theory]
    [InlineData("‖", "||")]
    [InlineData("λ", "lambda")]
    [InlineData("₇", "7")]
    [InlineData("😀", "U+1F600")]
    public void What_no_font_has_is_spelled_out(string character, string expected) => Spelled.Out(character.EnumerateRunes().First()).ShouldBe(expected);

    [Fact]
    public void Widths_are_those_of_the_font_with_scripts_smaller()
    {
        var font = FigureFont.Package;
        double digit = font.Ems("1", italic: false);
        TextLine.WidthOf("11", font).ShouldBe(2 * digit, WidthTolerance);
        TextLine.WidthOf(FigureText.Superscript("1"), font).ShouldBe(0.75 * digit, WidthTolerance);
        TextLine.WidthOf(FigureText.Scripts("1", "11"), font).ShouldBe(0.75 * 2 * digit, WidthTolerance, "one above the other");
        foreach (FigureText text in new FigureText[] { "‖" + FigureText.Italic("W") + FigureText.Scripts("F", "2"), "plain", "" })
            TextLine.Of(text, font).Width.ShouldBe(TextLine.WidthOf(text, font), WidthTolerance);
    }
}
