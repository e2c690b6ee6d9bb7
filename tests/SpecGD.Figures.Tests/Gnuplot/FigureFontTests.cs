using SpecGD.Figures.Gnuplot;

namespace SpecGD.Figures.Tests.Gnuplot;

public class FigureFontTests
{
    [Theory]
    [InlineData("DejaVu Serif\nLiberation Serif\nTimes New Roman\n", "Liberation Serif")]
    [InlineData("DejaVu Serif,DejaVu Serif Condensed\nTimes New Roman\n", "Times New Roman")]
    [InlineData("DejaVu Serif,DejaVu Serif Condensed\nNoto Sans\n", "DejaVu Serif")]
    [InlineData("Liberation Serif Narrow\nNoto Sans\r\n", "Serif")]
    [InlineData("", "Serif")]
    public void The_best_installed_family_is_taken(string listing, string expected)
    {
        var font = FigureFont.Among(listing);
        font.Name.ShouldBe(expected);
        (font.Hint is null).ShouldBe(expected == FigureFont.Preferred);
    }

    [Fact]
    public void A_substitute_is_named_with_the_font_that_is_missing() =>
        FigureFont.Among("DejaVu Serif").Hint!.ShouldStartWith("Figures use the font DejaVu Serif, since Liberation Serif is not installed (");

    [Fact]
    public void This_machine_has_some_font() => FigureFont.Find().Name.ShouldNotBeNullOrWhiteSpace();
}
