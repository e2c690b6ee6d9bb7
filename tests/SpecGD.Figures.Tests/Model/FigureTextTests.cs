using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Model;

public class FigureTextTests
{
    [Theory]
    [InlineData("specgd_from_iter_10")]
    [InlineData("x^2 a@b {a} a & b ~a it's say \"a\" `date` $x %d #")]
    [InlineData(@"a\b \U+221E")]
    [InlineData("σ(x) ∈ ℝ")]
    public void Plain_text_is_drawn_as_it_is(string text) => ((FigureText)text).Runs.ShouldBe([new TextRun(TextForm.Upright, text)]);

    [Fact]
    public void Control_characters_become_blanks() => ((FigureText)"two\nlines\tand\0more").ToString().ShouldBe("two lines and more");

    [Fact]
    public void Mathematics_has_its_forms()
    {
        var text = "‖" + FigureText.Italic("W_1") + "‖" + FigureText.Scripts("F", "2") + " 10" + FigureText.Superscript("-3") + FigureText.Subscript("{i}");
        text.Runs.Select(run => run.Form).ShouldBe(
            [TextForm.Upright, TextForm.Italic, TextForm.Upright, TextForm.Stacked, TextForm.Upright, TextForm.Superscript, TextForm.Subscript]);
        text.ToString().ShouldBe("‖W_1‖_F^2 10^-3_{i}");
    }

    [Fact]
    public void An_empty_text_is_empty_whatever_it_is_made_of()
    {
        ((FigureText)"").IsEmpty.ShouldBeTrue();
        (FigureText.Empty + "").IsEmpty.ShouldBeTrue();
        ((FigureText)"a").IsEmpty.ShouldBeFalse();
    }
}
