using System.Globalization;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Figures.Animations;

/// <summary>
/// Writes animations into a folder: the last frame as a figure of its own, with all files that a <see cref="FigureWriter"/> writes, for paper
/// and for readers who want nothing to move; NAME.gif where gnuplot draws the frames and ImageMagick joins them; and, where asked for, the frames
/// as pictures in NAME-frames/. Each file appears whole or not at all, and one that could not be made again is removed.
/// </summary>
public sealed class AnimationWriter
{
    /// <summary>Enough for a slide; the files stay small.</summary>
    private const double DotsPerInch = 110;

    private const string StillWords = " The still picture is the last frame.";

    private const string Consequence = "animations were not made.", Remedy = "then draw the log again (specgd plot).";

    private const string GifEnding = ".gif", PictureEnding = ".png";

    private readonly GnuplotProgram _gnuplot;
    private readonly string _font;
    private readonly Lazy<ImageMagickProgram> _imageMagick;

    /// <summary>
    /// A writer that draws with <paramref name="gnuplot"/> in the font called <paramref name="font"/> and joins with what the last parameter finds.
    /// </summary>
    public AnimationWriter(GnuplotProgram gnuplot, string font, Func<ImageMagickProgram> findImageMagick)
    {
        ArgumentNullException.ThrowIfNull(gnuplot);
        ArgumentException.ThrowIfNullOrWhiteSpace(font);
        (_gnuplot, _font, _imageMagick) = (gnuplot, font, new Lazy<ImageMagickProgram>(findImageMagick));
    }

    /// <summary>Resolution and frame rate, where they are chosen.</summary>
    public DrawingStyle Style { get; init; } = DrawingStyle.Usual;

    /// <summary>Whether the frames are kept.</summary>
    public bool KeepsFrames { get; init; }

