using SpecGD.Figures.Description;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// Writes figures into a folder: NAME.json (the description), NAME.csv (the data) and NAME.caption.txt, and NAME.pdf, NAME.png and NAME.svg. Each file
/// appears whole or not at all.
/// </summary>
public sealed class FigureWriter
{
    private readonly FigureFont _font;

    /// <summary>A writer that draws in <paramref name="font"/>.</summary>
    public FigureWriter(FigureFont font)
    {
        ArgumentNullException.ThrowIfNull(font);
        _font = font;
    }

    /// <summary>Resolution, size and formats, where they are chosen.</summary>
    public DrawingStyle Style { get; init; } = DrawingStyle.Usual;

    /// <summary>A writer with a font, or with that of this machine where none is given.</summary>
    /// <exception cref="BadInputException">Skia does not run on this system.</exception>
    public static FigureWriter ForThisMachine(FigureFont? font = null) => new(font ?? FigureFont.Find());

    /// <summary>Writes <paramref name="figure"/> into <paramref name="directory"/>, which is made where missing.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ArgumentException">The figure contradicts itself: too small for its panels, or an axis with ends that cannot be.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; pictures that are not of the new data are removed.</exception>
    public FigureResult Write(Figure figure, string directory, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(figure);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        figure = FigureSize.Of(figure, Style) with { Panels = [.. figure.Panels.Select(PanelPlan.Thinned)] };
        var plan = FigurePlan.Of(figure, _font);
        string place = Path.Combine(Path.GetFullPath(directory), figure.Name);
        Directory.CreateDirectory(directory);
        List<string> files = [place + FigureDescription.Ending, place + FigureData.Ending, place + CaptionEnding];
        AtomicFile.Write(files[0], FigureDescription.Render(figure));
        AtomicFile.Write(files[1], FigureData.Render(figure));
        AtomicFile.Write(files[2], figure.Caption + "\n");
        return new FigureResult(figure.Name, [.. files, .. DrawOrRemove(plan, place, stop)]);
    }

    /// <summary>Draws the pictures of <paramref name="figure"/> alone, as after an edit of its description.</summary>
    /// <inheritdoc cref="Write"/>
    public FigureResult Draw(Figure figure, string directory, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(figure);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        figure = FigureSize.Of(figure, Style);
        var plan = FigurePlan.Of(figure, _font);
        Directory.CreateDirectory(directory);
        return new FigureResult(figure.Name, DrawOrRemove(plan, Path.Combine(Path.GetFullPath(directory), figure.Name), stop));
    }

    private const string CaptionEnding = ".caption.txt";

    private List<string> DrawOrRemove(FigurePlan plan, string place, CancellationToken stop)
    {
        var picture = new FigurePicture(plan);
        var files = new List<string>();
        try
        {
            foreach (var format in Style.Formats ?? FigureFormat.All)
            {
                stop.ThrowIfCancellationRequested();
                string file = $"{place}.{format.Name}";
                AtomicFile.Write(file, picture.Render(format, Style.DotsPerInch ?? FigurePicture.PngDotsPerInch));
                files.Add(file);
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var format in FigureFormat.All)
                File.Delete($"{place}.{format.Name}");
            throw;
        }
        return files;
    }
}
