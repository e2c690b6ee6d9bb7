using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Report;

/// <summary>What a run folder holds, as far as a report shows it.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Manifest">Where the numbers come from.</param>
/// <param name="Log">The numbers.</param>
/// <param name="Experiment">The experiment that made them.</param>
/// <param name="Pictures">The figures, in the order of their names.</param>
public sealed record RunRecord(string Name, Manifest Manifest, RunLog Log, IExperiment Experiment, IReadOnlyList<RunPicture> Pictures)
{
    /// <summary>What the numbers say.</summary>
    public RunSummary Summary => Experiment.Summarise(Log);

    /// <summary>Reads the folder <paramref name="directory"/> of a run.</summary>
    /// <exception cref="BadInputException">
    /// It lacks a manifest or a log, one of its files is not what it should be, or the experiment is unknown.
    /// </exception>
    public static RunRecord Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var manifest = Manifest.Read(Path.Combine(directory, RunFolder.ManifestName));
        return new RunRecord(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))),
            manifest,
            RunLogFile.Read(Path.Combine(directory, RunFolder.LogName)),
            ExperimentCatalog.Named(manifest.Experiment),
            RunPicture.ReadAll(Path.Combine(directory, RunFolder.FiguresName)));
    }
}

/// <summary>A figure of a run, as far as it was drawn.</summary>
/// <param name="Name">Name of its files, without ending.</param>
/// <param name="Caption">Its caption.</param>
/// <param name="Still">The figure, of an animation its last frame, or null where it was not drawn.</param>
/// <param name="Animation">The same in motion, or null where there is none or it is too large to pass on.</param>
public sealed record RunPicture(string Name, string Caption, PictureFile? Still, PictureFile? Animation)
{
    private const string CaptionEnding = ".caption.txt";

    /// <summary>An SVG is sharp at any size, but one of very many points is heavier than its PNG; up to this size that does not matter.</summary>
    private const long LargestSvg = 600_000;

    /// <summary>A report is made to be passed on; with more than this it would not pass by mail.</summary>
    private const long LargestAnimation = 8_000_000;

    /// <summary>Every figure in a folder: each has a caption. None where the folder is missing.</summary>
    /// <exception cref="BadInputException">A picture is not what its ending says.</exception>
    public static IReadOnlyList<RunPicture> ReadAll(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, "*" + CaptionEnding).Order(StringComparer.Ordinal).Select(Read)]
        : [];

    private static RunPicture Read(string captionPath)
    {
        string stem = captionPath[..^CaptionEnding.Length];
        return new RunPicture(
            Path.GetFileName(stem),
            File.ReadAllText(captionPath).Trim(),
            StillOf(stem) is { } still ? PictureFile.Read(still) : null,
            new FileInfo(stem + ".gif") is { Exists: true, Length: <= LargestAnimation } gif ? PictureFile.Read(gif.FullName) : null);
    }

    /// <summary>The SVG, unless it is large and the PNG is smaller.</summary>
    private static string? StillOf(string stem)
    {
        var svg = new FileInfo(stem + ".svg");
        var png = new FileInfo(stem + ".png");
        return svg.Exists && (svg.Length <= LargestSvg || !png.Exists || svg.Length <= png.Length) ? svg.FullName
            : png.Exists ? png.FullName
            : null;
    }
}
