using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>What stands beside the axes of a least-squares problem L(W) = ‖WA − Y‖²_F / 2n.</summary>
internal static class LeastSquaresLabels
{
    /// <summary>The loss.</summary>
    public static FigureText Loss { get; } =
        "‖" + FigureText.Italic("WA") + " − " + FigureText.Italic("Y") + "‖" + FigureText.Scripts("F", "2") + " / 2" + FigureText.Italic("n");

    /// <summary>The nuclear rank of its gradient.</summary>
    public static FigureText Rank { get; } = "nr(∇" + FigureText.Italic("L") + "(" + FigureText.Italic("W") + "))";

    /// <summary>The stable rank of A.</summary>
    public static FigureText StableRank { get; } = "st(" + FigureText.Italic("A") + ")";
}
