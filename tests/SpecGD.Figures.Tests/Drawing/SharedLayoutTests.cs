using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Drawing;

public class SharedLayoutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_frame_has_axes_that_hold_all_frames(bool logarithmic)
    {
        Figure[] frames = [Frame(logarithmic, [0, 3], [1, 2]), Frame(logarithmic, [1, 9], [0.01, 70]), Frame(logarithmic, [], [])];
        var plans = Plans(frames);
        plans.Select(plan => (plan.Panels[0].X.From, plan.Panels[0].X.To, plan.Panels[0].Y.From, plan.Panels[0].Y.To)).Distinct()
            .ShouldHaveSingleItem().ShouldBe(logarithmic ? (0, 9, 0.01, 100) : (0, 9, 0, 70));
        plans.Select(plan => plan.Margins).Distinct().Count().ShouldBe(1);
        FigurePlan.Of(frames[0], FigureFont.Package).Panels[0].Y.To.ShouldNotBe(plans[0].Panels[0].Y.To, "alone the frame has other axes");
    }

    [Fact]
    public void A_key_stands_where_no_curve_runs_in_any_frame()
    {
        Figure falling = Frame(false, [0, 9], [9, 0]), rising = Frame(false, [0, 9], [0, 9]);
        Plans([falling, falling]).Select(plan => plan.Keys[0].Placement).ShouldAllBe(place => place == KeyPlacement.TopRight);
        Plans([rising, rising]).Select(plan => plan.Keys[0].Placement).ShouldAllBe(place => place == KeyPlacement.TopLeft);
        Plans([falling, rising]).Select(plan => plan.Keys[0].Placement).ShouldAllBe(place => place == KeyPlacement.Below);
    }

    [Fact]
    public void A_key_that_was_placed_stays()
    {
        var frame = Frame(false, [0, 9], [0, 9]);
        frame = frame with { Panels = [frame.Panels[0] with { Key = KeyPlacement.None }] };
        Plans([frame, frame])[0].Keys[0].Placement.ShouldBe(KeyPlacement.None);
    }

    [Fact]
    public void Frames_of_different_layout_and_names_and_rates_that_cannot_be_are_refused()
    {
        var frame = Frame(false, [0, 1], [0, 1]);
        Should.Throw<ArgumentException>(() => new Animation("a", [], "", 1)).Message.ShouldContain("needs a frame");
        Should.Throw<ArgumentException>(() => new Animation("a", [frame, frame with { Width = 3 }], "", 1)).Message.ShouldContain("same size");
        Should.Throw<ArgumentException>(() => new Animation("a/b", [frame], "", 1)).Message.ShouldContain("'a/b'");
        Should.Throw<ArgumentOutOfRangeException>(() => new Animation("a", [frame], "", double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => new Animation("a", [frame], "", 0));
        new Animation("a", [frame], "", 1.5).FrameMilliseconds.ShouldBe(666);
    }

    private static FigurePlan[] Plans(Figure[] frames) =>
        [.. SharedLayout.Of(frames, FigureFont.Package).Select(frame => FigurePlan.Of(frame, FigureFont.Package))];

    private static Figure Frame(bool logarithmic, double[] x, double[] y)
    {
        var curve = new LineCurve(x, y, Palette.SpecGd) { Label = "a curve" };
        return new Figure("frame", [new Panel("", new Axis("x"), new Axis("y") { Logarithmic = logarithmic }, [curve])], "") { Width = 5 };
    }
}
