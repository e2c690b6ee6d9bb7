using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Tests.Drawing;
using SpecGD.Figures.Tests.Gnuplot;

namespace SpecGD.Figures.Tests;

/// <summary>Pictures that the installed gnuplot really draws; skipped where there is none.</summary>
public class RenderingTests
{
    private const double SvgDotsPerInch = 96;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [SkippableFact]
    public void Every_format_is_drawn_whole_and_nothing_else_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        var result = Draw(folder, SmallFigure());
        result.Hint.ShouldBeNull();
        folder.Names().ShouldBe(
            ["random-feature.caption.txt", "random-feature.dat", "random-feature.gp", "random-feature.pdf", "random-feature.png", "random-feature.svg"]);
        result.Files.Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(folder.Names());
        File.ReadAllBytes(folder.PathOf("random-feature.pdf")).AsSpan(0, 4).SequenceEqual("%PDF"u8).ShouldBeTrue();
        PngSize(folder.PathOf("random-feature.png")).ShouldBe((2000, 800));
    }

    [SkippableFact]
    public void The_svg_holds_title_labels_and_key_and_names_fallbacks_for_every_font()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, SmallFigure());
        var svg = XDocument.Load(folder.PathOf("random-feature.svg"), LoadOptions.PreserveWhitespace);
        string[] expected =
        [
            "Training loss", "Nuclear rank of the gradient", "Training iteration", "‖WA − Y‖2F / 2n", "nr(∇L(W))", "GD", "SpecGD",
            "SpecGD from GD step t", "SpecGD from peak", "st(A)", "100", "10-4",
        ];
        expected.ShouldBeSubsetOf(Texts(svg));
        var fonts = svg.Descendants().Attributes("font-family").Select(font => font.Value).Distinct().ToArray();
        fonts.ShouldBe([FigureFont.Find().Name + ", Times New Roman, serif"]);
    }

    [SkippableFact]
    public void Every_text_lies_within_the_picture()
    {
        using var folder = new TemporaryFolder();
        var figure = SmallFigure();
        Draw(folder, figure);
        var groups = XDocument.Load(folder.PathOf("random-feature.svg")).Descendants(Svg + "g");
        var places = groups.Where(g => g.Element(Svg + "text") is not null).Select(Place);
        places.ShouldAllBe(p => p.X > 0 && p.X < figure.Width * SvgDotsPerInch && p.Y > 0 && p.Y < figure.Height * SvgDotsPerInch);
    }

    [SkippableFact]
    public void Names_from_a_log_are_drawn_as_they_are_whatever_their_characters()
    {
        using var folder = new TemporaryFolder();
        const string Name = """my_method^2 @home {v1} a\b \U+221E & ~ <i> 'q' "d" `ls` $x %d #1 ‖é""";
        var curve = new LineCurve([0, 1], [0, 1], Palette.SpecGd) { Label = Name };
        Draw(folder, new Figure("names", [new Panel(Name, new Axis(Name), new Axis(Name), [curve])], "")).Hint.ShouldBeNull();
        Texts(XDocument.Load(folder.PathOf("names.svg"), LoadOptions.PreserveWhitespace)).Count(text => text == Name).ShouldBe(4, "title, two labels, key");
    }

    [SkippableTheory]
    [InlineData(KeyPlacement.TopRight)]
    [InlineData(KeyPlacement.TopLeft)]
    [InlineData(KeyPlacement.BottomRight)]
    [InlineData(KeyPlacement.BottomLeft)]
    public void The_key_is_drawn_within_the_box_that_is_kept_free_for_it(KeyPlacement placement)
    {
        using var folder = new TemporaryFolder();
        LineCurve[] curves =
            [.. Enumerable.Range(0, 4).Select(i => new LineCurve([0, 1], [i, i], Palette.Other(i)) { Label = $"a rather long entry {i}" })];
        var figure = new Figure("key", [new Panel("title", new Axis("x"), new Axis("y"), curves) { Key = placement }], "") { Width = 6 };
        Draw(folder, figure);
        var plan = FigurePlan.Of(figure, FigureFont.Find().Name);
        var box = KeyPlanTests.BoxOf(plan, 0);
        var groups = XDocument.Load(folder.PathOf("key.svg")).Descendants(Svg + "g");
        var entries = groups.Where(g => g.Element(Svg + "text")?.Value.StartsWith("a rather", StringComparison.Ordinal) == true);
        var places = entries.Select(g => InPlot(plan, Place(g))).ToArray();
        places.Length.ShouldBe(4);
        places.ShouldAllBe(p => p.X > box.Left && p.X < box.Right && p.Y > box.Bottom && p.Y < box.Top);
    }

    [SkippableFact]
    public void The_script_draws_by_hand_from_its_own_folder_wherever_that_has_moved()
    {
        string gnuplot = RealGnuplot.OrSkip().Path!;
        using var folder = new TemporaryFolder();
        Draw(folder, SmallFigure());
        string moved = folder.PathOf("a folder with 'quotes' and blanks");
        Directory.CreateDirectory(moved);
        foreach (string name in new[] { "random-feature.gp", "random-feature.dat" })
            File.Copy(folder.PathOf(name), Path.Combine(moved, name));
        RunByHand(gnuplot, moved, "random-feature.gp");
        RunByHand(gnuplot, moved, "-e", "format='png'", "random-feature.gp");
        RunByHand(gnuplot, moved, "-e", "format='svg'; font='DejaVu Serif'", "random-feature.gp");
        Directory.EnumerateFiles(moved).Select(path => Path.GetExtension(path)).Order(StringComparer.Ordinal).ShouldBe([".dat", ".gp", ".pdf", ".png", ".svg"]);
        File.ReadAllText(Path.Combine(moved, "random-feature.svg")).ShouldContain("DejaVu Serif");
    }

    [SkippableFact]
    public void Curves_without_values_panels_without_curves_and_keys_below_are_drawn()
    {
        using var folder = new TemporaryFolder();
        var gap = new LineCurve([0, 1, 2, 3], [1, 0, double.NaN, 1e-15], Palette.SpecGd) { Label = "gap" };
        var nothing = new LineCurve([0, 1], [double.NaN, -1], Palette.SpecGd) { Label = "nothing" };
        var panel = new Panel("gaps", new Axis(""), new Axis("") { Logarithmic = true }, [gap, nothing]);
        Panel[] panels = [panel with { Key = KeyPlacement.Below }, panel with { Curves = [nothing] }, panel with { Curves = [] }];
        Draw(folder, new Figure("gaps", panels, "") { Height = 7 }).Hint.ShouldBeNull();
        Texts(XDocument.Load(folder.PathOf("gaps.svg"))).ShouldNotContain("nothing");
    }

    [SkippableFact]
    public void A_title_above_all_panels_bars_and_marks_are_drawn_once_and_within_the_picture()
    {
        using var folder = new TemporaryFolder();
        var bars = new HistogramCurve([1, 10, 100, 1000], [2, 0, 0.5], Palette.GradientDescent);
        var mark = new VerticalLine(1000, Palette.Mark) { Label = "largest" };
        var panel = new Panel("panel", new Axis("x") { Logarithmic = true }, new Axis("y") { Logarithmic = true }, [bars, mark]);
        var figure = new Figure("bars", [panel, panel with { Curves = [bars] }], "") { Title = "above all" };
        Draw(folder, figure).Hint.ShouldBeNull();
        var svg = XDocument.Load(folder.PathOf("bars.svg"));
        Texts(svg).Count(text => text == "above all").ShouldBe(1);
        svg.Descendants(Svg + "polygon").Count().ShouldBe(4, "two runs of bars in each of two panels");
        var places = svg.Descendants(Svg + "g").Where(g => g.Element(Svg + "text") is not null).Select(Place);
        places.ShouldAllBe(p => p.X > 0 && p.X < figure.Width * SvgDotsPerInch && p.Y > 0 && p.Y < figure.Height * SvgDotsPerInch);
    }

    /// <summary>gnuplot counts tics in logarithms: some of these axes lost a label to rounding before they reached a hair beyond their ends.</summary>
    [SkippableFact]
    public void Every_tic_of_a_logarithmic_axis_has_its_label_also_at_the_ends()
    {
        using var folder = new TemporaryFolder();
        (double From, double To, double[] Tics)[] axes =
        [
            (0.1, 1, []), (0.01, 1, []), (0.1, 10, []), (1e-20, 1, []), (1e-12, 1e3, []), (1, 10, []),
            (0.05, 0.5, [0.05, 0.1, 0.2, 0.5]), (7, 56, [7, 14, 28, 56]),
        ];
        Panel[] panels =
        [
            .. axes.Select(axis => new Panel("", new Axis("x"), new Axis("y") { Logarithmic = true, Tics = axis.Tics },
                [new LineCurve([0, 1], [axis.From, axis.To], Palette.SpecGd)])),
        ];
        var figure = new Figure("tics", panels, "") { Columns = 4, Width = 16, Height = 8 };
        Draw(folder, figure).Hint.ShouldBeNull();

        var drawn = Texts(XDocument.Load(folder.PathOf("tics.svg"))).CountBy(text => text).ToDictionary();
        var planned = FigurePlan.Of(figure, FigureFont.Find().Name).Panels.SelectMany(panel => panel.X.TicLabels.Concat(panel.Y.TicLabels))
            .Select(label => label.ToString().Replace("^", "", StringComparison.Ordinal)).Concat(axes.SelectMany(_ => new[] { "x", "y" }));
        foreach (var (label, count) in planned.CountBy(label => label))
            drawn.GetValueOrDefault(label).ShouldBe(count, label);
    }

    [SkippableFact]
    public void Marks_of_lines_that_coincide_stand_apart_and_the_key_shows_them()
    {
        using var folder = new TemporaryFolder();
        double[] x = [.. Enumerable.Range(0, 40).Select(i => (double)i)];
        LineCurve[] curves =
        [
            .. new[] { MarkerShape.Circle, MarkerShape.Square }.Select((shape, i) =>
                new LineCurve(x, x, Palette.UnnamedMethod(i) with { Marker = new Marker(shape, i, 2) }) { Label = $"line {i}" }),
        ];
        Draw(folder, new Figure("marks", [new Panel("", new Axis("x"), new Axis("y"), curves)], "") { Columns = 1, Width = 5 }).Hint.ShouldBeNull();

        var uses = XDocument.Load(folder.PathOf("marks.svg")).Descendants(Svg + "use")
            .Where(use => ((string?)use.Attribute("transform"))?.StartsWith("translate", StringComparison.Ordinal) == true);
        var places = uses.GroupBy(use => (string?)use.Attributes().Single(a => a.Name.LocalName == "href"))
            .Select(shape => shape.Select(use => (string)use.Attribute("transform")!).Distinct().ToArray()).ToArray();
        places.Length.ShouldBe(2, "two shapes");
        places.ShouldAllBe(shape => shape.Length == Marker.Along + 1, "the marks along the line and that of the key");
        places[0].Intersect(places[1]).ShouldBeEmpty();
    }

    /// <summary>Corners far outside of the axis, which gnuplot draws wrongly, are corners at the frame, and the edges within stay as they are.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_band_that_reaches_beyond_its_axis_ends_at_the_frame(bool logarithmic)
    {
        double[] x = [0, 1, 2, 3], lower = logarithmic ? [1, 1, 1e-50, 2] : [1, 1, -1e50, 2], upper = [2, 1e40, 1e100, 2];
        var band = new BandCurve(x, lower, upper, null, Palette.SpecGd);
        var figure = new Figure("far", [new Panel("", new Axis("x"), new Axis("y") { From = 1, To = 10, Logarithmic = logarithmic }, [band])], "");

        var plan = FigurePlan.Of(figure, FigureFont.Preferred).Panels[0];
        var columns = plan.Curves.Single(curve => curve.Curve is BandCurve).Columns;

        columns[1].Concat(columns[2]).ShouldAllBe(value => value >= plan.Y.From && value <= plan.Y.To);
        columns[0].ShouldBe(columns[0].Order());
        x.Except(columns[0]).ShouldBeEmpty();
        double first = columns[0].First(place => place > 0), expected = logarithmic ? (1 - Math.Log10(2)) / (40 - Math.Log10(2)) : 8 / (1e40 - 2);
        first.ShouldBe(expected, 1e-12 * expected, "there the upper edge leaves");
    }

    [Fact]
    public void A_band_within_its_axis_is_left_as_it_is()
    {
        var band = new BandCurve([0, 1, 2], [1, double.NaN, 1], [2, 3, 4], null, Palette.SpecGd);
        var figure = new Figure("near", [new Panel("", new Axis("x"), new Axis("y") { From = 0, To = 10 }, [band])], "");

        var columns = FigurePlan.Of(figure, FigureFont.Preferred).Panels[0].Curves.Single(curve => curve.Curve is BandCurve).Columns;

        columns[2].Where(double.IsFinite).ShouldBe([2, 4]);
    }

    private static Figure SmallFigure() => new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;

    private static FigureResult Draw(TemporaryFolder folder, Figure figure) =>
        new FigureWriter(RealGnuplot.OrSkip(), FigureFont.Find().Name).Write(figure, folder.DirectoryPath);

    private static (int Width, int Height) PngSize(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        bytes[..8].SequenceEqual((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]).ShouldBeTrue();
        return (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]));
    }

    private static string[] Texts(XDocument svg) => [.. svg.Descendants(Svg + "text").Select(text => text.Value)];

    /// <summary>Where a text stands, in pixels from the top left, by the translation of the group around it.</summary>
    private static (double X, double Y) Place(XElement group)
    {
        string transform = group.Attribute("transform")!.Value;
        string[] numbers = transform[(transform.IndexOf('(') + 1)..transform.IndexOf(')')].Split(',');
        return (double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    private static (double X, double Y) InPlot(FigurePlan plan, (double X, double Y) place)
    {
        double pixelsPerEm = FigurePlan.FontSize / 72 * SvgDotsPerInch;
        double x = place.X / pixelsPerEm - plan.Margins.Left, y = plan.Height - place.Y / pixelsPerEm - plan.Margins.Bottom;
        return (x / plan.Margins.PlotWidth(plan.Width, plan.Columns), y / plan.Margins.PlotHeight(plan.Height, plan.Rows));
    }

    private static void RunByHand(string gnuplot, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(gnuplot, arguments) { WorkingDirectory = folder, RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }
}
