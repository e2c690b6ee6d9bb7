using System.Diagnostics;
using SpecGD.Figures.Animations;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Figures.Tests.Gnuplot;

namespace SpecGD.Figures.Tests.Animations;

/// <summary>What is written of an animation, with the programs and without, and what the GIF holds.</summary>
[Collection(Alone.Name)]
public class AnimationWriterTests
{
    private static readonly TimeSpan AmpleLimit = TimeSpan.FromSeconds(60), ShortLimit = TimeSpan.FromSeconds(0.3);

    /// <summary>Far less than the fake sleeps for, far more than ending it takes.</summary>
    private static readonly TimeSpan EndedPromptly = TimeSpan.FromSeconds(60);

    /// <summary>The last frame as a figure: what needs no program, and what gnuplot draws.</summary>
    private static readonly string[] Texts = ["moving.caption.txt", "moving.dat", "moving.gp"], Pictures = ["moving.pdf", "moving.png", "moving.svg"];

    [SkippableFact]
    public void The_gif_has_every_frame_for_its_time_and_repeats_for_ever()
    {
        using var folder = new TemporaryFolder();
        var result = Write(folder, RealGnuplot.OrSkip(), FakeImageMagick.RealOrSkip());
        result.Hint.ShouldBeNull();
        folder.Names().ShouldBe(Names("moving.gif"));
        result.Files.Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(folder.Names());
        File.ReadAllText(folder.PathOf("moving.caption.txt")).ShouldBe("What moves. The still picture is the last frame.\n");
        const string LastFrame = "\n0  2.0000000000000000e+000\n1  1.0000000000000000e+000\n";
        File.ReadAllText(folder.PathOf("moving.dat")).ShouldContain(LastFrame);
        var gif = GifFile.Read(folder.PathOf("moving.gif"));
        (gif.Width, gif.Height).ShouldBe((330, 220), "3 × 2 inches at 110 dots");
        gif.HundredthsPerFrame.ShouldBe([66, 66, 66], "666 ms, of which the format holds the hundredths of a second");
        gif.Repeats.ShouldBe(0, "for ever");
    }

    [SkippableFact]
    public void Frame_rate_and_resolution_are_those_that_are_chosen()
    {
        using var folder = new TemporaryFolder();
        var writer = new AnimationWriter(RealGnuplot.OrSkip(), FigureFont.Preferred, FakeImageMagick.RealOrSkip)
        {
            Style = new DrawingStyle(DotsPerInch: 50, FramesPerSecond: 4),
        };
        writer.Write(Moving(), folder.DirectoryPath).Hint.ShouldBeNull();
        var gif = GifFile.Read(folder.PathOf("moving.gif"));
        (gif.Width, gif.Height).ShouldBe((150, 100), "3 × 2 inches at 50 dots");
        gif.HundredthsPerFrame.ShouldBe([25, 25, 25]);
        File.ReadAllText(folder.PathOf("moving.gp")).ShouldContain("set terminal pngcairo enhanced color size 150,100", Case.Sensitive, "the still picture too");
    }

