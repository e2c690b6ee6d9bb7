using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Model;

public class HistogramCurveTests
{
    [Fact]
    public void Neighbours_share_one_outline_and_empty_bars_are_gaps()
    {
        var curve = new HistogramCurve([0, 1, 2, 3, 4], [5, 6, 0, 2], Palette.SpecGd);
        curve.Columns[0].Values.ShouldBe([0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]);
        curve.Columns[1].Values.ShouldBe([0, 5, 5, 6, 6, 0, double.NaN, 0, 2, 2, 0, double.NaN]);
    }

    [Fact]
    public void Edges_and_heights_that_cannot_be_are_refused()
    {
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, 1], [], Palette.SpecGd)).Message.ShouldContain("one edge more than bars");
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, 1], [1, 2], Palette.SpecGd)).Message.ShouldContain("not 2 for 2");
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, 2, 1], [1, 2], Palette.SpecGd)).Message.ShouldContain("must ascend");
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, double.NaN, 1], [1, 2], Palette.SpecGd)).Message.ShouldContain("must ascend");
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, 1], [-1], Palette.SpecGd)).Message.ShouldContain("finite heights from 0 on");
        Should.Throw<ArgumentException>(() => new HistogramCurve([0, 1], [double.NaN], Palette.SpecGd)).Message.ShouldContain("finite heights from 0 on");
    }
}
