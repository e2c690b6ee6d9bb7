using SpecGD.Figures.Description;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Tests.Rendering;

/// <summary>What is drawn, whatever it is drawn on.</summary>
public class FigurePainterTests
{
    /// <summary>Places agree to a hundredth of a point, far less than a dot.</summary>
    private const double PlaceTolerance = 0.01;

    [Fact]
    public void The_description_of_a_small_log_is_the_approved_one() => Approval.Verify(FigureDescription.Render(SmallFigure()), "random-feature.json");

    [Fact]
    public void The_data_of_a_small_log_is_the_approved_one() => Approval.Verify(FigureData.Render(SmallFigure()), "random-feature.csv");

    [Fact]
    public void The_caption_of_a_small_log_is_the_approved_one() => Approval.Verify(SmallFigure().Caption + "\n", "random-feature.caption.txt");

    [Fact]
    public void The_vectors_of_a_small_log_are_the_approved_ones() => Approval.Verify(Svg(SmallFigure()), "random-feature.svg");

    [Fact]
    public void Logarithmic_x_bands_without_centre_single_points_and_keys_below_are_the_approved_ones()
    {
        var band = new BandCurve([1, 10, 100], [1, 2, 3], [2, 3, 4], null, Palette.FromPeak) { Label = "band_1" };
        var point = new LineCurve([10], [3.5], Palette.Other(0)) { Label = "a 'point'" };
        var panel = new Panel("Title", new Axis(FigureText.Italic("k")) { Logarithmic = true }, new Axis("") { From = 0, To = 5 }, [band, point]);
        Panel[] panels = [panel with { Key = KeyPlacement.Below }, panel with { Key = KeyPlacement.BottomLeft, X = panel.X with { Tics = [1, 8, 64] } }, panel with { Curves = [] }];
        Approval.Verify(Svg(new Figure("sheet", panels, "") { Width = 8, Height = 6.5 }), "sheet.svg");
    }

    [Fact]
    public void Bars_marks_points_samples_and_a_title_above_all_are_the_approved_ones()
    {
        var figure = Bars();
        Approval.Verify(Svg(figure), "bars.svg");
        Approval.Verify(FigureData.Render(figure), "bars.csv");
        Approval.Verify(FigureDescription.Render(figure), "bars.json");
    }

    [Fact]
    public void Values_that_are_not_finite_or_not_positive_on_a_logarithmic_axis_are_gaps()
    {
        double[] x = [0, 1, 2, 3, 4, 5, 6], y = [1, 2, 0, double.NaN, double.PositiveInfinity, 5, 6];
        LinesOf(x, y, logarithmic: true).Select(line => line.Count).ShouldBe([2, 2]);
        LinesOf(x, y, logarithmic: false).Select(line => line.Count).ShouldBe([3, 2], "zero has a place on a linear axis");
        LinesOf([0, 1, 2], [-1, 1, -2], logarithmic: true).ShouldBeEmpty("a single value is a point");
    }

    [Fact]
    public void A_band_has_a_gap_where_either_edge_has_one()
    {
        var band = new BandCurve([0, 1, 2, 3, 4], [1, 1, double.NaN, 1, 1], [5, 5, 5, 5, 5], null, Palette.SpecGd);
        var areas = DrawnFigure.Of(Single(new Axis("y"), band)).Areas;
        areas.Select(area => area.Outline.Count).ShouldBe([4, 4]);
        areas.ShouldAllBe(area => area.Opacity < 1 && area.Border == null);
    }

    /// <summary>An interval of a few values of different sizes reaches below zero, and is then the widest.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(null)]
    public void A_band_that_reaches_to_zero_or_below_goes_to_the_edge_of_a_logarithmic_axis(double? from)
    {
        var band = new BandCurve([0, 1, 2], [-1, 0, 0.5], [5, 5, 5], null, Palette.SpecGd);
        var plan = FigurePlan.Of(Single(new Axis("") { Logarithmic = true, From = from }, band), FigureFont.Package).Panels[0];
        plan.Curves[0].Columns[1].ShouldBe([from ?? 0.5, from ?? 0.5, 0.5]);
    }

    [Fact]
    public void A_curve_without_a_single_value_is_left_out_of_picture_and_key()
    {
        LineCurve[] curves =
        [
            new([], [], Palette.SpecGd) { Label = "empty" },
            new([0, 1], [0, double.NaN], Palette.SpecGd) { Label = "nothing positive" },
            new([0, 1], [2, 3], Palette.SpecGd) { Label = "kept" },
        ];
        var drawn = DrawnFigure.Of(Single(new Axis("y") { Logarithmic = true }, curves));
        drawn.Count("kept").ShouldBe(1);
        drawn.Count("empty").ShouldBe(0);
        drawn.Count("nothing positive").ShouldBe(0);
        drawn.Lines.Count.ShouldBe(2, "the curve and its sample");
    }

