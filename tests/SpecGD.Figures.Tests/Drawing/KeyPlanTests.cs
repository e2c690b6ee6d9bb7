using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Drawing;

public class KeyPlanTests
{
    private static readonly double[] X = [.. Enumerable.Range(0, 101).Select(i => (double)i)];

    [Fact]
    public void A_falling_curve_leaves_the_key_at_the_top_right() => Place(x => 100 - x).ShouldBe(KeyPlacement.TopRight);

    [Fact]
    public void A_curve_through_the_top_right_moves_the_key_to_the_top_left() => Place(x => x).ShouldBe(KeyPlacement.TopLeft);

    [Fact]
    public void Curves_along_the_top_and_through_the_bottom_left_move_it_to_the_bottom_right() =>
        Place(x => 90 + Math.Sin(x), x => x < 30 ? 0 : 60).ShouldBe(KeyPlacement.BottomRight);

    [Fact]
    public void Curves_along_the_top_and_through_the_bottom_right_move_it_to_the_bottom_left() =>
        Place(_ => 95, x => x > 60 ? 1 : 40).ShouldBe(KeyPlacement.BottomLeft);

    [Fact]
    public void Curves_through_every_corner_move_it_below() => Place(x => x, x => 100 - x).ShouldBe(KeyPlacement.Below);

    [Fact]
    public void A_band_counts_with_all_that_it_fills()
    {
        var band = new BandCurve(X, [.. X.Select(_ => 0.0)], [.. X.Select(x => x < 50 ? 1.0 : 100.0)], null, Palette.SpecGd) { Label = "band" };
        KeyOf(PanelOf(band)).Placement.ShouldBe(KeyPlacement.TopLeft);
    }

    [Fact]
    public void Bars_count_down_to_the_axis()
    {
        var high = new HistogramCurve([0, 30, 70, 100], [0, 1, 100], Palette.SpecGd) { Label = "bars" };
        KeyOf(PanelOf(high)).Placement.ShouldBe(KeyPlacement.TopLeft);
        var corners = new LineCurve([0, 5, 95, 100], [100, double.NaN, double.NaN, 100], Palette.SpecGd);
        KeyOf(PanelOf(high, corners)).Placement.ShouldBe(KeyPlacement.BottomLeft);
    }

    [Fact]
    public void A_vertical_line_counts_from_bottom_to_top()
    {
        var floor = new LineCurve([0, 100], [0, 100], Palette.SpecGd);
        var line = new VerticalLine(5, Palette.Mark) { Label = "here" };
        KeyOf(PanelOf(floor, line)).Placement.ShouldBe(KeyPlacement.BottomRight);
    }

    [Fact]
    public void Points_count_where_they_are_and_not_between()
    {
        var points = new PointCurve([100, 0, 100, 0], [0, 100, 0.5, 99], Palette.SpecGd) { Label = "points" };
        KeyOf(PanelOf(points)).Placement.ShouldBe(KeyPlacement.TopRight);
        var line = new LineCurve([0, 100], [50, 100], Palette.SpecGd);
        KeyOf(PanelOf(points, line)).Placement.ShouldBe(KeyPlacement.BottomLeft);
    }

    [Fact]
    public void A_horizontal_line_counts_across_the_whole_panel()
    {
        var line = new HorizontalLine(95, Palette.Reference) { Label = "high" };
        var falling = new LineCurve([0, 1], [100, 60], Palette.GradientDescent) { Label = "falling" };
        var floor = new LineCurve([0, 100], [0, 55], Palette.GradientDescent) { Label = "floor" };
        KeyOf(PanelOf(line, falling, floor)).Placement.ShouldBe(KeyPlacement.BottomRight);
    }

    [Fact]
    public void A_gap_where_the_key_stands_does_not_count()
    {
        double[] y = [.. X.Select(x => x > 30 && x < 100 ? double.NaN : 100 - x / 1000)];
        y[^1] = 0;
        KeyOf(PanelOf(new LineCurve(X, y, Palette.SpecGd) { Label = "gap" })).Placement.ShouldBe(KeyPlacement.TopRight);
    }

