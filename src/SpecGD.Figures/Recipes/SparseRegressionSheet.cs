using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The summary sheet of a sparse-regression log: loss, three stable ranks, three nuclear ranks, four activation norms, four weight norms.
/// </summary>
public sealed class SparseRegressionSheet : IFigureRecipe
{
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
            .. Enumerable.Range(1, 3).Select(i => One(layered, Invariant($"Stable rank of layer {i}"), $"activations.layer{i}", Invariant($"st of A{i}"))),
            .. Enumerable.Range(1, 3).Select(i => One(layered, Invariant($"Nuclear rank of gradient {i}"), $"grad_ratio.W{i}", Invariant($"nr of G{i}"))),
            .. Enumerable.Range(0, 4).Select(i => One(
                layered, Invariant($"Norm of the activations {i}"), $"activation_op_norm.A{i}", Invariant($"norm of A{i}"), grows: true)),
            .. Enumerable.Range(1, 4).Select(i => One(
                layered, Invariant($"Operator norm of weight {i}"), $"weight_op_norm.W{i}", Invariant($"op norm of W{i}"), grows: true)),
        ];
        string caption = $"{layered.Methods} on the sparse regression{layered.Settings}: everything recorded. "
            + "The activation norm is the one that scales the "
            + "step: the operator norm, or the Frobenius norm where SpecGD updates the layer spectrally. "
            + "Weight norms are measured after each update, all else before it. "
            + "The key of the first panel is that of all."
            + layered.Bands
            + layered.Divergence
            + (layered.End is null ? "" : " The axes of norms end with what was measured before that.");
        Panel[] shown = [.. panels.Where(panel => panel.Curves.Count > 0)];
        Panel[] others = [.. shown.Skip(1).Select(panel => panel with { Key = KeyPlacement.None })];
        return new Figure(Name, [shown[0], .. others], caption) { Columns = 4, Width = 18, Height = 14 };
    }

    private static Panel One(LayeredLog layered, string title, string series, string label, bool grows = false) =>
        layered.Panel(title, label, logarithmic: false, layered.CurvesDashedByMethod(series), grows ? layered.EndOf(series) : null);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
