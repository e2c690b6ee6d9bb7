using System.Globalization;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;
using SpecGD.Records;

namespace SpecGD.Figures.Animations;

/// <summary>
/// Writes animations into a folder: the last frame as a figure of its own, with all files that a <see cref="FigureWriter"/> writes, for paper
/// and for readers who want nothing to move; NAME.gif; and, where asked for, the frames as pictures in NAME-frames/. Each file appears whole or not at
/// all. One frame is in memory at a time.
/// </summary>
public sealed class AnimationWriter
{
    /// <summary>Enough for a slide; the files stay small.</summary>
    private const double DotsPerInch = 110;

    /// <summary>Frames that the colours are taken from, evenly spaced.</summary>
    private const int Sampled = 8;

    private const string StillWords = " The still picture is the last frame.";

    private const string GifEnding = ".gif";

    private readonly FigureFont _font;

    /// <summary>A writer that draws in <paramref name="font"/>.</summary>
    public AnimationWriter(FigureFont font)
    {
        ArgumentNullException.ThrowIfNull(font);
        _font = font;
    }

    /// <summary>Resolution and frame rate, where they are chosen.</summary>
    public DrawingStyle Style { get; init; } = DrawingStyle.Usual;

    /// <summary>Whether the frames are kept.</summary>
    public bool KeepsFrames { get; init; }

    private double Resolution => Style.DotsPerInch ?? DotsPerInch;

    /// <summary>Writes <paramref name="animation"/> into <paramref name="directory"/>, which is made where missing.</summary>
    /// <exception cref="ArgumentException">A frame contradicts itself: too small for its panels, or an axis with ends that cannot be.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; an animation that is not of the new data is removed.</exception>
    public FigureResult Write(Animation animation, string directory, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(animation);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (Style.FramesPerSecond is { } framesPerSecond)
            animation = new Animation(animation.Name, animation.Frames, animation.Caption, framesPerSecond);
        string place = Path.Combine(Path.GetFullPath(directory), animation.Name);
        var frames = SharedLayout.Of([.. animation.Frames.Select(frame => FigureSize.Of(frame, Style))], _font);
        try
        {
            var still = new FigureWriter(_font) { Style = Style with { Width = null, FontSize = null } }.Write(
                frames[^1].Named(animation.Name) with { Caption = animation.Caption + (frames.Count > 1 ? StillWords : "") }, directory, stop);
            RunFolder.DropFrames(place + RunFolder.FramesEnding);
            FigurePicture[] pictures = [.. frames.Select(frame => new FigurePicture(FigurePlan.Of(frame, _font)))];
            string[] kept = KeepsFrames ? [.. pictures.Index().Select(frame => Keep(frame.Item, FrameName(frame.Index + 1, frames.Count), place + RunFolder.FramesEnding, stop))] : [];
            AtomicFile.Write(place + GifEnding, stream => Join(pictures, animation.FrameMilliseconds, stream, stop));
            return new FigureResult(animation.Name, [.. still.Files, .. kept, place + GifEnding]);
        }
        catch (OperationCanceledException)
        {
            File.Delete(place + GifEnding); // it is of older data
            throw;
        }
    }

    /// <summary>All frames in the same colours, so that nothing flickers.</summary>
    private void Join(FigurePicture[] pictures, int milliseconds, Stream stream, CancellationToken stop)
    {
        int[] sampled = [.. Enumerable.Range(0, Math.Min(Sampled, pictures.Length)).Select(i => (int)((long)(i + 1) * pictures.Length / Math.Min(Sampled, pictures.Length)) - 1)];
        var colors = new GifColors.Counter();
        foreach (int frame in sampled)
        {
            stop.ThrowIfCancellationRequested();
            using var dots = pictures[frame].Dots(Resolution);
            colors.Add(dots.GetPixelSpan());
        }
        GifWriter? gif = null;
        var palette = colors.Choose();
        foreach (var picture in pictures)
        {
            stop.ThrowIfCancellationRequested();
            using var dots = picture.Dots(Resolution);
            gif ??= new GifWriter(stream, dots.Width, dots.Height, palette);
            gif.Add(palette.Of(dots.GetPixelSpan()), milliseconds);
        }
        gif?.End();
    }

    private string Keep(FigurePicture picture, string name, string folder, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Directory.CreateDirectory(folder);
        string kept = Path.Combine(folder, $"{name}.{FigureFormat.Png.Name}");
        AtomicFile.Write(kept, picture.Render(FigureFormat.Png, Resolution));
        return kept;
    }

    /// <summary>Numbered from 1 with as many digits as the last one needs, so that names sort as frames follow.</summary>
    private static string FrameName(int number, int frames)
    {
        int digits = frames.ToString(CultureInfo.InvariantCulture).Length;
        return "frame-" + number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(2, digits), '0');
    }
}