    [Fact]
    public void An_asked_place_is_kept_and_no_entries_need_no_key()
    {
        var rising = new LineCurve(X, X, Palette.SpecGd) { Label = "rising" };
        KeyOf(PanelOf(rising) with { Key = KeyPlacement.TopRight }).Placement.ShouldBe(KeyPlacement.TopRight);
        KeyOf(PanelOf(rising with { Label = "" })).Placement.ShouldBe(KeyPlacement.None);
        KeyOf(PanelOf()).Placement.ShouldBe(KeyPlacement.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_the_curves_none_runs_behind_the_key(bool logarithmic)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Curve[] curves = [.. Enumerable.Range(0, 1 + seed % 5).Select(i => Walk(random, i, logarithmic))];
            var plan = FigurePlan.Of(new Figure("walks", [PanelOf(curves) with { Y = new Axis("y") { Logarithmic = logarithmic } }], ""), FigureFont.Package);
            if (plan.Keys[0].Placement == KeyPlacement.Below)
                continue;
            var box = BoxOf(plan, 0);
            Points(plan.Panels[0]).ShouldAllBe(p => p.X < box.Left || p.X > box.Right || p.Y < box.Bottom || p.Y > box.Top, $"seed {seed}");
        }
    }

    [Fact]
    public void A_key_below_gets_room_of_its_own()
    {
        FigurePlan PlanOf(KeyPlacement placement) => FigurePlan.Of(
            new Figure("room", [PanelOf(new LineCurve(X, X, Palette.SpecGd) { Label = "rising" }) with { Key = placement }], ""), FigureFont.Package);
        double gained = PlanOf(KeyPlacement.Below).Margins.Bottom - PlanOf(KeyPlacement.TopLeft).Margins.Bottom;
        gained.ShouldBeGreaterThanOrEqualTo(KeyPlan.RowHeight);
    }

    internal static KeyBox BoxOf(FigurePlan plan, int panel) => KeyPlan.BoxOf(
        plan.Keys[panel].Placement, plan.Panels[panel], plan.Margins.PlotWidth(plan.Width, plan.Columns), plan.Margins.PlotHeight(plan.Height, plan.Rows));

    private static LineCurve Walk(Random random, int number, bool logarithmic)
    {
        double[] y = new double[X.Length];
        double at = 100 * random.NextDouble();
        for (int i = 0; i < y.Length; i++)
            y[i] = logarithmic ? Math.Exp((at += 4 * (random.NextDouble() - 0.5)) / 10) : at += 10 * (random.NextDouble() - 0.5);
        return new LineCurve(X, y, Palette.Other(number)) { Label = $"walk number {number}" };
    }

    /// <summary>Points along the drawn lines, closer together than any gap one could see.</summary>
    private static IEnumerable<(double X, double Y)> Points(PanelPlan panel) =>
        from curve in panel.Curves
        from i in Enumerable.Range(0, curve.Columns[0].Count - 1)
        from share in new[] { 0, 0.25, 0.5, 0.75, 1 }
        let x0 = panel.X.Place(curve.Columns[0][i])
        let x1 = panel.X.Place(curve.Columns[0][i + 1])
        let y0 = panel.Y.Place(curve.Columns[1][i])
        let y1 = panel.Y.Place(curve.Columns[1][i + 1])
        select (x0 + share * (x1 - x0), y0 + share * (y1 - y0));

    private static KeyPlacement Place(params Func<double, double>[] functions) => KeyOf(PanelOf(
        [.. functions.Select((f, i) => new LineCurve(X, [.. X.Select(f)], Palette.Other(i)) { Label = $"curve {i}" })])).Placement;

    private static KeyPlan KeyOf(Panel panel) => FigurePlan.Of(new Figure("key", [panel], "") { Width = 5 }, FigureFont.Package).Keys[0];

    private static Panel PanelOf(params Curve[] curves) => new("title", new Axis("x"), new Axis("y"), curves);
}
