using System.Globalization;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// Figures 1, 4 and 18: training loss, stable ranks of the post-activations and nuclear ranks of the gradients for all methods, then, one panel
/// a weight, the nuclear rank of its gradient beside the stable rank of the activations that enter it.
/// </summary>
public sealed class SparseRegressionFigure : IFigureRecipe
{
    private const int Layers = 3, PanelsInARow = 3;

    private const double PanelWidth = 5, PanelHeight = 4;

    /// <inheritdoc/>
    public string Name => LayeredLog.Experiment;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        if (LayeredLog.Of(log) is not { } layered)
            return null;
        var ofAllLayers = Enumerable.Range(1, Layers);
        Panel[] panels =
        [
            layered.LossPanel(),
            layered.Panel(layered.StableRank.Title + " of the activations", layered.StableRank.Of(FigureText.Italic("A") + FigureText.Subscript("ℓ")), logarithmic: false,
                layered.Curves([.. ofAllLayers.Select(layer => ($"activations.layer{layer}", Layer(layer)))])),
            layered.Panel("Nuclear rank of the gradients", "nr(" + FigureText.Italic("G") + FigureText.Subscript("ℓ") + ")", logarithmic: false,
                layered.Curves([.. ofAllLayers.Select(layer => ($"grad_ratio.W{layer}", Layer(layer)))])),
            .. ofAllLayers.Select(layer => OfWeight(layered, layer)),
        ];
        panels = [.. panels.Where(PanelPlan.HasData)];
        if (panels.Length == 0)
            return null;
        int columns = Math.Min(PanelsInARow, panels.Length);
        return new Figure(Name, panels, Caption(layered, panels))
        {
            Columns = columns,
            Width = PanelWidth * columns,
            Height = PanelHeight * ((panels.Length + columns - 1) / columns),
        };
    }

    /// <summary>
    /// nr(G_ℓ) and, dashed, st(A_{ℓ−1}) of the activations that W_ℓ multiplies; those of
    /// the first weight are the data, which the log does not measure.
    /// </summary>
    private static Panel OfWeight(LayeredLog layered, int layer)
    {
        (string, FigureText) rank = ($"grad_ratio.W{layer}", Of("nr", "G", layer));
        return layered.Panel(
            Invariant($"Weight {layer}"),
            "Rank",
            logarithmic: false,
            layer > 1 ? layered.Curves(rank, ($"activations.layer{layer - 1}", Of(layered.StableRank.Measure, "A", layer - 1))) : layered.Curves(rank));
    }

    private static FigureText Layer(int layer) => FigureText.Italic("ℓ") + Invariant($" = {layer}");

    private static FigureText Of(string measure, string letter, int layer) =>
        measure + "(" + FigureText.Italic(letter) + FigureText.Subscript(Invariant($"{layer}")) + ")";

    private static string Caption(LayeredLog layered, Panel[] panels)
    {
        bool several = layered.CountIn(panels) > 1, hasDashes = panels.Any(panel => panel.Curves.Any(curve => curve is KeySample));
        bool besideOneAnother = Enumerable.Range(2, Layers - 1).Any(layer => layered.Has($"grad_ratio.W{layer}") && layered.Has($"activations.layer{layer - 1}"));
        string dashed = "the layers" + (besideOneAnother ? " or, in the panels of one weight, the two ranks" : "");
        return $"{layered.MethodsIn(panels)} on the sparse regression y = x₁x₂x₃ with a four-layer network{layered.Settings}. "
            + "Everything is measured before each update."
            + (several ? " Colours tell the methods apart" + (hasDashes ? $"; where dashes tell {dashed}, marks on the lines tell the methods too." : ".")
                : hasDashes ? $" Dashes tell {dashed}." : "")
            + (besideOneAnother ? $" In the panels of one weight, the nuclear rank of its gradient {layered.StableRank.Rule}" : "")
            + LayeredLog.Bands(panels)
            + layered.Divergence;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
