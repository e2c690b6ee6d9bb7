using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>Every figure there is: a class that implements <see cref="IFigureRecipe"/> is found by being there.</summary>
public static class FigureCatalog
{
    /// <summary>The recipes in the order of their names.</summary>
    public static IReadOnlyList<IFigureRecipe> All { get; } =
    [
        .. from type in typeof(FigureCatalog).Assembly.GetTypes()
           where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IFigureRecipe))
           let recipe = (IFigureRecipe)Activator.CreateInstance(type)!
           orderby recipe.Name
           select recipe,
    ];

    /// <summary>
    /// Draws every figure that <paramref name="log"/> has the data for into <paramref name="directory"/>, with the gnuplot and the font of this
    /// machine; none where no recipe knows the log.
    /// </summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static IReadOnlyList<FigureResult> Draw(RunLog log, string directory) => Draw(log, directory, FigureWriter.ForThisMachine());

    /// <summary>As <see cref="Draw(RunLog, string)"/>, with a writer of one's own.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; files already there stay whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static IReadOnlyList<FigureResult> Draw(RunLog log, string directory, FigureWriter writer)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(writer);
        if (Directory.Exists(directory))
            AtomicFile.SweepStale(directory);
        return [.. All.Select(recipe => recipe.Compose(log)).OfType<Figure>().Select(figure => writer.Write(figure, directory))];
    }
}
