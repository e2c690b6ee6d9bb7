using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The summary sheet of a sparse-regression log: loss, three stable ranks, three nuclear ranks, four activation norms, four weight norms.
/// </summary>
public sealed class SparseRegressionSheet : IFigureRecipe
{
    private const int Norms = 4, PanelsInARow = 4;

    private const double PanelWidth = 4.5, PanelHeight = 3.5;

    /// <inheritdoc/>
    public string Name => LayeredLog.Experiment + "-summary";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        if (LayeredLog.Of(log) is not { } layered)
            return null;
        IEnumerable<Panel> panels =
        [
            layered.LossPanel(),
            .. Enumerable.Range(1, 3).Select(i => One(layered, Invariant($"{layered.StableRank.Title} of layer {i}"), $"activations.layer{i}", Invariant($"{layered.StableRank.Measure} of A{i}"))),
            .. Enumerable.Range(1, 3).Select(i => One(layered, Invariant($"Nuclear rank of gradient {i}"), $"grad_ratio.W{i}", Invariant($"nr of G{i}"))),
            .. Enumerable.Range(0, 4).Select(i => One(
                layered, Invariant($"Norm of the activations {i}"), $"activation_op_norm.A{i}", Invariant($"norm of A{i}"), grows: true)),
            .. Enumerable.Range(1, 4).Select(i => One(
                layered, Invariant($"Operator norm of weight {i}"), $"weight_op_norm.W{i}", Invariant($"op norm of W{i}"), grows: true)),
        ];
        Panel[] shown = [.. panels.Where(PanelPlan.HasData)];
        if (shown.Length == 0)
            return null;
        bool isKeyOfAll = shown.Length > 1 && layered.CountIn(shown[..1]) == layered.CountIn(shown);
        if (isKeyOfAll)
            shown = [shown[0], .. shown.Skip(1).Select(panel => panel with { Key = KeyPlacement.None })];
        int columns = Math.Min(PanelsInARow, shown.Length);
        return new Figure(Name, shown, Caption(layered, shown) + (isKeyOfAll ? " The key of the first panel is that of all." : "") + LayeredLog.Bands(shown) + layered.Divergence
            + (layered.End is not null && HasNorms(layered) ? " The axes of norms end with what was measured before that." : ""))
        {
            Columns = columns,
            Width = PanelWidth * columns,
            Height = PanelHeight * ((shown.Length + columns - 1) / columns),
        };
    }

    private static string Caption(LayeredLog layered, Panel[] shown)
    {
        bool hasActivationNorms = Enumerable.Range(0, Norms).Any(i => layered.Has($"activation_op_norm.A{i}"));
        bool hasWeightNorms = Enumerable.Range(1, Norms).Any(i => layered.Has($"weight_op_norm.W{i}"));
        return $"{layered.MethodsIn(shown)} on the sparse regression{layered.Settings}: everything recorded."
            + (hasActivationNorms ? " The activation norm is the one that scales the step: the operator norm"
                + (layered.MethodsIn(shown).Contains(MethodName.Of(SparseRegression.SpecGd), StringComparison.Ordinal) ? ", or the Frobenius norm where SpecGD updates the layer spectrally." : ".") : "")
            + (layered.StableRank.IsExact || !Enumerable.Range(1, Norms).Any(i => layered.Has($"activations.layer{i}")) ? "" : " In the place of stable ranks stand upper bounds of them.")
            + (hasWeightNorms ? " Weight norms are measured after each update, all else before it." : " Everything is measured before each update.");
    }

    private static bool HasNorms(LayeredLog layered) => Enumerable.Range(0, Norms + 1).Any(i => layered.Has($"activation_op_norm.A{i}") || layered.Has($"weight_op_norm.W{i}"));

    private static Panel One(LayeredLog layered, string title, string series, string label, bool grows = false) =>
        layered.Panel(title, label, logarithmic: false, layered.CurvesDashedByMethod(series), grows ? layered.EndOf(series) : null);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
