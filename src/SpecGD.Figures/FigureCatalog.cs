using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Figures.Animations;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// Every figure and animation there is: a class that implements <see cref="IFigureRecipe"/> or <see cref="IAnimationRecipe"/> is found by being
/// there.
/// </summary>
public static class FigureCatalog
{
    /// <summary>The recipes of figures in the order of their names.</summary>
    public static IReadOnlyList<IFigureRecipe> All { get; } =
        [.. Implementations<IFigureRecipe>().OrderBy(recipe => recipe.Name, StringComparer.Ordinal)];

    /// <summary>The recipes of animations in the order of their names.</summary>
    public static IReadOnlyList<IAnimationRecipe> Animations { get; } =
        [.. Implementations<IAnimationRecipe>().OrderBy(recipe => recipe.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Draws every figure and animation that <paramref name="log"/> has the data for into <paramref name="directory"/>, in the
    /// font of this machine; none where no recipe knows the log.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="directory">The folder, made where missing.</param>
    /// <param name="keepFrames">Whether the frames of animations are kept as pictures.</param>
    /// <param name="style">Resolution and frame rate; null for the usual ones.</param>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <param name="progress">Told before each is drawn, and when all are.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="DrawingStoppedException">It was asked to stop.</exception>
    public static IReadOnlyList<FigureResult> Draw(
        RunLog log,
        string directory,
        bool keepFrames = false,
        DrawingStyle? style = null,
        IProgress<DrawingProgress>? progress = null,
        CancellationToken stop = default)
    {
        style ??= DrawingStyle.Usual;
        var font = style.Font ?? FigureFont.Find();
        var animations = new AnimationWriter(font) { KeepsFrames = keepFrames, Style = style };
        return Draw(log, directory, new FigureWriter(font) { Style = style }, animations, progress, stop);
    }

    /// <summary>
    /// As <see cref="Draw(RunLog, string, bool, DrawingStyle, IProgress{DrawingProgress}, CancellationToken)"/>, with writers of one's own.
    /// </summary>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="DrawingStoppedException">It was asked to stop.</exception>
    public static IReadOnlyList<FigureResult> Draw(
        RunLog log,
        string directory,
        FigureWriter figures,
        AnimationWriter animations,
        IProgress<DrawingProgress>? progress = null,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(animations);
        if (Directory.Exists(directory))
            AtomicFile.SweepStale(directory);
        // All are composed before the first is drawn, so that a malformed log draws nothing.
        var (still, moving) = Compose(log);
        (string Name, Func<FigureResult> Draw)[] all =
        [
            .. still.Select(figure => (figure.Name, (Func<FigureResult>)(() => figures.Write(figure, directory, stop)))),
            .. moving.Select(animation => (animation.Name, (Func<FigureResult>)(() => animations.Write(animation, directory, stop)))),
        ];
        var drawn = new List<FigureResult>();
        try
        {
            foreach (var (name, draw) in all)
            {
                progress?.Report(new DrawingProgress(drawn.Count, all.Length, name));
                stop.ThrowIfCancellationRequested();
                drawn.Add(draw());
            }
        }
        catch (OperationCanceledException e)
        {
            throw new DrawingStoppedException([.. all.Skip(drawn.Count).Select(one => one.Name)], e);
        }
        progress?.Report(new DrawingProgress(drawn.Count, all.Length, ""));
        return drawn;
    }

    /// <summary>Every figure and animation of a log, as it is drawn: with no panel that has nothing to show, and captions that tell every setting that is not at its default, and where a run ended that did not reach its last step.</summary>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    public static (IReadOnlyList<Figure> Still, IReadOnlyList<Animation> Moving) Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var changed = ChangedSettings.Read(log);
        return (
            [
                .. All.Select(recipe => recipe.Compose(log)).OfType<Figure>().Select(DrawnPanels.Of).OfType<Figure>()
                    .Select(figure => figure with { Caption = Told(figure.Caption) }),
            ],
            [
                .. Animations.SelectMany(recipe => recipe.Compose(log)).Select(DrawnPanels.Of).OfType<Animation>()
                    .Select(animation => animation with { Caption = Told(animation.Caption) }),
            ]);

        IReadOnlyList<LossEnd> EndsOf() => ExperimentCatalog.All.FirstOrDefault(experiment => experiment.Name == log.ConfigText("experiment"))?.EndsOf(log) ?? Divergence.Of(log.Methods);

        string Told(string caption) => log.Interrupted is { } where
            ? $"{ChangedSettings.Told(caption, changed)} Stopped before its end: {where} The same command resumes it; nothing is concluded from a part of a run."
            : EarlyEnd.Told(ChangedSettings.Told(DivergedWords.Told(caption, EndsOf()), changed), log);
    }

    /// <summary>One sentence why <paramref name="log"/> has no figure: what it is of, and what it holds; of a run that was stopped before its end, that there is nothing yet.</summary>
    public static string WhyNone(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Interrupted is not null)
            return "nothing to draw yet";
        string[] series = [.. log.Methods.Values.SelectMany(method => method.Series).Where(one => one.Value.Values.Any(double.IsFinite)).Select(one => one.Key).Distinct()];
        string held = series.Length > 0 ? $"the series {string.Join(", ", series.Take(MostNamed))}{(series.Length > MostNamed ? ", …" : "")}"
            : log.Sections.Count > 0 ? $"no series with numbers, but {string.Join(", ", log.Sections.Select(section => section.Key).Take(MostNamed))}"
            : "no series with numbers";
        return log.ConfigText("experiment") is { } experiment
            ? $"no figure is drawn: the log {log.RunId} is of {experiment}, and nothing that it holds is what a figure of that shows; it has {held}"
            : $"no figure is drawn: the log {log.RunId} does not say of which experiment it is, and no figure shows what it holds; it has {held}";
    }

    /// <summary>Series and sections that a sentence names.</summary>
    private const int MostNamed = 6;

    private static IEnumerable<T> Implementations<T>() =>
        from type in typeof(FigureCatalog).Assembly.GetTypes()
        where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(T))
        select (T)Activator.CreateInstance(type)!;
}
