using System.Globalization;
using SpecGD.Figures.Model;

namespace SpecGD.Gallery.Analysis;

/// <summary>The figure of the page: the gain of Muon on a layer over nr/st of the layer, and right calls over the threshold.</summary>
internal static class GalleryFigure
{
    /// <summary>The figure; null with fewer than three layers.</summary>
    public static Figure? Of(GalleryAnalysis analysis)
    {
        if (analysis.Judged.Count < 3)
            return null;
        string[] networks = [.. analysis.Judged.Select(layer => layer.Network).Distinct()];
        var strokes = networks.Select((name, i) => (name, Stroke: new Stroke(OrderedColors.Of(i, networks.Length), 1.8))).ToDictionary();
        var ratio = FigureText.Italic("nr") + "(" + FigureText.Italic("G") + ")/" + FigureText.Italic("st") + "(" + FigureText.Italic("A") + ")";
        Curve[] points = [.. analysis.Judged.GroupBy(layer => layer.Network).Select(network => new PointCurve(
            [.. network.Select(layer => layer.Ratio(GalleryRun.AtTwentieth))], [.. network.Select(layer => 100 * layer.Gain)], strokes[network.Key])
        {
            Label = network.Key,
            Names = [.. network.Select(layer => string.Create(
                CultureInfo.InvariantCulture, $"{layer.Network} {layer.Layer} ({layer.Type}): nr/st {layer.Ratio(GalleryRun.AtTwentieth):G3}, gain {100 * layer.Gain:0.0} %"))],
        })];
        var scatter = new Panel(
            "Muon on one layer alone", new Axis(ratio + " of the layer at 5 % of the run") { Logarithmic = true }, new Axis("gain in validation loss (%)"),
            [.. points, new VerticalLine(1, Palette.Reference), new HorizontalLine(0, Palette.Reference)]);
        var calls = new Panel(
            "Right calls", new Axis("threshold of " + ratio) { Logarithmic = true, From = analysis.Thresholds[0].Threshold, To = analysis.Thresholds[^1].Threshold }, new Axis("share of layers called right") { From = 0, To = 1 },
            [
                new LineCurve([.. analysis.Thresholds.Select(at => at.Threshold)], [.. analysis.Thresholds.Select(at => at.Right)], Palette.Muon) { Label = "spectral above the threshold" },
                new HorizontalLine(analysis.RightOfAll, Palette.AdamW) { Label = "every layer on Muon" },
                new HorizontalLine(analysis.RightOfHidden, Palette.GradientDescent with { Dash = Dash.Dashed }) { Label = "hidden layers on Muon" },
                new VerticalLine(1, Palette.Reference),
            ]);
        return new Figure("gallery", [scatter, calls], string.Create(
            CultureInfo.InvariantCulture,
            $"Left: {Counted.Of(analysis.Judged.Count, "layer")} of {Counted.Of(analysis.Judged.Select(layer => layer.Network).Distinct().Count(), "network")}, each trained with Muon on this layer alone and AdamW on the others; the gain over AdamW alone is the difference of the logarithms of validation losses, "
            + $"means over seeds, each arm at its best rate. Right: the share of layers for which Muon gains exactly where nr/st is above a threshold; the rule has the threshold 1."))
        {
            Height = 5,
        };
    }
}
