using System.Text;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// Writes figures into a folder: NAME.gp, NAME.dat and NAME.caption.txt always, and NAME.pdf, NAME.png and NAME.svg as far as gnuplot can draw
/// them. Each file appears whole or not at all, and a picture that could not be drawn again is removed, so that none is older than its data.
/// </summary>
public sealed class FigureWriter
{
    private readonly GnuplotProgram _gnuplot;
    private readonly string _font;

    /// <summary>A writer that draws with <paramref name="gnuplot"/> in the font called <paramref name="font"/>.</summary>
    public FigureWriter(GnuplotProgram gnuplot, string font)
    {
        ArgumentNullException.ThrowIfNull(gnuplot);
        ArgumentException.ThrowIfNullOrWhiteSpace(font);
        (_gnuplot, _font) = (gnuplot, font);
    }

    /// <summary>The resolution of PNG pictures, where it is chosen.</summary>
    public DrawingStyle Style { get; init; } = DrawingStyle.Usual;

    /// <summary>A writer with the gnuplot and the font of this machine.</summary>
    public static FigureWriter ForThisMachine() => new(GnuplotProgram.Find(), FigureFont.Find().Name);

    /// <summary>
    /// Writes <paramref name="figure"/> into <paramref name="directory"/>, which is made where missing. The result tells gnuplot's failures.
    /// </summary>
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
        directory = Path.GetFullPath(directory);
        var plan = FigurePlan.Of(figure, _font);
        Directory.CreateDirectory(directory);
        List<string> files = [PathOf(GnuplotScript.ScriptEnding), PathOf(GnuplotScript.DataEnding), PathOf(".caption.txt")];
        AtomicFile.Write(files[0], GnuplotScript.Render(plan, _font, Style.DotsPerInch ?? GnuplotScript.PngDotsPerInch));
        AtomicFile.Write(files[1], GnuplotData.Render(plan));
        AtomicFile.Write(files[2], figure.Caption + "\n");

        var failures = DrawOrRemove(figure.Name, directory, stop);
        foreach (var format in FigureFormat.All)
        {
            if (failures.ContainsKey(format))
                File.Delete(PathOf("." + format.Name));
            else
                files.Add(PathOf("." + format.Name));
        }
        return new FigureResult(figure.Name, files, Hint(figure.Name, directory, failures));

        string PathOf(string ending) => Path.Combine(directory, figure.Name + ending);
    }

    private Dictionary<FigureFormat, string?> DrawOrRemove(string name, string directory, CancellationToken stop)
    {
        try
        {
            return Draw(name, directory, stop);
        }
        catch (OperationCanceledException)
        {
            foreach (var format in FigureFormat.All)
                File.Delete(Path.Combine(directory, $"{name}.{format.Name}"));
            throw;
        }
    }

    /// <summary>
    /// Draws all formats at once, since each takes a while to start. Gives why each missing one failed: null for a missing terminal.
    /// </summary>
    private Dictionary<FigureFormat, string?> Draw(string name, string directory, CancellationToken stop)
    {
        var running = FigureFormat.All.Where(_gnuplot.Draws)
            .ToDictionary(format => format, format => Task.Run(() => DrawAsync(name, format, directory, stop), CancellationToken.None));
        var failures = FigureFormat.All.Except(running.Keys).ToDictionary(format => format, _ => (string?)null);
        Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        foreach (var (format, drawing) in running)
        {
            try
            {
                drawing.GetAwaiter().GetResult();
            }
            catch (GnuplotException e)
            {
                failures.Add(format, e.Message);
            }
        }
        return failures;
    }

    private async Task DrawAsync(string name, FigureFormat format, string directory, CancellationToken stop)
    {
        string picture = $"{name}.{format.Name}", temporary = $"{picture}.gnuplot{Environment.ProcessId}{AtomicFile.TemporarySuffix}";
        string temporaryPath = Path.Combine(directory, temporary);
        try
        {
            string definitions = $"{GnuplotScript.FormatVariable}='{format.Name}'; {GnuplotScript.OutputVariable}='{temporary}'";
            await _gnuplot.RunAsync(name + GnuplotScript.ScriptEnding, directory, definitions, stop).ConfigureAwait(false);
            if (!File.Exists(temporaryPath) || new FileInfo(temporaryPath).Length == 0)
                throw new GnuplotException($"gnuplot ran {name}{GnuplotScript.ScriptEnding} and wrote no {picture}");
            byte[] bytes = await File.ReadAllBytesAsync(temporaryPath, CancellationToken.None).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(directory, picture), format == FigureFormat.Svg ? ForAllViewers(bytes) : bytes);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }

    /// <summary>
    /// gnuplot names the font's fallbacks in upright text alone; italic text and scripts get them here. And some viewers drop the blanks beside
    /// italic text unless told to keep them.
    /// </summary>
    private byte[] ForAllViewers(byte[] svg) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(svg)
        .Replace($"font-family=\"{_font}\"", $"font-family=\"{_font}{GnuplotScript.FontFallbacks}\"", StringComparison.Ordinal)
        .Replace("<text>", "<text xml:space=\"preserve\">", StringComparison.Ordinal));

    private string? Hint(string name, string directory, Dictionary<FigureFormat, string?> failures)
    {
        if (failures.Count == 0)
            return null;
        string missing = string.Join(", ", failures.Keys.Select(format => $"{name}.{format.Name}")) + " " + Counted.Noun(failures.Count, "was");
        string install = GnuplotProgram.InstallCommand;
        if (_gnuplot.Problem is { } problem)
            return $"{problem}; {missing} not drawn. Install it ({install}), then run 'gnuplot {name}{GnuplotScript.ScriptEnding}' in {directory}.";
        var words = failures.Values.OfType<string>().Distinct();
        var terminals = failures.Where(failure => failure.Value is null).Select(failure => failure.Key.Terminal);
        string lacking = string.Join(" and ", terminals);
        if (lacking.Length > 0)
            words = words.Append($"{_gnuplot.Path} was built without {lacking}, which '{install}' brings");
        return $"{missing} not drawn: {string.Join("; ", words)}.";
    }
}