    /// <summary>
    /// Writes <paramref name="animation"/> into <paramref name="directory"/>, which is made where missing. The result tells the programs' failures.
    /// </summary>
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
        string gif = Path.Combine(Path.GetFullPath(directory), animation.Name) + GifEnding;
        var frames = SharedLayout.Of(animation.Frames, _font);
        var plans = frames.Select(frame => FigurePlan.Of(frame, _font)).ToArray();
        try
        {
            return Write(animation, frames, plans, directory, stop);
        }
        catch (OperationCanceledException)
        {
            File.Delete(gif); // it is of older data
            throw;
        }
    }

    private FigureResult Write(Animation animation, IReadOnlyList<Figure> frames, FigurePlan[] plans, string directory, CancellationToken stop)
    {
        string place = Path.Combine(Path.GetFullPath(directory), animation.Name), gif = place + GifEnding;
        var still = new FigureWriter(_gnuplot, _font) { Style = Style }.Write(
            frames[^1].Named(animation.Name) with { Caption = animation.Caption + (frames.Count > 1 ? StillWords : "") }, directory, stop);
        RunFolder.DropFrames(place + RunFolder.FramesEnding);
        var files = new List<string>(still.Files);
        string? failure = _gnuplot.Draws(FigureFormat.Png) && (KeepsFrames || _imageMagick.Value.Problem is null)
            ? Make(animation, plans, place, files, stop)
            : null;
        if (!files.Contains(gif))
            File.Delete(gif);
        string? hint = files.Contains(gif) ? still.Hint
            : failure is not null && still.Hint is not null ? $"{Hint(animation.Name, failure)} {still.Hint}"
            : Hint(animation.Name, failure);
        return new FigureResult(animation.Name, files, hint);
    }

    /// <summary>
    /// Draws the frames, keeps them where asked to, and joins them. Adds the files that came of it; gives why there is no animation.
    /// </summary>
    private string? Make(Animation animation, FigurePlan[] plans, string place, List<string> files, CancellationToken stop)
    {
        string workshop = Directory.CreateTempSubdirectory("specgd-frames-").FullName;
        try
        {
            string[] names = [.. Enumerable.Range(1, plans.Length).Select(i => FrameName(i, plans.Length))];
            Parallel.ForEachAsync(
                names.Index(),
                new ParallelOptions { MaxDegreeOfParallelism = ThreadBudget.Total, CancellationToken = stop },
                async (frame, _) => await DrawAsync(plans[frame.Index], frame.Item, workshop, stop).ConfigureAwait(false)).GetAwaiter().GetResult();
            if (KeepsFrames)
                files.AddRange(names.Select(name => Keep(Path.Combine(workshop, name + PictureEnding), place + RunFolder.FramesEnding)));
            if (_imageMagick.Value.Problem is not null)
                return null;
            Join(animation, [.. names.Select(name => name + PictureEnding)], workshop, place + GifEnding, stop);
            files.Add(place + GifEnding);
            return null;
        }
        catch (Exception e) when (e is GnuplotException or ImageMagickException)
        {
            return e.Message;
        }
        finally
        {
            Directory.Delete(workshop, recursive: true);
        }
    }

    private async Task DrawAsync(FigurePlan plan, string name, string workshop, CancellationToken stop)
    {
        string script = name + GnuplotScript.ScriptEnding, picture = name + PictureEnding;
        var named = plan with { Figure = plan.Figure.Named(name) };
        await File.WriteAllTextAsync(Path.Combine(workshop, script), GnuplotScript.Render(named, _font, Style.DotsPerInch ?? DotsPerInch), stop)
            .ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(workshop, name + GnuplotScript.DataEnding), GnuplotData.Render(named), stop).ConfigureAwait(false);
        await _gnuplot.RunAsync(script, workshop, $"{GnuplotScript.FormatVariable}='{FigureFormat.Png.Name}'", stop).ConfigureAwait(false);
        if (!IsWritten(Path.Combine(workshop, picture)))
            throw new GnuplotException($"gnuplot ran {script} and wrote no {picture}");
    }

    private void Join(Animation animation, string[] pictures, string workshop, string gif, CancellationToken stop)
    {
        string joined = Path.Combine(workshop, "animation" + GifEnding);
        _imageMagick.Value.JoinAsync(pictures, Path.GetFileName(joined), workshop, animation.FrameMilliseconds, stop).GetAwaiter().GetResult();
        if (!IsWritten(joined))
            throw new ImageMagickException($"ImageMagick joined {Counted.Of(pictures.Length, "frame")} and wrote no animation");
        AtomicFile.Write(gif, File.ReadAllBytes(joined));
    }

    private static string Keep(string picture, string folder)
    {
        Directory.CreateDirectory(folder);
        string kept = Path.Combine(folder, Path.GetFileName(picture));
        AtomicFile.Write(kept, File.ReadAllBytes(picture));
        return kept;
    }

    /// <summary>Why there is no animation; the same for all where a program is missing, so that one line says it.</summary>
    private string Hint(string name, string? failure)
    {
        if (failure is not null)
            return $"{name}{GifEnding} was not made: {failure}.";
        if (_gnuplot.Problem is { } noGnuplot)
            return $"{noGnuplot}; {Consequence} Install it ({GnuplotProgram.InstallCommand}), {Remedy}";
        if (!_gnuplot.Draws(FigureFormat.Png))
            return $"{_gnuplot.Path} was built without {FigureFormat.Png.Terminal}, which '{GnuplotProgram.InstallCommand}' brings; {Consequence}";
        return $"{_imageMagick.Value.Problem}; {Consequence} Install it ({ImageMagickProgram.InstallCommand}), {Remedy}";
    }

    private static bool IsWritten(string path) => File.Exists(path) && new FileInfo(path).Length > 0;

    /// <summary>Numbered from 1 with as many digits as the last one needs, so that names sort as frames follow.</summary>
    private static string FrameName(int number, int frames)
    {
        int digits = frames.ToString(CultureInfo.InvariantCulture).Length;
        return "frame-" + number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(2, digits), '0');
    }
}
