using System.Globalization;
using System.Text;
using System.Xml.Linq;
using SpecGD.Figures.Report;

namespace SpecGD.Figures.Tests.Report;

public class HtmlReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"quotes\" 'too' <!-- ]]>";

    private const string SvgWithScript =
        """<svg xmlns="http://www.w3.org/2000/svg" width="700" height="300"><script>alert(3)</script><image href="http://a.org/x.png"/></svg>""";

    private static PictureFile Svg { get; } = new(PictureFormat.Svg, Encoding.UTF8.GetBytes(SvgWithScript), 700, 300);

    private static PictureFile Gif { get; } = new(PictureFormat.Gif, "GIF89a"u8.ToArray(), 20, 10);

    [Fact]
    public void Every_text_is_escaped_wherever_it_stands()
    {
        var page = new Page(HtmlReport.Render(Everything(Hostile)));

        page.Leaks().ShouldBeEmpty();
        page.Root.Descendants("script").Count().ShouldBe(1, "the one that sorts");
        page.Html.ShouldNotContain("<script>alert");
        page.Html.ShouldNotContain("<img src=x");
        page.Root.Descendants("title").Single().Value.ShouldBe(Hostile);
        page.Root.Descendants("figcaption").First().Value.ShouldBe(Hostile);
        page.Root.Descendants("img").First().Attribute("alt")!.Value.ShouldBe(Hostile);
        page.Root.Descendants().Count(e => !e.HasElements && e.Value == Hostile)
            .ShouldBeGreaterThanOrEqualTo(10, "each place shows the text as it is");
    }

    [Theory]
    [InlineData("<p>x</p>", "<p>x</p><script>alert(1)</script>", "a script that the policy does not name: alert(1)")]
    [InlineData("<p>x</p>", "<img src=\"https://example.org/x.png\" />", "img src=https://example.org/x.png")]
    [InlineData("<p>x</p>", "<link href=\"#a\" />", "an element link")]
    [InlineData("<p>x</p>", "<p onclick=\"alert(1)\" />", "p has onclick")]
    [InlineData("default-src 'none'", "default-src *", "a policy that lets through")]
    [InlineData("* { box-sizing", "@import 'x.css'; * { box-sizing", "a style sheet that loads")]
    [InlineData("* { box-sizing", "i { box-sizing", "a style sheet that the policy does not name")]
    public void The_check_for_leaks_can_fail(string part, string replacement, string leak)
    {
        string html = HtmlReport.Render(Of(new Paragraph("x")));
        new Page(html).Leaks().ShouldBeEmpty();
        html.ShouldContain(part);

        new Page(html.Replace(part, replacement, StringComparison.Ordinal)).Leaks().ShouldContain(l => l.StartsWith(leak, StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_is_within_the_page_as_an_image_whose_scripts_no_browser_runs()
    {
        var page = new Page(HtmlReport.Render(Of(new Picture(Svg, "caption", "alternative"))));

        var image = page.Root.Descendants("img").Single();
        const string start = "data:image/svg+xml;base64,";
        string source = (string)image.Attribute("src")!;
        source.ShouldStartWith(start);
        Encoding.UTF8.GetString(Convert.FromBase64String(source[start.Length..])).ShouldBe(SvgWithScript);
        ((string?)image.Attribute("width")).ShouldBe("700");
        page.Root.Descendants("figcaption").Single().Value.ShouldBe("caption");
        page.Html.ShouldContain(".w700 :is(img, .live, canvas) { min-width: 525px }");
        page.Leaks().ShouldBeEmpty();
    }

    private static PictureFile Live(string within) => new(PictureFormat.Svg, Encoding.UTF8.GetBytes(
        $"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="live" width="700" height="300">{within}</svg>"""), 700, 300);

    [Fact]
    public void A_figure_of_this_program_is_within_the_page_as_it_is_and_two_of_one_name_keep_their_marks_apart()
    {
        string drawn(string label) => $"""<defs><circle id="loss-mark0" r="2"/></defs><g class="panel" data-title="{label}"><use xlink:href="#loss-mark0" x="1" y="2"/><text xml:space="preserve">a<tspan> b</tspan></text></g>""";
        var page = new Page(HtmlReport.Render(Of(new Picture(Live(drawn("one")), "", "first"), new Picture(Live(drawn("two")), "", "second"))));

        page.Root.Descendants("img").ShouldBeEmpty();
        XNamespace svg = "http://www.w3.org/2000/svg";
        var figures = page.Root.Descendants(svg + "svg").Where(figure => (string?)figure.Attribute("class") == "live").ToArray();
        figures.Select(figure => (string?)figure.Attribute("aria-label")).ShouldBe(["first", "second"]);
        string[] ids = [.. figures.Select(figure => (string)figure.Descendants(svg + "circle").Single().Attribute("id")!)];
        ids.Distinct().Count().ShouldBe(2);
        figures.Select(figure => (string)figure.Descendants(svg + "use").Single().Attribute(XName.Get("href", "http://www.w3.org/1999/xlink"))!).ShouldBe(ids.Select(id => "#" + id));
        figures[0].Descendants(svg + "text").Single().Value.ShouldBe("a b", "no space comes between the parts of a text");
        page.Root.Descendants("script").Count().ShouldBe(1, "the one that answers");
        page.Leaks().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""<script>alert(1)</script>""")]
    [InlineData("""<g onclick="alert(1)"/>""")]
    [InlineData("""<use xlink:href="http://a.org/x.svg#y"/>""")]
    [InlineData("""<rect fill="url(http://a.org/x.svg#y)"/>""")]
    [InlineData("""<rect style="background:url(http://a.org/x.png)"/>""")]
    [InlineData("""<image href="http://a.org/x.png"/>""")]
    [InlineData("""<foreignObject/>""")]
    public void A_figure_that_could_run_or_fetch_anything_stays_an_image(string within)
    {
        var page = new Page(HtmlReport.Render(Of(new Picture(Live(within), "", "foreign"))));

        page.Root.Descendants("img").Count().ShouldBe(1);
        page.Root.Descendants("script").ShouldBeEmpty();
        page.Leaks().ShouldBeEmpty();
    }

    [Fact]
    public void An_animation_stays_closed_until_it_is_opened()
    {
        var page = new Page(HtmlReport.Render(Of(new Picture(Svg, "", "still"), new Picture(Gif, "", "moving"))));

        var moving = page.Root.Descendants("img").Single(i => (string?)i.Attribute("alt") == "moving");
        var details = moving.Ancestors("details").Single();
        details.Attribute("open").ShouldBeNull();
        details.Element("summary")!.Value.ShouldBe("Play the animation (0.1 MB; close this to stop it)");
        page.Root.Descendants("img").Single(i => (string?)i.Attribute("alt") == "still").Ancestors("details").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MarkShape.Check, "holds")]
    [InlineData(MarkShape.Cross, "does not hold")]
    [InlineData(MarkShape.Ring, "not checked")]
    public void A_verdict_is_told_by_word_and_by_a_shape_of_its_own(MarkShape shape, string words)
    {
        var page = new Page(HtmlReport.Render(Of(new Table("t", ["a", "verdict"], [[new TextCell("x"), new MarkCell(new Mark(shape, words))]]))));

        var cell = page.Root.Descendants("td").Single();
        Page.TextOf(cell).ShouldBe(words);
        string drawing = (string)cell.Descendants("path").Single().Attribute("d")!;
        var others = Enum.GetValues<MarkShape>().Where(other => other != shape)
            .Select(other => HtmlBlocks.Render(new Mark(other, "")).Descendants("path").Single().Attribute("d")!.Value);
        others.ShouldNotContain(drawing);
    }

    [Fact]
    public void Numbers_stand_right_and_what_is_missing_says_so()
    {
        var table = new Table("t", ["name", "n", "mixed"],
        [
            [new TextCell("a"), new NumberCell(1.0 / 3), new NumberCell(1)],
            [new TextCell("b"), new MissingCell(), new TextCell("x")],
            [new TextCell("c"), new NumberCell(double.NaN), new MissingCell()],
        ]) { Sortable = true };

        var page = new Page(HtmlReport.Render(Of(table)));

        var rows = page.Root.Descendants("tbody").Single().Elements("tr").Select(r => r.Elements().ToArray()).ToArray();
        rows.ShouldAllBe(row => row[0].Name == "th" && (string?)row[1].Attribute("class") == "number" && row[2].Attribute("class") == null);
        rows[0][1].Value.ShouldBe("0.3333");
        ((string?)rows[0][1].Attribute("data-value")).ShouldBe((1.0 / 3).ToString("R", CultureInfo.InvariantCulture));
        foreach (var missing in new[] { rows[1][1], rows[2][1], rows[2][2] })
        {
            missing.Attribute("data-value").ShouldBeNull();
            missing.Attribute("data-missing").ShouldNotBeNull();
            ((string?)missing.Element("span")!.Attribute("aria-label")).ShouldBe("not measured");
        }
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes_and_sections_in_any_number_link_up()
    {
        var report = Everything("text");

        string html = HtmlReport.Render(report);

        html.ShouldBe(HtmlReport.Render(Everything("text")));
        html.ShouldNotContain('\r');
        html.ShouldStartWith("<!DOCTYPE html>\n<html lang=\"en\">");
        var page = new Page(html);
        page.Root.Descendants("nav").Single().Descendants("a").Select(a => (string)a.Attribute("href")!).ShouldBe(["#a", "#b", "#c"]);
        foreach (string target in page.Root.Descendants("a").Select(a => ((string)a.Attribute("href")!)[1..]))
            page.ById(target).ShouldNotBeNull();
        page.Root.Descendants("meta").ShouldContain(m => (string?)m.Attribute("name") == "viewport");
        new Page(HtmlReport.Render(Of(new Paragraph("x")))).Root.Descendants("nav").ShouldBeEmpty("one section needs no contents");
    }

    [Fact]
    public void Elements_without_content_do_not_swallow_what_follows()
    {
        string html = HtmlReport.Render(Of(new Paragraph(""), new CommandLines(""), new KeyValues([]), new Table("", ["a"], [])));

        html.ShouldContain("<p></p>");
        html.ShouldContain("<tbody></tbody>");
        string[] closed = [.. System.Text.RegularExpressions.Regex.Matches(html, @"<(\w+)[^>]*/>").Select(m => m.Groups[1].Value).Distinct().Order()];
        closed.ShouldBe(["meta"], "only void elements may close themselves");
    }

    [Fact]
    public void A_command_is_shown_as_it_is_without_blanks_before_it() =>
        HtmlReport.Render(Of(new CommandLines("specgd run\n  --dim 3"))).ShouldContain("<pre tabindex=\"0\">specgd run\n  --dim 3</pre>");

    [Fact]
    public void Characters_that_no_page_may_hold_are_replaced() =>
        new Page(HtmlReport.Render(Of(new Paragraph("a\0b\u0007c\ud800d\ufffee😀")))).Root.Descendants("p").Single().Value
            .ShouldBe("a\ufffdb\ufffdc\ufffdd\ufffde😀");

    [Fact]
    public void A_report_that_contradicts_itself_is_refused()
    {
        Should.Throw<ArgumentException>(() => HtmlReport.Render(new ReportDocument("", [], [Part("a"), Part("a")]))).Message
            .ShouldStartWith("Two sections are called 'a'.");
        Should.Throw<ArgumentException>(() => HtmlReport.Render(new ReportDocument("", [], [Part("a b")]))).Message
            .ShouldStartWith("'a b' cannot name a section");
        Should.Throw<ArgumentException>(() => HtmlReport.Render(Of(new Table("t", ["a"], [[]])))).Message
            .ShouldStartWith("A row of 't' has 0 cells under 1 headings.");
        Should.Throw<ArgumentException>(() => HtmlReport.Render(Of(new Details("d", [new Table("t", ["a"], [[new TextCell("x", "nowhere")]])]))))
            .Message.ShouldStartWith("'x' leads to 'nowhere', which is no section.");
    }

    [Fact]
    public void A_report_is_written_whole()
    {
        using var folder = new TemporaryFolder();

        HtmlReport.Write(Everything("é"), folder.PathOf("report.html"));

        File.ReadAllText(folder.PathOf("report.html")).ShouldBe(HtmlReport.Render(Everything("é")));
        folder.Names().ShouldBe(["report.html"]);
    }

    private static ReportDocument Of(params Block[] blocks) => new("title", [], [Part("a", blocks)]);

    private static Section Part(string id, params Block[] blocks) => new(id, id, id, blocks);

    private static ReportDocument Everything(string text) => new(text, [text],
    [
        new Section("a", text, text, [new Paragraph(text), new CommandLines(text), new Picture(Svg, text, text), new Picture(Gif, text, text)])
        {
            Verdict = new Mark(MarkShape.Cross, text),
        },
        new Section("b", text, text,
        [
            new Table(text, [text, text], [[new TextCell(text, "a"), new MarkCell(new Mark(MarkShape.Check, text))]])
            {
                Sortable = true,
                Narrow = NarrowTable.Stacks,
            },
        ]),
        new Section("c", text, text, [new Details(text, [new KeyValues([new KeyValueEntry(text, text, text)])])]),
    ])
    {
        Verdict = new Mark(MarkShape.Ring, text),
        Footer = text,
    };
}
