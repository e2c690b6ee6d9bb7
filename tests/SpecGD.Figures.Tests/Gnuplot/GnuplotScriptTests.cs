using SpecGD.Figures.Drawing;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;

namespace SpecGD.Figures.Tests.Gnuplot;

public class GnuplotScriptTests
{
    [Fact]
    public void The_script_of_a_small_log_is_the_approved_one() => Approval.Verify(GnuplotScript.Render(SmallPlan(), FigureFont.Preferred), "random-feature.gp");

    [Fact]
    public void The_data_of_a_small_log_is_the_approved_one() => Approval.Verify(GnuplotData.Render(SmallPlan()), "random-feature.dat");

    [Fact]
    public void The_caption_of_a_small_log_is_the_approved_one() => Approval.Verify(SmallFigure().Caption + "\n", "random-feature.caption.txt");

    [Fact]
    public void Logarithmic_x_bands_without_centre_single_points_and_keys_below_are_the_approved_ones()
    {
        var band = new BandCurve([1, 10, 100], [1, 2, 3], [2, 3, 4], null, Palette.FromPeak) { Label = "band_1" };
        var point = new LineCurve([10], [3.5], Palette.Other(0)) { Label = "a 'point'" };
        var panel = new Panel("Title", new Axis(FigureText.Italic("k")) { Logarithmic = true }, new Axis("") { From = 0, To = 5 }, [band, point]);
        Panel[] panels = [panel with { Key = KeyPlacement.Below }, panel with { Key = KeyPlacement.BottomLeft, X = panel.X with { Tics = [1, 8, 64] } }, panel with { Curves = [] }];
        var figure = new Figure("sheet", panels, "") { Width = 8, Height = 6.5 };
        Approval.Verify(GnuplotScript.Render(FigurePlan.Of(figure, FigureFont.Preferred), FigureFont.Preferred), "sheet.gp");
    }

    [Fact]
    public void Bars_marks_points_samples_and_a_title_above_all_are_the_approved_ones()
    {
        var bars = new HistogramCurve([1, 10, 100, 1000], [2, 0, 0.5], Palette.GradientDescent) { Label = "bars" };
        var mark = new VerticalLine(1000, Palette.Mark) { Label = "largest" };
        var points = new PointCurve([5, 2], [1, 1], Palette.Other(0)) { Size = 0.8 };
        var sample = new KeySample(Palette.Reference with { Dash = Dash.Dotted }) { Label = "dots" };
        var panel = new Panel("", new Axis("x") { Logarithmic = true }, new Axis("y") { Logarithmic = true, Covers = [0.01] }, [bars, mark, points, sample]);
        var figure = new Figure("bars", [panel, panel with { Curves = [sample] }], "") { Title = FigureText.Italic("d") + " = 8", Width = 8 };
        var plan = FigurePlan.Of(figure, FigureFont.Preferred);
        Approval.Verify(GnuplotScript.Render(plan, FigureFont.Preferred, 110), "bars.gp");
        Approval.Verify(GnuplotData.Render(plan), "bars.dat");
    }

    [Fact]
    public void Values_that_are_not_finite_or_not_positive_on_a_logarithmic_axis_are_gaps()
    {
        double[] x = [0, 1, 2, 3, 4], y = [1, 0, double.NaN, double.PositiveInfinity, -2];
        Rows(x, y, logarithmic: true).ShouldBe(["0  1.0000000000000000e+000", "1  NaN", "2  NaN", "3  NaN", "4  NaN"]);
        Rows(x, y, logarithmic: false).ShouldBe(
            ["0  1.0000000000000000e+000", "1  0.0000000000000000e+000", "2  NaN", "3  NaN", "4  -2.0000000000000000e+000"]);
    }

    [Fact]
    public void A_band_has_a_gap_where_either_edge_has_one()
    {
        var band = new BandCurve([0, 1, 2], [1, double.NaN, 1], [0, 5, 5], null, Palette.SpecGd);
        var panel = new Panel("", new Axis(""), new Axis("") { Logarithmic = true }, [band]);
        GnuplotData.Render(FigurePlan.Of(new Figure("gaps", [panel], ""), FigureFont.Preferred)).ShouldContain("\n0  NaN  NaN\n1  NaN  NaN\n2  1.0");
    }

    /// <summary>An interval of a few values of different sizes reaches below zero, and is then the widest.</summary>
    [Fact]
    public void A_band_that_reaches_to_zero_or_below_goes_to_the_edge_of_a_logarithmic_axis()
    {
        var band = new BandCurve([0, 1, 2], [-1, 0, 0.5], [5, 5, 5], null, Palette.SpecGd);
        string Rendered(double? from) => GnuplotData.Render(FigurePlan.Of(
            new Figure("edge", [new Panel("", new Axis(""), new Axis("") { Logarithmic = true, From = from }, [band])], ""), FigureFont.Preferred));

        Rendered(0.01).ShouldContain("\n0  1.0000000000000000e-002  5.0000000000000000e+000\n1  1.0000000000000000e-002  5");
        Rendered(null).ShouldContain("\n0  5.0000000000000000e-001  5.0000000000000000e+000\n1  5.0000000000000000e-001  5");
    }

    [Fact]
    public void A_curve_without_a_single_value_is_left_out_of_data_script_and_key()
    {
        LineCurve[] curves =
        [
            new([], [], Palette.SpecGd) { Label = "empty" },
            new([0, 1], [0, double.NaN], Palette.SpecGd) { Label = "nothing positive" },
            new([0, 1], [2, 3], Palette.SpecGd) { Label = "kept" },
        ];
        var plan = FigurePlan.Of(new Figure("left-out", [new Panel("", new Axis(""), new Axis("") { Logarithmic = true }, curves)], ""), FigureFont.Preferred);
        string script = GnuplotScript.Render(plan, FigureFont.Preferred);
        script.ShouldContain("title 'kept'");
        script.ShouldNotContain("empty");
        script.ShouldNotContain("nothing positive");
        plan.Panels[0].Curves.ShouldHaveSingleItem().Index.ShouldBe(0);
    }

    [Fact]
    public void Values_come_back_from_the_data_to_the_last_bit()
    {
        var random = new Random(1);
        double[] y = [.. Enumerable.Range(0, 100).Select(_ => Math.Exp(1000 * (random.NextDouble() - 0.5)))];
        string[] rows = Rows([.. y.Select((_, i) => (double)i)], y, logarithmic: true);
        rows.Select(row => double.Parse(row.Split("  ")[1], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(y);
    }

    [Fact]
    public void A_figure_too_small_for_its_panels_is_refused_with_its_name()
    {
        var panel = new Panel("", new Axis(""), new Axis(""), []);
        var figure = new Figure("tiny", [panel, panel], "") { Width = 1, Height = 1 };
        Assert.Throws<ArgumentException>(() => FigurePlan.Of(figure, FigureFont.Preferred)).Message.ShouldContain("'tiny' is too small for 2×1 panels");
    }

    private static string[] Rows(double[] x, double[] y, bool logarithmic)
    {
        var panel = new Panel("", new Axis(""), new Axis("") { Logarithmic = logarithmic }, [new LineCurve(x, y, Palette.SpecGd)]);
        string text = GnuplotData.Render(FigurePlan.Of(new Figure("rows", [panel], ""), FigureFont.Preferred));
        return [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
    }

    private static Figure SmallFigure() => new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;

    private static FigurePlan SmallPlan() => FigurePlan.Of(SmallFigure(), FigureFont.Preferred);
}
