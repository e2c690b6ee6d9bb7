using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;
using SpecGD.Figures.Tests.Drawing;

namespace SpecGD.Figures.Tests.Rendering;

/// <summary>Pictures as files: what is in them, and that it is in each.</summary>
public partial class PictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>A page with a curve of each kind: fonts, dashes and all, is to be mailed and printed.</summary>
    private const int LargestPage = 300_000;

    [Fact]
    public void Every_format_is_drawn_whole_and_nothing_else_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        var result = new FigureWriter(FigureFont.Package).Write(FigurePainterTests.SmallFigure(), folder.DirectoryPath);
        folder.Names().ShouldBe(
            ["random-feature.caption.txt", "random-feature.csv", "random-feature.json", "random-feature.pdf", "random-feature.png", "random-feature.svg"]);
        result.Files.Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(folder.Names());
        File.ReadAllBytes(folder.PathOf("random-feature.pdf")).AsSpan(0, 4).SequenceEqual("%PDF"u8).ShouldBeTrue();
        PngSize(File.ReadAllBytes(folder.PathOf("random-feature.png"))).ShouldBe((2000, 800));
    }

    [Fact]
    public void The_svg_holds_title_labels_and_key_as_text_and_names_fallbacks_for_the_font()
    {
        var svg = Vectors(FigurePainterTests.SmallFigure());
        string[] expected =
        [
            "Training loss", "Nuclear rank of the gradient", "Training iteration", "‖WA − Y‖F2 / 2n", "nr(grad L(W))", "GD", "SpecGD",
            "SpecGD from GD step t", "SpecGD from peak", "st(A)", "100", "10-4",
        ];
        expected.ShouldBeSubsetOf(Texts(svg));
        svg.Descendants().Attributes("font-family").Select(font => font.Value).ShouldAllBe(font => font.StartsWith("Inter, ", StringComparison.Ordinal) && font.EndsWith("serif", StringComparison.Ordinal));
        svg.Descendants(Svg + "desc").ShouldHaveSingleItem().Value.ShouldBe(FigurePainterTests.SmallFigure().Caption);
    }

    [Fact]
    public void Names_from_a_log_are_drawn_as_they_are_whatever_their_characters()
    {
        const string Name = """my_method^2 @home {v1} a\b \U+221E & ~ <i> 'q' "d" `ls` $x %d #1 ‖é""";
        var curve = new LineCurve([0, 1], [0, 1], Palette.SpecGd) { Label = Name };
        var figure = new Figure("names", [new Panel(Name, new Axis(Name), new Axis(Name), [curve])], "") { Width = 14, Height = 12, Columns = 1 };
        Texts(Vectors(figure)).Count(text => text == Name).ShouldBe(4, "title, two labels, key");
        FigurePainterTests.Picture(figure).Render(FigureFormat.Pdf).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(KeyPlacement.TopRight)]
    [InlineData(KeyPlacement.TopLeft)]
    [InlineData(KeyPlacement.BottomRight)]
    [InlineData(KeyPlacement.BottomLeft)]
    public void The_key_is_drawn_within_the_box_that_is_kept_free_for_it(KeyPlacement placement)
    {
        LineCurve[] curves =
            [.. Enumerable.Range(0, 4).Select(i => new LineCurve([0, 1], [i, i], Palette.Other(i)) { Label = $"a rather long entry {i}" })];
        var figure = new Figure("key", [new Panel("title", new Axis("x"), new Axis("y"), curves) { Key = placement }], "") { Width = 6 };
        var plan = FigurePlan.Of(figure, FigureFont.Package);
        var frame = PanelFrame.Of(plan, 0);
        var box = KeyPlanTests.BoxOf(plan, 0);
        var drawn = DrawnFigure.Of(figure);
        var entries = drawn.Boxes().Where(text => text.Text.StartsWith("a rather", StringComparison.Ordinal)).ToArray();
        entries.Length.ShouldBe(4);
        entries.All(text => Across(text.Left) > box.Left && Across(text.Right) < box.Right && Up(text.Bottom) > box.Bottom && Up(text.Top) < box.Top).ShouldBeTrue();
        drawn.Lines.Count(line => line.Points.All(spot => Across(spot.X) >= box.Left && Across(spot.X) <= box.Right && Up(spot.Y) > box.Bottom && Up(spot.Y) < box.Top))
            .ShouldBe(4, "the samples");

        double Across(double x) => (x - frame.Left) / frame.Width;
        double Up(double y) => (frame.Bottom - y) / frame.Height;
    }

    [Fact]
    public void Curves_without_values_panels_without_curves_and_keys_below_are_drawn()
    {
        var gap = new LineCurve([0, 1, 2, 3], [1, 0, double.NaN, 1e-15], Palette.SpecGd) { Label = "gap" };
        var nothing = new LineCurve([0, 1], [double.NaN, -1], Palette.SpecGd) { Label = "nothing" };
        var panel = new Panel("gaps", new Axis(""), new Axis("") { Logarithmic = true }, [gap, nothing]);
        Panel[] panels = [panel with { Key = KeyPlacement.Below }, panel with { Curves = [nothing] }, panel with { Curves = [] }];
        Texts(Vectors(new Figure("gaps", panels, "") { Height = 7 })).ShouldNotContain("nothing");
    }

    [Fact]
    public void A_title_above_all_panels_and_bars_are_drawn_once_and_within_the_picture()
    {
        var bars = new HistogramCurve([1, 10, 100, 1000], [2, 0, 0.5], Palette.GradientDescent);
        var mark = new VerticalLine(1000, Palette.Mark) { Label = "largest" };
        var panel = new Panel("panel", new Axis("x") { Logarithmic = true }, new Axis("y") { Logarithmic = true }, [bars, mark]);
        var drawn = DrawnFigure.Of(new Figure("bars", [panel, panel with { Curves = [bars] }], "") { Title = "above all" });
        drawn.Count("above all").ShouldBe(1);
        drawn.Areas.Count(area => area.Border is not null).ShouldBe(4, "two runs of bars in each of two panels");
    }

    /// <summary>The text of a page can be searched: each font tells which characters its glyphs are. And it holds the glyphs that are used, and no more.</summary>
    [Fact]
    public void A_page_embeds_its_fonts_cut_to_what_is_used_with_their_characters()
    {
        byte[] page = FigurePainterTests.Picture(FigurePainterTests.Bars()).Render(FigureFormat.Pdf);
        string text = Encoding.Latin1.GetString(page);
        page.Length.ShouldBeLessThan(LargestPage);
        Regex.Count(text, "/FontFile2 ").ShouldBeGreaterThan(0);
        Regex.Count(text, "/ToUnicode ").ShouldBe(Regex.Count(text, "/Subtype /Type0"));
        text.ShouldNotContain("/CreationDate");
        string maps = string.Concat(Streams(page).Where(stream => stream.Contains("beginbf", StringComparison.Ordinal)));
        foreach (char c in "barsdotslargest")
            maps.ShouldContain($"{(int)c:X4}", Case.Insensitive, $"{c}");
    }

    [Fact]
    public void A_font_that_is_cut_draws_what_it_drew()
    {
        var face = FigureFont.Package.Pieces("Änr", italic: false).ShouldHaveSingleItem().Face;
        using var whole = new FontPiece("Änr", face, false).At(40);
        using var cut = FontSubset.Of(face, whole.GetGlyphs("Änr"));
        using var font = new FontPiece("Änr", cut, false).At(40);
        cut.GlyphCount.ShouldBe(face.GlyphCount);
        font.GetTextPath("Änr").ToSvgPathData().ShouldBe(whole.GetTextPath("Änr").ToSvgPathData(), "a letter that is made of two too");
        font.GetTextPath("Q").ToSvgPathData().ShouldNotBe(whole.GetTextPath("Q").ToSvgPathData(), "what is not used is gone");
    }

    /// <summary>An axis is black in whole rows of dots, with no grey beside it.</summary>
    [Fact]
    public void Axes_are_crisp()
    {
        var figure = new Figure("axes", [new Panel("", new Axis("") { From = 0, To = 1 }, new Axis("") { From = 0, To = 1 }, [])], "") { Width = 3, Height = 2, Columns = 1 };
        using var dots = FigurePainterTests.Picture(figure).Dots(FigurePicture.PngDotsPerInch);
        var frame = PanelFrame.Of(FigurePlan.Of(figure, FigureFont.Package), 0);
        double scale = dots.Width / FigurePainterTests.Picture(figure).Width;
        int x = (int)(scale * (frame.Left + (frame.Width * 0.43))), y = (int)Math.Round(scale * frame.Bottom);
        var column = Enumerable.Range(y - 4, 8).Select(row => dots.GetPixel(x, row).Red).ToArray();
        column.Count(red => red == 0).ShouldBe(2, "0.8 pt at 200 dots an inch, rounded");
        column.Count(red => red is > 0 and < 200).ShouldBe(0);
    }

    /// <summary>Corners far outside of the axis are corners at the frame, and the edges within stay as they are.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_band_that_reaches_beyond_its_axis_ends_at_the_frame(bool logarithmic)
    {
        double[] x = [0, 1, 2, 3], lower = logarithmic ? [1, 1, 1e-50, 2] : [1, 1, -1e50, 2], upper = [2, 1e40, 1e100, 2];
        var band = new BandCurve(x, lower, upper, null, Palette.SpecGd);
        var figure = new Figure("far", [new Panel("", new Axis("x"), new Axis("y") { From = 1, To = 10, Logarithmic = logarithmic }, [band])], "");

        var plan = FigurePlan.Of(figure, FigureFont.Package).Panels[0];
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

        var columns = FigurePlan.Of(figure, FigureFont.Package).Panels[0].Curves.Single(curve => curve.Curve is BandCurve).Columns;

        columns[2].Where(double.IsFinite).ShouldBe([2, 4]);
    }

    private static (int Width, int Height) PngSize(ReadOnlySpan<byte> bytes)
    {
        bytes[..8].SequenceEqual((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]).ShouldBeTrue();
        return (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]));
    }

    private static XDocument Vectors(Figure figure) =>
        XDocument.Parse(Encoding.UTF8.GetString(FigurePainterTests.Picture(figure).Render(FigureFormat.Svg)), LoadOptions.PreserveWhitespace);

    private static string[] Texts(XDocument svg) => [.. svg.Descendants(Svg + "text").Select(text => text.Value)];

    private static IEnumerable<string> Streams(byte[] page)
    {
        string text = Encoding.Latin1.GetString(page);
        foreach (Match stream in StreamLength().Matches(text))
        {
            int begin = text.IndexOf("stream\n", stream.Index, StringComparison.Ordinal) + "stream\n".Length;
            using var packed = new ZLibStream(new MemoryStream(page, begin, int.Parse(stream.Groups[1].Value, CultureInfo.InvariantCulture)), CompressionMode.Decompress);
            yield return new StreamReader(packed, Encoding.Latin1).ReadToEnd();
        }
    }

    [GeneratedRegex(@"/Filter /FlateDecode\s+/Length (\d+)")]
    private static partial Regex StreamLength();
}
