using SkiaSharp;
using SpecGD.Figures.Animations;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Tests.Animations;

/// <summary>What is written of an animation, and what the GIF holds, read by another's decoder.</summary>
public class AnimationWriterTests
{
    /// <summary>The most by which a dot may differ from the frame: the shades of edges are brought to 255 colours.</summary>
    private const int ColorTolerance = 24;

    private static readonly string[] Still = ["moving.caption.txt", "moving.csv", "moving.json", "moving.pdf", "moving.png", "moving.svg"];

    [Fact]
    public void The_gif_has_every_frame_for_its_time_and_repeats_for_ever()
    {
        using var folder = new TemporaryFolder();
        var result = Write(folder);
        folder.Names().ShouldBe(Names("moving.gif"));
        result.Files.Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(folder.Names());
        File.ReadAllText(folder.PathOf("moving.caption.txt")).ShouldBe("What moves. The still picture is the last frame.\n");
        File.ReadAllText(folder.PathOf("moving.csv")).ShouldContain("1,1,,0,2\n1,1,,1,1\n", Case.Sensitive, "the last frame");
        var gif = GifFile.Read(folder.PathOf("moving.gif"));
        (gif.Width, gif.Height).ShouldBe((330, 220), "3 × 2 inches at 110 dots");
        gif.HundredthsPerFrame.ShouldBe([66, 66, 66], "666 ms, of which the format holds the hundredths of a second");
        gif.Repeats.ShouldBe(0, "for ever");
    }

    [Fact]
    public void Each_frame_of_the_gif_shows_what_was_drawn()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var frames = SharedLayout.Of(Moving().Frames, FigureFont.Package).Select(frame => new FigurePicture(FigurePlan.Of(frame, FigureFont.Package))).ToArray();
        using var codec = SKCodec.Create(folder.PathOf("moving.gif"));
        codec.FrameCount.ShouldBe(frames.Length);
        for (int i = 0; i < frames.Length; i++)
        {
            using var expected = frames[i].Dots(110);
            using var shown = FrameOf(codec, i);
            Furthest(expected, shown).ShouldBeLessThan(ColorTolerance, $"frame {i}");
            using var other = frames[(i + 1) % frames.Length].Dots(110);
            Furthest(other, shown).ShouldBeGreaterThan(ColorTolerance, "the check must see another frame");
        }
    }

    /// <summary>Noise of all colours fills the table of strings many times over.</summary>
    [Fact]
    public void Strings_beyond_the_table_of_the_compression_come_back()
    {
        const int Seed = 5, Width = 200, Height = 150;
        var random = new Random(Seed);
        byte[] dots = new byte[Width * Height * 4];
        for (int i = 0; i < dots.Length; i++)
            dots[i] = i % 4 == 3 ? byte.MaxValue : (byte)(85 * random.Next(4));
        var counter = new GifColors.Counter();
        counter.Add(dots);
        var colors = counter.Choose();
        colors.Colors.Count.ShouldBe(64, "four steps of three channels, each as it is");
        using var file = new MemoryStream();
        var gif = new GifWriter(file, Width, Height, colors);
        gif.Add(colors.Of(dots), 100);
        gif.End();
        using var data = SKData.CreateCopy(file.ToArray());
        using var shown = SKBitmap.Decode(data);
        for (int i = 0; i < Width * Height; i++)
        {
            var color = shown.GetPixel(i % Width, i / Width);
            (color.Red, color.Green, color.Blue).ShouldBe((dots[4 * i], dots[(4 * i) + 1], dots[(4 * i) + 2]));
        }
    }

    [Fact]
    public void More_colours_than_the_format_holds_are_brought_to_near_ones()
    {
        byte[] dots = [.. Enumerable.Range(0, 4096).SelectMany(i => new[] { (byte)(17 * (i & 15)), (byte)(17 * ((i >> 4) & 15)), (byte)(17 * (i >> 8)), byte.MaxValue })];
        var counter = new GifColors.Counter();
        counter.Add(dots);
        var colors = counter.Choose();
        colors.Colors.Count.ShouldBe(255);
        const int Far = 90; // 127 boxes of a cube of side 255 have sides of about 50, and a box's far corner is twice as far as its middle
        foreach (var (i, number) in colors.Of(dots).Index())
            Math.Abs((colors.Colors[number] >> 16) - dots[4 * i]).ShouldBeLessThan(Far);
    }

    [Fact]
    public void Frame_rate_and_resolution_are_those_that_are_chosen()
    {
        using var folder = new TemporaryFolder();
        new AnimationWriter(FigureFont.Package) { Style = new DrawingStyle(DotsPerInch: 50, FramesPerSecond: 4) }.Write(Moving(), folder.DirectoryPath);
        var gif = GifFile.Read(folder.PathOf("moving.gif"));
        (gif.Width, gif.Height).ShouldBe((150, 100), "3 × 2 inches at 50 dots");
        gif.HundredthsPerFrame.ShouldBe([25, 25, 25]);
        using var still = SKBitmap.Decode(folder.PathOf("moving.png"));
        (still.Width, still.Height).ShouldBe((150, 100), "the still picture too");
    }

    [Fact]
    public void Frames_are_kept_as_pictures_where_asked_for_and_older_ones_go()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("moving-frames"));
        File.WriteAllText(folder.PathOf("moving-frames/frame-09.png"), "of an earlier run");
        var result = Write(folder, keepFrames: true);
        string[] kept = [.. Directory.EnumerateFiles(folder.PathOf("moving-frames")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        kept.ShouldBe(["frame-01.png", "frame-02.png", "frame-03.png"]);
        result.Files.Count.ShouldBe(3 + 1 + Still.Length);
        result.Files.ShouldAllBe(file => File.Exists(file));
        Write(folder);
        folder.Names().ShouldBe(Names("moving.gif"));
    }

    [Fact]
    public void The_same_animation_is_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        byte[] first = File.ReadAllBytes(folder.PathOf("moving.gif"));
        Write(folder);
        File.ReadAllBytes(folder.PathOf("moving.gif")).ShouldBe(first);
    }

    private static SKBitmap FrameOf(SKCodec codec, int frame)
    {
        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(frame)).ShouldBe(SKCodecResult.Success);
        return bitmap;
    }

    private static int Furthest(SKBitmap one, SKBitmap other)
    {
        int furthest = 0;
        for (int y = 0; y < one.Height; y++)
            for (int x = 0; x < one.Width; x++)
            {
                var (a, b) = (one.GetPixel(x, y), other.GetPixel(x, y));
                furthest = new[] { furthest, Math.Abs(a.Red - b.Red), Math.Abs(a.Green - b.Green), Math.Abs(a.Blue - b.Blue) }.Max();
            }
        return furthest;
    }

    private static string[] Names(params string[] others) => [.. Still.Concat(others).Order(StringComparer.Ordinal)];

    private static FigureResult Write(TemporaryFolder folder, bool keepFrames = false) =>
        new AnimationWriter(FigureFont.Package) { KeepsFrames = keepFrames }.Write(Moving(), folder.DirectoryPath);

    private static Animation Moving()
    {
        var frames = Enumerable.Range(0, 3).Select(i => new Figure(
            "moving", [new Panel("", new Axis(""), new Axis(""), [new LineCurve([0, 1], [i, 3 - i], Palette.SpecGd)])], "") { Width = 3, Height = 2 });
        return new Animation("moving", [.. frames], "What moves.", 1.5);
    }
}
