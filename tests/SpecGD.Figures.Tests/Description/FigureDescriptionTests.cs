using SpecGD.Figures.Description;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;
using SpecGD.Figures.Tests.Rendering;

namespace SpecGD.Figures.Tests.Description;

/// <summary>The description and the data of a figure draw it again, and edits of them are drawn.</summary>
public class FigureDescriptionTests
{
    public static TheoryData<string> Names => [.. All().Select(figure => figure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Description_and_data_draw_the_same_picture_again(string name)
    {
        using var folder = new TemporaryFolder();
        var writer = new FigureWriter(FigureFont.Package);
        writer.Write(All().Single(figure => figure.Name == name), folder.DirectoryPath);
        foreach (string ending in new[] { "svg", "pdf", "png" })
            File.Move(folder.PathOf($"{name}.{ending}"), folder.PathOf($"first.{ending}"));

        FigureDescription.IsOne(folder.PathOf(name + ".json")).ShouldBeTrue();
        var again = FigureDescription.Read(folder.PathOf(name + ".json"));
        writer.Draw(again, folder.DirectoryPath).Files.Count.ShouldBe(3);

        foreach (string ending in new[] { "svg", "pdf", "png" })
            File.ReadAllBytes(folder.PathOf($"{name}.{ending}")).ShouldBe(File.ReadAllBytes(folder.PathOf($"first.{ending}")), ending);
        FigureDescription.Render(again).ShouldBe(File.ReadAllText(folder.PathOf(name + ".json")));
    }

    [Fact]
    public void An_edit_is_drawn()
    {
        using var folder = new TemporaryFolder();
        var writer = new FigureWriter(FigureFont.Package);
        writer.Write(FigurePainterTests.SmallFigure(), folder.DirectoryPath);
        string path = folder.PathOf("random-feature.json"), text = File.ReadAllText(path);
        string edited = text.Replace("\"Training loss\"", "\"Loss of *W*_{1}^{2}\"", StringComparison.Ordinal).Replace("#0072B2", "#123456", StringComparison.Ordinal)
            .Replace("\"10in\"", "\"12.7cm\"", StringComparison.Ordinal);
        edited.ShouldNotBe(text);
        File.WriteAllText(path, edited);

        var figure = FigureDescription.Read(path);
        figure.Width.ShouldBe(5);
        figure.Panels[0].Title.Runs.ShouldBe(((FigureText)"Loss of " + FigureText.Italic("W") + FigureText.Scripts("1", "2")).Runs);
        writer.Draw(figure, folder.DirectoryPath);
        File.ReadAllText(folder.PathOf("random-feature.svg")).ShouldContain("#123456");
    }

    [Theory]
    [InlineData("\"key\": \"automatic\"", "\"key\": \"everywhere\"", "there is no place of a key 'everywhere'")]
    [InlineData("\"specgd-figure\": 1", "\"specgd-figure\": 9", "it is of version 9")]
    [InlineData("\"10in\"", "\"10 miles\"", "the width is '10 miles'")]
    [InlineData("#0072B2", "blue", "the colour 'blue' is not of the form #RRGGBB")]
    [InlineData("\"kind\": \"line\"", "\"kind\": \"lines\"", "there is no curve of the kind 'lines'")]
    [InlineData("\"caption\"", "\"captain\"", "it knows nothing called 'captain'")]
    [InlineData("\"columns\": 2", "\"columns\": \"two\"", "columns has a value of another kind than is expected there (line ")]
    [InlineData("\"Training loss\"", "\"Training *loss\"", "has no '*'")]
    [InlineData("\"panels\": [", "\"panels\": [[", "is not what JSON has there")]
    public void What_cannot_be_drawn_is_told(string from, string to, string words)
    {
        using var folder = new TemporaryFolder();
        new FigureWriter(FigureFont.Package).Write(FigurePainterTests.SmallFigure(), folder.DirectoryPath);
        string path = folder.PathOf("random-feature.json"), text = File.ReadAllText(path), edited = ReplaceFirst(text, from, to);
        edited.ShouldNotBe(text, from);
        File.WriteAllText(path, edited);
        string message = Should.Throw<BadInputException>(() => FigureDescription.Read(path)).Message;
        if (!from.Contains("panels", StringComparison.Ordinal))
            message.ShouldContain(words);
        message.ShouldStartWith(path);
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void What_a_description_lacks_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("f.json"), """{"specgd-figure": 1}""");

        Should.Throw<BadInputException>(() => FigureDescription.Read(folder.PathOf("f.json"))).Message.ShouldEndWith("it lacks 'name' and 'panels'.");
    }

    [Fact]
    public void A_description_without_its_data_says_which_file_is_missing()
    {
        using var folder = new TemporaryFolder();
        new FigureWriter(FigureFont.Package).Write(FigurePainterTests.SmallFigure(), folder.DirectoryPath);
        File.Delete(folder.PathOf("random-feature.csv"));

        Should.Throw<BadInputException>(() => FigureDescription.Read(folder.PathOf("random-feature.json"))).Message.ShouldContain("there is no random-feature.csv in ");
    }

    [Theory]
    [InlineData("panel,curve,label", "a,b,c", "its first line must begin with panel,curve,label")]
    [InlineData("1,1,GD,0,10", "1,1,GD,0,ten", "row 2: 'ten' is no number; one was expected in the column y")]
    [InlineData("1,1,GD,0,10", "1,1,GD,0,10,3", "row 2, has ")]
    public void Data_that_are_damaged_are_told(string from, string to, string words)
    {
        using var folder = new TemporaryFolder();
        new FigureWriter(FigureFont.Package).Write(FigurePainterTests.SmallFigure(), folder.DirectoryPath);
        string path = folder.PathOf("random-feature.csv"), text = File.ReadAllText(path), edited = ReplaceFirst(text, from, to);
        edited.ShouldNotBe(text, from);
        File.WriteAllText(path, edited);
        Should.Throw<BadInputException>(() => FigureDescription.Read(folder.PathOf("random-feature.json"))).Message.ShouldContain(words);
    }

    [Fact]
    public void Values_come_back_from_the_data_to_the_last_bit()
    {
        const int Seed = 1;
        var random = new Random(Seed);
        double[] y = [.. Enumerable.Range(0, 100).Select(_ => Math.Exp(1000 * (random.NextDouble() - 0.5))), double.NaN, 0];
        using var folder = new TemporaryFolder();
        var curve = new LineCurve([.. y.Select((_, i) => (double)i)], y, Palette.SpecGd) { Label = "a, \"b\"" };
        File.WriteAllText(folder.PathOf("x.csv"), FigureData.Render(new Figure("x", [new Panel("", new Axis(""), new Axis(""), [curve])], "")));
        FigureData.Read(folder.PathOf("x.csv"))[(1, 1)][1].Values.ShouldBe(y);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a*b^{c}_{d}\\e _f ^g {h}")]
    [InlineData("")]
    public void Plain_text_survives_its_mark_up(string text) => TextMarkup.Read(TextMarkup.Of(text)).ToString().ShouldBe(text);

    [Fact]
    public void Mathematics_survives_its_mark_up()
    {
        var text = "‖" + FigureText.Italic("W_1*") + "‖" + FigureText.Scripts("F}", "2") + " 10" + FigureText.Superscript("-3") + FigureText.Subscript("{i}") + FigureText.Superscript("t");
        TextMarkup.Of(text).ShouldBe(@"‖*W\_1\**‖_{F\}}^{2} 10^{-3}_{\{i\}}\/^{t}");
        TextMarkup.Read(TextMarkup.Of(text)).Runs.ShouldBe(text.Runs);
    }

    [Theory]
    [InlineData("8.5cm", 8.5 / 2.54)]
    [InlineData("85mm", 85 / 25.4)]
    [InlineData("3.25in", 3.25)]
    [InlineData("72pt", 1.0)]
    [InlineData("8.5", null)]
    [InlineData("-1cm", null)]
    [InlineData("cm", null)]
    public void Lengths_have_units(string text, double? inches) => Length.Inches(text).ShouldBe(inches);

    /// <summary>A paper's column: panels one below the other, text in its size, and everything within the picture.</summary>
    [Fact]
    public void A_figure_fits_into_a_column()
    {
        var figure = FigureSize.Of(FigurePainterTests.SmallFigure(), new DrawingStyle { Width = 8.5 / 2.54, FontSize = 9 });
        (figure.Columns, figure.FontSize, figure.Width).ShouldBe((1, 9, 8.5 / 2.54));
        var picture = new FigurePicture(FigurePlan.Of(figure, FigureFont.Package));
        DrawnFigure.Of(figure).Boxes().ShouldAllBe(box => box.Left >= 0 && box.Top >= 0 && box.Right <= picture.Width && box.Bottom <= picture.Height);
        var asItIs = FigurePainterTests.SmallFigure();
        FigureSize.Of(asItIs, DrawingStyle.Usual).ShouldBeSameAs(asItIs);
    }

    private static string ReplaceFirst(string text, string from, string to)
    {
        int at = text.IndexOf(from, StringComparison.Ordinal);
        return at < 0 ? text : text[..at] + to + text[(at + from.Length)..];
    }

    private static Figure[] All()
    {
        double[] x = [.. Enumerable.Range(0, 20_000).Select(i => (double)i)];
        var band = new BandCurve(x, [.. x.Select(Math.Sin)], [.. x.Select(v => 2 + Math.Cos(v))], [.. x.Select(_ => 1.0)], Palette.SpecGd) { Label = "band" };
        var points = new PointCurve([1, 2], [1, double.NaN], Palette.Other(0)) { IsHollow = true, Notes = ["a", "b"], Label = "points" };
        var edge = new EdgeMarks([100], ["0 of 3"], 0.95, Palette.Mark);
        var marked = new LineCurve(x, [.. x.Select(v => v / 10_000)], Palette.Muon with { Marker = new Marker(MarkerShape.InvertedTriangle, 1, 2), Dash = Dash.DashDotDot }) { Label = FigureText.Italic("m") };
        var tiles = new TileCurve([1, 2], [1, 2], Palette.Plain) { Label = "tiles" };
        var axis = new Axis("") { From = 0.5, To = 2.5, Tics = [1, 2], BareTics = [1.5], TicTexts = ["one", "two"] };
        Panel[] kinds =
        [
            new("kinds", new Axis("x") { WholeNumbers = true }, new Axis("y"), [band, points, edge, marked, new HorizontalLine(1, Palette.Reference) { Label = "line" }]),
            new("tiles", axis, axis, [tiles]) { Key = KeyPlacement.Below },
        ];
        return [FigurePainterTests.SmallFigure(), FigurePainterTests.Bars(), new Figure("kinds", kinds, "All kinds.") { Height = 5 }];
    }
}
