using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>What figures call that which a sparse-regression log records as stable ranks: stable ranks, or upper bounds of them.</summary>
/// <param name="IsExact">Whether they are stable ranks.</param>
internal sealed record StableRankWords(bool IsExact)
{
    /// <summary>The words for a log.</summary>
    public static StableRankWords Of(RunLog log) => new(SparseRegression.HasExactStableRanks(log));

    /// <summary>"stable rank", or "upper bound of the stable rank".</summary>
    public string Name => IsExact ? "stable rank" : "upper bound of the stable rank";

    /// <summary>The same, at the beginning of a title.</summary>
    public string Title => Sentence.Begin(Name);

    /// <summary>"st(A)" of what stands in the parentheses, or "upper bound of st(A)".</summary>
    public FigureText Of(FigureText activations) => Measure + "(" + activations + ")";

    /// <summary>"st", or "upper bound of st".</summary>
    public string Measure => IsExact ? "st" : "upper bound of st";

    /// <summary>What stands between st(A) and the recorded number.</summary>
    public string Relation => IsExact ? " = " : " ≤ ";

    /// <summary>What captions say of the panels with nuclear and stable rank side by side.</summary>
    public string Rule => IsExact
        ? "stands beside the stable rank of the activations that enter it: the spectral step is favoured where the former is the larger."
        : "stands beside an upper bound of the stable rank of the activations that enter it: the spectral step is favoured where the former is the larger, and where it is the smaller "
            + "the bound does not tell.";
}
