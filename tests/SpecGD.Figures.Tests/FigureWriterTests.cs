using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Tests;

/// <summary>What is written of a figure, and what is left alone.</summary>
public class FigureWriterTests
{
    [Fact]
    public void Description_data_and_caption_come_first_then_the_pictures()
    {
        using var folder = new TemporaryFolder();
        var result = new FigureWriter(FigureFont.Package).Write(Small(), folder.PathOf("out"));
        result.Name.ShouldBe("random-feature");
        result.Files.Select(Path.GetExtension).ShouldBe([".json", ".csv", ".txt", ".pdf", ".png", ".svg"]);
        result.Files.ShouldAllBe(file => File.Exists(file));
    }

    [Fact]
    public void Only_the_formats_that_are_chosen_are_drawn_and_other_files_stay()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("other.png"), "kept");
        new FigureWriter(FigureFont.Package) { Style = new DrawingStyle { Formats = [FigureFormat.Svg] } }.Write(Small(), folder.DirectoryPath);
        folder.Names().ShouldBe(["other.png", "random-feature.caption.txt", "random-feature.csv", "random-feature.json", "random-feature.svg"]);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_of_the_disk()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("out"), "a file where the folder should be");
        Should.Throw<IOException>(() => new FigureWriter(FigureFont.Package).Write(Small(), folder.PathOf("out")));
    }

    private static Figure Small() => new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;
}
