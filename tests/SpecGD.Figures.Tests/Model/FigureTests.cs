using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Model;

public class FigureTests
{
    private static readonly Panel Panel = new("", new Axis(""), new Axis(""), []);

    [Theory]
    [InlineData("")]
    [InlineData("../escape")]
    [InlineData("it's")]
    [InlineData("a b")]
    [InlineData("a.b")]
    public void A_name_that_does_not_fit_a_file_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new Figure(name, [Panel], "")).Message.ShouldContain($"'{name}'");

    [Fact]
    public void A_figure_without_panels_is_refused() => Assert.Throws<ArgumentException>(() => new Figure("name", [], ""));

    [Fact]
    public void A_curve_whose_columns_differ_in_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new LineCurve([1, 2], [1], Palette.SpecGd)).Message.ShouldContain("not 1 for 2");
        Assert.Throws<ArgumentException>(() => new BandCurve([1, 2], [1, 2], [1], null, Palette.SpecGd));
        Assert.Throws<ArgumentException>(() => new BandCurve([1, 2], [1, 2], [1, 2], [1], Palette.SpecGd));
    }

    [Fact]
    public void Every_role_and_the_first_twelve_others_have_strokes_of_their_own()
    {
        Stroke[] roles = [Palette.GradientDescent, Palette.SpecGd, Palette.Restart, Palette.FromPeak, Palette.Reference];
        Stroke[] strokes = [.. roles, .. Enumerable.Range(0, 12).Select(Palette.Other)];
        strokes.Select(stroke => (stroke.Color, stroke.Dash)).ShouldBeUnique();
    }
}