    [Fact]
    public void A_figure_too_small_for_its_panels_is_refused_with_its_name()
    {
        var panel = new Panel("", new Axis(""), new Axis(""), []);
        var figure = new Figure("tiny", [panel, panel], "") { Width = 1, Height = 1 };
        Assert.Throws<ArgumentException>(() => FigurePlan.Of(figure, FigureFont.Package)).Message.ShouldContain("'tiny' is too small for 2×1 panels");
    }

    /// <summary>Places are counted in logarithms, whose rounding must not cost the tic at an end.</summary>
    [Fact]
    public void Every_tic_stands_at_its_value_with_its_label_also_at_the_ends()
    {
        (double From, double To, double[] Tics)[] axes =
        [
            (0.1, 1, []), (0.01, 1, []), (0.1, 10, []), (1e-20, 1, []), (1e-12, 1e3, []), (1, 10, []),
            (0.05, 0.5, [0.05, 0.1, 0.2, 0.5]), (7, 56, [7, 14, 28, 56]),
        ];
        foreach (var axis in axes)
        {
            var figure = Single(new Axis("y") { Logarithmic = true, Tics = axis.Tics }, new LineCurve([0, 1], [axis.From, axis.To], Palette.SpecGd));
            var plan = FigurePlan.Of(figure, FigureFont.Package);
            var frame = PanelFrame.Of(plan, 0);
            var drawn = DrawnFigure.Of(figure);
            var numbers = drawn.Texts.Where(text => text.Align == TextAlign.Right).ToArray();
            var grid = drawn.Rules.Where(rule => rule.Pen.Color == "#dddddd").ToArray();
            numbers.Select(number => number.Text).ShouldBe(plan.Panels[0].Y.TicLabels.Select(label => label.ToString().Replace("^", "", StringComparison.Ordinal)));
            grid.Length.ShouldBe(numbers.Length);
            numbers.Zip(plan.Panels[0].Y.Tics).ShouldAllBe(
                pair => Math.Abs(pair.First.At.Y - (TextLine.HalfHeight * FigurePicture.Em) - frame.Y(pair.Second.Value)) < PlaceTolerance, $"{axis}");
            grid.Select(rule => rule.From.Y).Order().Zip(numbers.Select(number => number.At.Y).Order()).ShouldAllBe(
                pair => Math.Abs(pair.Second - pair.First - (TextLine.HalfHeight * FigurePicture.Em)) < PlaceTolerance, "the middle of a number is at its line");
        }
    }

    [Fact]
    public void A_value_stands_where_its_axis_has_it()
    {
        var figure = Single(new Axis("y") { From = 0, To = 10 }, new LineCurve([0, 4], [0, 5], Palette.SpecGd));
        var frame = PanelFrame.Of(FigurePlan.Of(figure, FigureFont.Package), 0);
        var line = DrawnFigure.Of(figure).Lines.ShouldHaveSingleItem();
        line.Points.Count.ShouldBe(2);
        IsAt(line.Points[0], frame.Left, frame.Bottom).ShouldBeTrue();
        IsAt(line.Points[1], frame.Right, frame.Top + (frame.Height / 2)).ShouldBeTrue();
        line.Pen.ShouldBe(new Pen(Palette.SpecGd.Color, Palette.SpecGd.Width));
    }

    [Fact]
    public void Lines_are_cut_at_the_frame_and_areas_too()
    {
        var line = new LineCurve([0, 1, 2], [5, 1e40, 5], Palette.SpecGd);
        var band = new BandCurve([0, 1, 2], [1, -1e30, 1], [2, 1e40, 2], null, Palette.SpecGd);
        var figure = Single(new Axis("y") { From = 0, To = 10 }, line, band);
        var frame = PanelFrame.Of(FigurePlan.Of(figure, FigureFont.Package), 0);
        var drawn = DrawnFigure.Of(figure);
        drawn.Lines.Count.ShouldBe(2, "up and down again");
        drawn.Lines.SelectMany(part => part.Points).Concat(drawn.Areas.SelectMany(area => area.Outline)).ShouldAllBe(spot => frame.Holds(spot));
        drawn.Lines.SelectMany(part => part.Points).Count(spot => Math.Abs(spot.Y - frame.Top) < PlaceTolerance).ShouldBe(2);
    }

    [Fact]
    public void Marks_of_lines_that_coincide_stand_apart_and_the_key_shows_them()
    {
        double[] x = [.. Enumerable.Range(0, 40).Select(i => (double)i)];
        LineCurve[] curves =
        [
            .. new[] { MarkerShape.Circle, MarkerShape.Square }.Select((shape, i) =>
                new LineCurve(x, x, Palette.UnnamedMethod(i) with { Marker = new Marker(shape, i, 2) }) { Label = $"line {i}" }),
        ];
        var drawn = DrawnFigure.Of(Single(new Axis("y"), curves));
        var along = drawn.AllMarks.Where(marks => marks.Places.Count > 1).ToArray();
        along.Select(marks => marks.Places.Count).ShouldBe([Marker.Along, Marker.Along]);
        along[0].Places.Intersect(along[1].Places).ShouldBeEmpty();
        along.Select(marks => marks.Mark.Outline.Count).ShouldBe([0, 4]);
        drawn.AllMarks.Count(marks => marks.Places.Count == 1).ShouldBe(2, "the samples");
    }

