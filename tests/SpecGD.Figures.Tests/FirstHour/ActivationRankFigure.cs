using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>st(A) against the number of features.</summary>
public sealed class ActivationRankFigure : IFigureRecipe
{
    /// <inheritdoc/>
    public string Name => "activation-rank";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        if (log.ConfigText("experiment") != Name)
            return null;
        var rows = log.Rows(ActivationRank.Rows).ToArray();
        double[] dims = [.. rows.Select(row => JsonNumber.Of(row["d"]) ?? double.NaN)];
        double[] ranks = [.. rows.Select(row => JsonNumber.Of(row["st(A)"]) ?? double.NaN)];
        var panel = new Panel(
            "Stable rank of random features",
            new Axis("number of features"),
            new Axis("st(" + FigureText.Italic("A") + ")") { From = 0 },
            [new LineCurve(dims, ranks, Palette.SpecGd) { Label = log.ConfigText("activation") ?? "" }]);
        return new Figure(Name, [panel], "Stable rank of random features against their number.");
    }
}
