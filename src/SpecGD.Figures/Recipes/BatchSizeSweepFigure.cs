using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>Figure 17: stable ranks of the post-activations at initialisation against the batch size.</summary>
public sealed class BatchSizeSweepFigure : IFigureRecipe
{
    private const string Layer = "layer";

    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot];

    /// <inheritdoc/>
    public string Name { get; } = new BatchSizeSweep().Name;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var section = LogNode.Section(log, BatchSizeSweep.StableRank);
        if (!section.IsObject || section.NumberedMembers() is not { Length: > 0 } batches)
            return null;
        if (batches[0].Key <= 0)
            throw batches[0].Node.Complaint("the result of a batch of at least one sample");
        double[] sizes = [.. batches.Select(b => b.Key)];
        Curve[] curves =
        [
            .. batches.SelectMany(b => b.Node.Members).Select(layer => layer.Name).Distinct().Select((layer, i) => new LineCurve(
                sizes,
                [.. batches.Select(b => b.Node[layer].Number ?? double.NaN)],
                Palette.Other(i) with { Dash = Dashes[i % Dashes.Length] })
            {
                Label = layer.StartsWith(Layer, StringComparison.Ordinal) ? $"layer {layer[Layer.Length..]}" : layer,
            }),
        ];
        var panel = new Panel(
            "Stable rank at initialisation",
            sizes.Length > 1
                ? new Axis("Batch size") { Logarithmic = true, From = sizes[0], To = sizes[^1], Tics = sizes }
                : new Axis("Batch size") { Logarithmic = true },
            new Axis("st(" + FigureText.Italic("A") + FigureText.Subscript("ℓ") + ")") { From = 0 },
            curves);
        string settings = log.ConfigText("activation") is { } activation ? $" (activation {activation})" : "";
        return !PanelPlan.HasData(panel) ? null : new Figure(
            Name,
            [panel],
            $"Stable ranks of the post-activations of a four-layer network at initialisation{settings}, "
            + "on a fresh Gaussian batch of each size.")
        {
            Columns = 1,
            Width = 6,
            Height = 4,
        };
    }
}
