using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// Makes animations of the logs of one experiment. Implementations have a constructor without parameters and are found by themselves.
/// </summary>
public interface IAnimationRecipe
{
    /// <summary>Name of the animation; where a log gives several, what their names begin with.</summary>
    string Name { get; }

    /// <summary>
    /// The animations of <paramref name="log"/>, none where the log is of another experiment or holds nothing to show. Which experiment it is of is
    /// told as in <see cref="IFigureRecipe.Compose"/>.
    /// </summary>
    /// <exception cref="BadInputException">The log is of this experiment and a part of it has not the form that it should have.</exception>
    IReadOnlyList<Animation> Compose(RunLog log);
}