    [SkippableFact]
    public void Frames_are_kept_as_pictures_where_asked_for_and_older_ones_go()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("moving-frames"));
        File.WriteAllText(folder.PathOf("moving-frames/frame-09.png"), "of an earlier run");
        var result = Write(folder, RealGnuplot.OrSkip(), FakeImageMagick.RealOrSkip(), keepFrames: true);
        string[] kept = [.. Directory.EnumerateFiles(folder.PathOf("moving-frames")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        kept.ShouldBe(["frame-01.png", "frame-02.png", "frame-03.png"]);
        result.Files.Count.ShouldBe(3 + 1 + Texts.Length + Pictures.Length);
        result.Files.ShouldAllBe(file => File.Exists(file));
        Write(folder, RealGnuplot.OrSkip(), FakeImageMagick.RealOrSkip());
        folder.Names().ShouldBe(Names("moving.gif"));
    }

    [SkippableFact]
    public void Without_ImageMagick_one_line_says_how_to_get_it_and_asked_for_frames_are_there()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("moving.gif"), "of an earlier run");
        var missing = ImageMagickProgram.Find(folder.PathOf("no-magick"), AmpleLimit);
        var result = Write(folder, RealGnuplot.OrSkip(), missing);
        folder.Names().ShouldBe(Names());
        string hint = result.Hint.ShouldNotBeNull();
        hint.ShouldStartWith($"{missing.Problem}; animations were not made. Install it ({ImageMagickProgram.InstallCommand})");
        hint.ShouldNotContain('\n');
        Write(folder, RealGnuplot.OrSkip(), missing, keepFrames: true).Hint.ShouldBe(hint);
        folder.Names().ShouldBe(Names("moving-frames"));
    }

    [Fact]
    public void Without_gnuplot_one_line_says_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        var gnuplot = GnuplotProgram.Find(folder.PathOf("no-gnuplot"), AmpleLimit);
        var result = Write(folder, gnuplot, ImageMagickProgram.Find(folder.PathOf("no-magick"), AmpleLimit), keepFrames: true);
        folder.Names().ShouldBe(Texts);
        result.Hint.ShouldNotBeNull().ShouldStartWith($"{gnuplot.Problem}; animations were not made. Install it ({GnuplotProgram.InstallCommand})");
    }

    [SkippableTheory]
    [InlineData("echo 'no decode delegate' >&2; exit 1", "ImageMagick failed with exit code 1: no decode delegate")]
    [InlineData("exit 0", "ImageMagick joined 3 frames and wrote no animation")]
    public void An_ImageMagick_that_fails_is_told_in_its_own_words(string joining, string words)
    {
        using var folder = new TemporaryFolder();
        using var place = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("moving.gif"), "of an earlier run");
        var result = Write(folder, RealGnuplot.OrSkip(), ImageMagickProgram.Find(FakeImageMagick.Make(place, joining), AmpleLimit));
        result.Hint.ShouldBe($"moving.gif was not made: {words}.");
        folder.Names().ShouldBe(Names());
    }

    [SkippableFact]
    public void An_ImageMagick_that_hangs_is_ended_at_the_limit()
    {
        using var folder = new TemporaryFolder();
        using var place = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        var result = Write(folder, RealGnuplot.OrSkip(), ImageMagickProgram.Find(FakeImageMagick.Make(place, "sleep 300 & sleep 300"), ShortLimit));
        watch.Elapsed.ShouldBeLessThan(EndedPromptly);
        result.Hint.ShouldBe("moving.gif was not made: ImageMagick did not join the frames within 0.3 s and was ended.");
    }

    [SkippableFact]
    public void A_gnuplot_that_fails_on_a_frame_is_told_and_nothing_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        using var place = new TemporaryFolder();
        var gnuplot = GnuplotProgram.Find(FakeGnuplot.Make(place, "echo 'out of memory' >&2; exit 1"), AmpleLimit);
        var result = Write(folder, gnuplot, ImageMagickProgram.Find(FakeImageMagick.Make(place, "exit 0"), AmpleLimit), keepFrames: true);
        result.Hint.ShouldNotBeNull().ShouldMatch(
            "^moving.gif was not made: gnuplot failed on frame-0[123].gp with exit code 1: out of memory. "
            + "moving.pdf, moving.png, moving.svg were not drawn: gnuplot failed on moving.gp with exit code 1: out of memory.$");
        folder.Names().ShouldBe(Texts);
    }

    private static string[] Names(params string[] others) => [.. Texts.Concat(Pictures).Concat(others).Order(StringComparer.Ordinal)];

    private static FigureResult Write(TemporaryFolder folder, GnuplotProgram gnuplot, ImageMagickProgram imageMagick, bool keepFrames = false) =>
        new AnimationWriter(gnuplot, FigureFont.Preferred, () => imageMagick) { KeepsFrames = keepFrames }.Write(Moving(), folder.DirectoryPath);

    private static Animation Moving()
    {
        var frames = Enumerable.Range(0, 3).Select(i => new Figure(
            "moving", [new Panel("", new Axis(""), new Axis(""), [new LineCurve([0, 1], [i, 3 - i], Palette.SpecGd)])], "") { Width = 3, Height = 2 });
        return new Animation("moving", [.. frames], "What moves.", 1.5);
    }
}
