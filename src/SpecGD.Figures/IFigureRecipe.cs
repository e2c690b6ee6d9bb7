using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// Makes a figure of the logs of one experiment. Implementations have a constructor without parameters and are found by themselves.
/// </summary>
public interface IFigureRecipe
{
    /// <summary>Name of the figure and of its files: letters, digits, '-' and '_'.</summary>
    string Name { get; }

    /// <summary>
    /// The figure of <paramref name="log"/>, or null where the log is of another experiment or holds nothing to draw. The experiment is that of
    /// <c>config.experiment</c>; the logs of the authors' scripts lack it and are known by what they hold.
    /// </summary>
    /// <exception cref="BadInputException">The log is of this experiment and a part of it has not the form that it should have.</exception>
    Figure? Compose(RunLog log);
}
