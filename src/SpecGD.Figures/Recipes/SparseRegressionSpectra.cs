using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The activations' singular values along the sparse regression, an animation for each method that recorded them. Above: loss, stable ranks of the
/// activations and nuclear ranks of the gradients so far; below: a histogram for each layer.
/// </summary>
public sealed class SparseRegressionSpectra : IAnimationRecipe
{
    private const double FramesPerSecond = 1, PanelWidth = 4.1, RowHeight = 3.1;
    private const int PanelsInARow = 3;

    /// <inheritdoc/>
    public string Name => LayeredLog.Experiment + "-spectra";

    /// <inheritdoc/>
    public IReadOnlyList<Animation> Compose(RunLog log)
    {
        ActivationSpectra[] all = [.. ActivationSpectra.All(log).Where(SpectraPanels.HasValues)];
        double? end = PowersOfTen.EndOf([.. all.Select(spectra => SpectraPanels.MethodOf(log, spectra).Find(LayeredLog.Loss)?.Values ?? [])]);
        var animations = all.Select(spectra => Of(spectra, SpectraPanels.MethodOf(log, spectra), SpectraPanels.Alike(all, spectra), end, StableRankWords.Of(log)));
        return SharedLayout.WithSharedAxes([.. animations.DistinctBy(animation => animation.Name)]);
    }

    private Animation Of(ActivationSpectra spectra, MethodLog method, ActivationSpectra[] alike, double? end, StableRankWords words)
    {
        string name = $"{Name}-{string.Concat(spectra.Method.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}";
        string label = MethodName.Of(spectra.Method);
        double[]?[] edges = [.. spectra.Layers.Select((_, layer) => SpectraPanels.EdgesOf(alike, layer))];
        var frames = Sampling.Spread(spectra.Frames, Sampling.MostFrames).Select(frame =>
        {
            var nuclearRanks = SpectraPanels.Past(spectra.TotalSteps, frame.Step, "Nuclear rank of the gradients", SpectraPanels.Ranks("nr", "G"), OfLayers(spectra, method, "grad_ratio.", "W"));
            var stableRanks = SpectraPanels.Past(spectra.TotalSteps, frame.Step, words.Title + " of the activations", SpectraPanels.Ranks(words.Measure, "A"), OfLayers(spectra, method, "activations.", ""));
            Panel[] panels =
            [
                SpectraPanels.Past(spectra.TotalSteps, frame.Step, "Training loss", new Axis("Mean squared error") { Logarithmic = true, To = end }, Loss(method)),
                stableRanks with { Key = nuclearRanks.Curves.Count > 0 ? KeyPlacement.None : KeyPlacement.Automatic }, // one key tells the layers
                nuclearRanks,
                .. spectra.Layers.Select((_, layer) => SpectraPanels.Histogram(frame, layer, edges[layer], Invariant($"Layer {layer + 1}"), SpectraPanels.StrokeOf(layer), words)),
            ];
            return new Figure(name, panels, "")
            {
                Title = Invariant($"{label}, step {frame.Label} of {spectra.TotalSteps}"),
                Columns = PanelsInARow,
                Width = PanelsInARow * PanelWidth,
                Height = RowHeight * ((panels.Length + PanelsInARow - 1) / PanelsInARow),
            };
        });
        return new Animation(name, [.. frames], Caption(label, method, end, words), FramesPerSecond);
    }

    private static IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> Loss(MethodLog method) =>
        [(method.Find(LayeredLog.Loss), FigureText.Empty, Palette.Plain)];

    /// <summary>The series of the layers: those named as the layers are, or of the weights of the same numbers.</summary>
    private static IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> OfLayers(
        ActivationSpectra spectra, MethodLog method, string prefix, string weight) =>
        spectra.Layers.Select((layer, i) => (
            method.Find(prefix + (weight.Length > 0 ? Invariant($"{weight}{i + 1}") : layer)),
            FigureText.Italic("ℓ") + Invariant($" = {i + 1}"),
            SpectraPanels.StrokeOf(i)));

    private static string Caption(string label, MethodLog method, double? end, StableRankWords words) =>
        $"Singular values of the activations of every layer along the training of the sparse regression by {label}. "
        + SpectraPanels.Above([method], words)
        + "Histograms: density of the singular values over their decimal logarithm (share of all values per decade), the largest one dashed; values below "
        + Invariant($"{SpectraPanels.SmallestShare:0e-0} of the largest that a layer reaches count in its first bin. ")
        + "A frame of step t + 1 shows what was measured before update t, the frame of step 0 the start. "
        + "Colours and dashes tell the layers apart. Axes and bins are those of all methods of the run."
        + (end is { } ceiling ? " " + LayeredLog.Outside(ceiling) : "");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
