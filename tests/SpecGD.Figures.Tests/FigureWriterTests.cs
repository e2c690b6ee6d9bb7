using System.Diagnostics;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Tests.Gnuplot;

namespace SpecGD.Figures.Tests;

/// <summary>What is written where gnuplot is missing, fails, hangs or lacks a terminal.</summary>
[Collection(Alone.Name)]
public class FigureWriterTests
{
    private static readonly TimeSpan AmpleLimit = TimeSpan.FromSeconds(60), ShortLimit = TimeSpan.FromSeconds(0.3);

    /// <summary>Far less than the fake sleeps for, far more than ending it takes.</summary>
    private static readonly TimeSpan EndedPromptly = TimeSpan.FromSeconds(60);

    private static readonly string[] TextFiles = ["random-feature.caption.txt", "random-feature.dat", "random-feature.gp"];

    [Fact]
    public void Without_gnuplot_script_data_and_caption_are_written_and_the_hint_says_how_to_draw()
    {
        using var folder = new TemporaryFolder();
        var result = Write(folder, folder.PathOf("no-gnuplot"), AmpleLimit);
        Out(folder).ShouldBe(TextFiles);
        result.Name.ShouldBe("random-feature");
        result.Files.Select(Path.GetFileName).ShouldBe(["random-feature.gp", "random-feature.dat", "random-feature.caption.txt"]);
        result.Files.ShouldAllBe(file => File.Exists(file));
        string hint = result.Hint.ShouldNotBeNull();
        hint.ShouldContain("random-feature.pdf, random-feature.png, random-feature.svg were not drawn");
        hint.ShouldContain(GnuplotProgram.InstallCommand);
        hint.ShouldContain($"run 'gnuplot random-feature.gp' in {Path.Combine(folder.DirectoryPath, "out")}");
        hint.ShouldNotContain('\n');
    }

    [SkippableFact]
    public void A_failing_gnuplot_is_told_in_one_line_with_its_own_words()
    {
        using var folder = new TemporaryFolder();
        var result = Write(folder, FakeGnuplot.Make(folder, FakeGnuplot.Fails), AmpleLimit);
        Out(folder).ShouldBe(TextFiles);
        result.Hint.ShouldBe("random-feature.pdf, random-feature.png, random-feature.svg were not drawn: gnuplot failed on random-feature.gp with exit code 1: "
            + "plot foo | \"random-feature.gp\" line 12: undefined variable: foo.");
    }

    [SkippableFact]
    public void A_hanging_gnuplot_is_ended_at_the_limit_with_its_children()
    {
        using var folder = new TemporaryFolder();
        string fake = FakeGnuplot.Make(folder, FakeGnuplot.Hangs);
        var watch = Stopwatch.StartNew();
        var result = Write(folder, fake, ShortLimit);
        watch.Elapsed.ShouldBeLessThan(EndedPromptly);
        Out(folder).ShouldBe(TextFiles);
        result.Hint.ShouldNotBeNull().ShouldEndWith("gnuplot did not finish random-feature.gp within 0.3 s and was ended.");
    }

    [SkippableFact]
    public void A_gnuplot_that_writes_nothing_has_failed()
    {
        using var folder = new TemporaryFolder();
        var result = Write(folder, FakeGnuplot.Make(folder, FakeGnuplot.Idles, "svg"), AmpleLimit);
        Out(folder).ShouldBe(TextFiles);
        result.Hint.ShouldNotBeNull().ShouldContain("gnuplot ran random-feature.gp and wrote no random-feature.svg");
    }

    [SkippableFact]
    public void Formats_without_a_terminal_are_named_and_the_others_are_drawn()
    {
        using var folder = new TemporaryFolder();
        string real = RealGnuplot.OrSkip().Path!;
        var result = Write(folder, FakeGnuplot.Make(folder, $"exec '{real}' \"$@\"", "svg x11"), AmpleLimit);
        Out(folder).ShouldBe([.. TextFiles, "random-feature.svg"]);
        string hint = result.Hint.ShouldNotBeNull();
        hint.ShouldStartWith("random-feature.pdf, random-feature.png were not drawn: ");
        hint.ShouldContain("was built without pdfcairo and pngcairo");
    }

    [Fact]
    public void A_picture_of_an_earlier_run_that_cannot_be_drawn_again_is_removed()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("out"));
        File.WriteAllText(Path.Combine(folder.PathOf("out"), "random-feature.png"), "old");
        File.WriteAllText(Path.Combine(folder.PathOf("out"), "other.png"), "kept");
        Write(folder, folder.PathOf("no-gnuplot"), AmpleLimit);
        Out(folder).ShouldBe(["other.png", .. TextFiles]);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_of_the_disk()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("out"), "a file where the folder should be");
        Should.Throw<IOException>(() => Write(folder, folder.PathOf("no-gnuplot"), AmpleLimit));
    }

    private static FigureResult Write(TemporaryFolder folder, string gnuplot, TimeSpan limit)
    {
        var figure = new RandomFeatureFigure().Compose(TestLogs.RandomFeature()).ShouldBeOfType<Figure>();
        return new FigureWriter(GnuplotProgram.Find(gnuplot, limit), FigureFont.Preferred).Write(figure, folder.PathOf("out"));
    }

    private static string[] Out(TemporaryFolder folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder.PathOf("out")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
