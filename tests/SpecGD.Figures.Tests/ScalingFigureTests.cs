using SpecGD.Benchmarks;
using SpecGD.Figures.Model;
using SpecGD.Figures.Scaling;

namespace SpecGD.Figures.Tests;

public class ScalingFigureTests
{
    [Fact]
    public void A_panel_shows_points_fit_and_theory_and_the_caption_both_exponents()
    {
        var figure = ScalingFigure.Compose([Result([10, 20, 40], [1, 8, 64]), Result([1, 2], [4, 2])]);

        figure.Panels.Count.ShouldBe(2);
        figure.Panels.ShouldAllBe(panel => panel.X.Logarithmic && panel.Y.Logarithmic);
        var curves = figure.Panels[0].Curves;
        curves.Count.ShouldBe(3);
        var theory = (LineCurve)curves[2];
        theory.Columns[1].Values[^1].ShouldBe(64, "theory goes through the last point");
        theory.Columns[1].Values[0].ShouldBe(16);
        figure.Caption.ShouldContain("exponent 3, theory 1");
        figure.Caption.ShouldContain("exponent −1, theory 1");
    }

    [Fact]
    public void One_size_has_points_and_no_lines() => ScalingFigure.Compose([Result([1], [4])]).Panels[0].Curves.ShouldHaveSingleItem();

    private static ScalingResult Result(int[] sizes, double[] seconds) => new(
        new ScalingSeries { Name = "work", Title = "Work", Description = "work", Parameter = "n", Sizes = sizes, Theory = 1, Prepare = _ => () => { } }, seconds);
}
