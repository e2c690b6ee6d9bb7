using SpecGD.Figures.Report;

namespace SpecGD.Figures.Tests.Report;

public class PictureFileTests
{
    /// <summary>The head of a PNG of 2000 × 800 dots.</summary>
    private static readonly byte[] Png =
        [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0x07, 0xD0, 0, 0, 0x03, 0x20, 8, 2, 0, 0, 0];

    private static readonly byte[] Gif = [.. "GIF89a"u8, 0x80, 0x02, 0xE0, 0x01, 0];

    [Fact]
    public void Pictures_are_shown_in_the_size_they_are_meant_for()
    {
        Size("a.png", Png).ShouldBe((1000, 400), "two dots a pixel");
        Size("a.GIF", Gif).ShouldBe((640, 480));
        Size("a.svg", """<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" width="960" height="383.6px"/>"""u8)
            .ShouldBe((960, 384));
        Size("a.svg", """<svg width="100%" viewBox="0 0 576,384"/>"""u8).ShouldBe((576, 384));
    }

    [Theory]
    [InlineData("a.png", "GIF89a and some more bytes to fill it")]
    [InlineData("a.gif", "\u0089PNG")]
    [InlineData("a.gif", "GIF8")]
    [InlineData("a.svg", "")]
    [InlineData("a.svg", "<svg width='3' height='4'")]
    [InlineData("a.svg", "<html width='3' height='4'/>")]
    [InlineData("a.svg", "<svg height='4'/>")]
    [InlineData("a.svg", "<svg width='NaN' height='4'/>")]
    [InlineData("a.svg", "<svg width='-3' height='4'/>")]
    [InlineData("a.svg", "<svg width='99999999' height='4'/>")]
    public void What_is_not_what_its_ending_says_is_refused(string name, string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf(name), content);

        Should.Throw<BadInputException>(() => PictureFile.Read(folder.PathOf(name))).Message
            .ShouldBe($"{folder.PathOf(name)} is no {name[2..].ToUpperInvariant()} picture with a width and a height.");
    }

    [Fact]
    public void Other_files_and_missing_ones_are_refused_in_a_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("a.pdf"), "%PDF");

        Should.Throw<BadInputException>(() => PictureFile.Read(folder.PathOf("a.pdf"))).Message
            .ShouldEndWith("is no picture that a report can hold; these end in .svg, .png or .gif.");
        Should.Throw<BadInputException>(() => PictureFile.Read(folder.PathOf("a.svg"))).Message
            .ShouldStartWith($"The picture {folder.PathOf("a.svg")} cannot be read: ");
    }

    private static (int Width, int Height) Size(string name, ReadOnlySpan<byte> bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf(name), bytes);
        var picture = PictureFile.Read(folder.PathOf(name));
        picture.Bytes.Span.SequenceEqual(bytes).ShouldBeTrue();
        return (picture.Width, picture.Height);
    }
}
