using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Model;

public class FigureTextTests
{
    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("specgd_from_iter_10", @"'specgd\_from\_iter\_10'")]
    [InlineData("x^2", @"'x\^2'")]
    [InlineData("a@b", @"'a\@b'")]
    [InlineData("{a}", @"'\{a\}'")]
    [InlineData("a & b", @"'a \& b'")]
    [InlineData("~a", @"'\~a'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("say \"a\"", "'say \"a\"'")]
    [InlineData(@"a\b", @"'a{\\}b'")]
    [InlineData(@"\U+221E", @"'{\\}U+221E'")]
    [InlineData("`date` $x %d #", "'`date` $x %d #'")]
    [InlineData("two\nlines\tand\0more", "'two lines and more'")]
    [InlineData("σ(x) ∈ ℝ", "'σ(x) ∈ ℝ'")]
    [InlineData("", "''")]
    public void Plain_text_is_quoted_so_that_gnuplot_draws_it_as_it_is(string text, string expected) => GnuplotSyntax.Quoted((FigureText)text).ShouldBe(expected);

    [Fact]
    public void Mathematics_becomes_the_mark_up_of_enhanced_mode()
    {
        var text = "‖" + FigureText.Italic("W_1") + "‖" + FigureText.Scripts("F", "2") + " 10" + FigureText.Superscript("-3") + FigureText.Subscript("{i}");
        text.ToEnhanced().ShouldBe(@"‖{/:Italic W\_1}‖@^{2}_{/*0.99 F} 10^{-3}_{\{i\}}");
        text.ToString().ShouldBe("‖W_1‖_F^2 10^-3_{i}");
    }

    [Fact]
    public void An_empty_text_is_empty_whatever_it_is_made_of()
    {
        ((FigureText)"").IsEmpty.ShouldBeTrue();
        (FigureText.Empty + "").IsEmpty.ShouldBeTrue();
        ((FigureText)"a").IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void Widths_are_those_of_Times_with_scripts_smaller()
    {
        const double Tolerance = 1e-12; // a few roundings of sums of thousandths
        ((FigureText)"GD").Ems().ShouldBe(1.444, Tolerance);
        FigureText.Superscript("10").Ems().ShouldBe(0.8, Tolerance);
        FigureText.Scripts("F", "2").Ems().ShouldBe(0.8 * 0.556, Tolerance);
    }
}