    [Fact]
    public void Hollow_points_are_circles_and_others_discs()
    {
        var hollow = new PointCurve([0, 1], [0, 1], Palette.SpecGd) { IsHollow = true, Label = "hollow" };
        var full = new PointCurve([0, 1], [1, 0], Palette.Other(0)) { Label = "full" };
        var marks = DrawnFigure.Of(Single(new Axis("y"), hollow, full)).AllMarks;
        marks.Where(one => one.Mark.Pen.Color == Palette.SpecGd.Color).ShouldAllBe(one => one.Mark.IsCircle && !one.Mark.IsFilled);
        marks.Where(one => one.Mark.Pen.Color == Palette.Other(0).Color).ShouldAllBe(one => one.Mark.IsCircle && one.Mark.IsFilled);
        marks.Select(one => one.Places.Count).Order().ShouldBe([1, 1, 2, 2]);
    }

    /// <summary>Every figure of a small run of each kind, and the sheets above: what is written lies within the picture and over no other text.</summary>
    [Fact]
    public void No_text_lies_over_another_or_outside()
    {
        Figure[] figures = [SmallFigure(), Bars(), .. FigureCatalog.Compose(TinyRuns.StableRankSweep()).Still];
        figures.Length.ShouldBeGreaterThan(2);
        foreach (var figure in figures)
        {
            var picture = new FigurePicture(FigurePlan.Of(figure, FigureFont.Package));
            var boxes = DrawnFigure.Of(figure).Boxes().ToArray();
            boxes.ShouldAllBe(box => box.Left >= 0 && box.Top >= 0 && box.Right <= picture.Width && box.Bottom <= picture.Height, figure.Name);
            Overlaps(boxes).ShouldBeEmpty(figure.Name);
        }
        var crowded = Single(new Axis("y"), new LineCurve([0, 1], [0, 1], Palette.SpecGd)) with { Title = "over" };
        var control = DrawnFigure.Of(crowded).Boxes().ToList();
        control.Add(control[0]);
        Overlaps([.. control]).ShouldNotBeEmpty("the check must see one");
    }

    [Fact]
    public void The_same_figure_is_the_same_bytes_in_every_format()
    {
        foreach (var format in FigureFormat.All)
            Picture(SmallFigure()).Render(format).ShouldBe(Picture(SmallFigure()).Render(format), format.Name);
    }

    internal static FigurePicture Picture(Figure figure) => new(FigurePlan.Of(figure, FigureFont.Package));

    internal static Figure SmallFigure() => new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;

    internal static Figure Bars()
    {
        var bars = new HistogramCurve([1, 10, 100, 1000], [2, 0, 0.5], Palette.GradientDescent) { Label = "bars" };
        var mark = new VerticalLine(1000, Palette.Mark) { Label = "largest" };
        var points = new PointCurve([5, 2], [1, 1], Palette.Other(0)) { Size = 0.8 };
        var sample = new KeySample(Palette.Reference with { Dash = Dash.Dotted }) { Label = "dots" };
        var panel = new Panel("", new Axis("x") { Logarithmic = true }, new Axis("y") { Logarithmic = true, Covers = [0.01] }, [bars, mark, points, sample]);
        return new Figure("bars", [panel, panel with { Curves = [sample] }], "") { Title = FigureText.Italic("d") + " = 8", Width = 8 };
    }

    private static IEnumerable<string> Overlaps((string Text, double Left, double Top, double Right, double Bottom)[] boxes) =>
        from one in boxes.Index()
        from other in boxes.Skip(one.Index + 1)
        where one.Item.Left < other.Right && other.Left < one.Item.Right && one.Item.Top < other.Bottom && other.Top < one.Item.Bottom
        select $"'{one.Item.Text}' and '{other.Text}'";

    private static bool IsAt(Spot spot, double x, double y) => Math.Abs(spot.X - x) < PlaceTolerance && Math.Abs(spot.Y - y) < PlaceTolerance;

    private static string Svg(Figure figure) => System.Text.Encoding.UTF8.GetString(Picture(figure).Render(FigureFormat.Svg));

    private static Figure Single(Axis y, params Curve[] curves) => new("single", [new Panel("", new Axis("x"), y, curves)], "") { Columns = 1, Width = 5 };

    private static IReadOnlyList<Spot>[] LinesOf(double[] x, double[] y, bool logarithmic) =>
        [.. DrawnFigure.Of(Single(new Axis("y") { Logarithmic = logarithmic }, new LineCurve(x, y, Palette.SpecGd))).Lines.Select(line => line.Points)];
}
