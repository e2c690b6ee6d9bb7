using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Recipes;

namespace SpecGD.Figures.Tests.Recipes;

public class NuclearRankGrowthFigureTests
{
    [Fact]
    public void The_few_points_of_the_start_are_marked_each()
    {
        var figure = new NuclearRankStartFigure().Compose(TinyRuns.NuclearRankGrowth()).ShouldNotBeNull();

        foreach (var curve in FigurePlan.Of(figure, FigureFont.Package).Panels.SelectMany(panel => panel.Curves))
            curve.Curve.Stroke.Marker.ShouldNotBeNull().Rows(curve.Columns[0].Count).ShouldBe((1, 0), "every row from the first");
    }
}
