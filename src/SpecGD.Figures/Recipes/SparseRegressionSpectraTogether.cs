using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The activations' singular values along the sparse regression, all methods that recorded them in one animation. Above: losses, stable and nuclear
/// ranks so far; below: a row of histograms for each method. Of a single method <see cref="SparseRegressionSpectra"/> is the same.
/// </summary>
public sealed class SparseRegressionSpectraTogether : IAnimationRecipe
{
    private const double FramesPerSecond = 1, PanelWidth = 4.1, RowHeight = 3.1;
    private const int FewestMethods = 2;

    /// <inheritdoc/>
    public string Name => LayeredLog.Experiment + "-spectra-together";

    /// <inheritdoc/>
    public IReadOnlyList<Animation> Compose(RunLog log)
    {
        ActivationSpectra[] all = [.. ActivationSpectra.All(log).Where(SpectraPanels.HasValues)];
        if (all.Length == 0)
            return [];
        ActivationSpectra[] methods = [.. SpectraPanels.Alike(all, all[0])];
        int[] labels = [.. methods.Select(m => m.Frames.Select(frame => frame.Label)).Aggregate((common, next) => common.Intersect(next))];
        return methods.Length < FewestMethods || labels.Length == 0 ? [] : [Of(log, methods, labels)];
    }

    private Animation Of(RunLog log, ActivationSpectra[] methods, int[] labels)
    {
        double? end = PowersOfTen.EndOf([.. methods.Select(m => SpectraPanels.MethodOf(log, m).Find(LayeredLog.Loss)?.Values ?? [])]);
        var strokes = MethodStroke.Of(methods.Select(m => m.Method));
        double[]?[] edges = [.. methods[0].Layers.Select((_, layer) => SpectraPanels.EdgesOf(methods, layer))];
        var frames = Sampling.Spread(labels, Sampling.MostFrames).Select(label => Frame(new Shown(log, methods, strokes, edges, end), label));
        return new Animation(Name, [.. frames], Caption(log, methods, end), FramesPerSecond);
    }

    private Figure Frame(Shown shown, int label)
    {
        SpectrumFrame[] frames = [.. shown.Methods.Select(m => m.Frames.First(frame => frame.Label == label))];
        int layers = shown.Methods[0].Layers.Count, step = frames[0].Step, total = shown.Methods.Max(m => m.TotalSteps);
        var losses = SpectraPanels.Past(
            total, step, "Training loss", new Axis("Mean squared error") { Logarithmic = true, To = shown.End }, shown.Losses());
        var stableRanks = SpectraPanels.Past(
            total, step, shown.Words.Title + " of the activations", SpectraPanels.Ranks(shown.Words.Measure, "A"), shown.OfLayers("activations.", ""));
        var nuclearRanks = SpectraPanels.Past(
            total, step, "Nuclear rank of the gradients", SpectraPanels.Ranks("nr", "G"), shown.OfLayers("grad_ratio.", "W"));
        Panel[] panels =
        [
            losses,
            stableRanks with { Key = KeyPlacement.None }, // the key beside it tells the layers, the losses' the methods
            nuclearRanks with { Curves = [.. LayerKey(layers), .. nuclearRanks.Curves] },
            .. from method in Enumerable.Range(0, frames.Length)
               from layer in Enumerable.Range(0, layers)
               select SpectraPanels.Histogram(
                   frames[method],
                   layer,
                   shown.Edges[layer],
                   Invariant($"{MethodName.Of(shown.Methods[method].Method)}, layer {layer + 1}"),
                   shown.Strokes[method] with { Dash = Dash.Solid },
                   shown.Words),
        ];
        int columns = Math.Max(3, layers);
        return new Figure(Name, panels, "")
        {
            Title = Invariant($"Step {label} of {total}"),
            Columns = columns,
            Width = columns * PanelWidth,
            Height = RowHeight * ((panels.Length + columns - 1) / columns),
        };
    }

    /// <summary>Dashes tell the layers; the colours are those of the methods.</summary>
    private static IEnumerable<Curve> LayerKey(int layers) => Enumerable.Range(0, layers).Select(layer =>
        new KeySample(Palette.Reference with { Dash = SpectraPanels.DashOf(layer) }) { Label = FigureText.Italic("ℓ") + Invariant($" = {layer + 1}") });

    private static string Caption(RunLog log, ActivationSpectra[] methods, double? end) =>
        "Singular values of the activations of every layer along the training of the sparse regression, by "
        + $"{string.Join(", ", methods.Select(m => MethodName.Of(m.Method)))}. "
        + SpectraPanels.Above(methods.Select(m => SpectraPanels.MethodOf(log, m)), StableRankWords.Of(log), "; colours tell the methods, dashes the layers")
        + "Histograms, a row for each method: density of the singular values over their decimal logarithm (share of all values per "
        + "decade), the largest one dashed; values below "
        + Invariant($"{SpectraPanels.SmallestShare:0e-0} of the largest that a layer reaches count in its first bin. ")
        + "A frame of step t + 1 shows what was measured before update t, the frame of step 0 the start."
        + (end is { } ceiling ? " " + LayeredLog.Outside(ceiling) : "");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What all frames show.</summary>
    private sealed record Shown(RunLog Log, ActivationSpectra[] Methods, Stroke[] Strokes, double[]?[] Edges, double? End)
    {
        public StableRankWords Words { get; } = StableRankWords.Of(Log);

        public IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> Losses() => Methods.Select((method, i) => (
            SpectraPanels.MethodOf(Log, method).Find(LayeredLog.Loss), (FigureText)MethodName.Of(method.Method), Strokes[i]));

        public IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> OfLayers(string prefix, string weight) =>
            from method in Methods.Index()
            from layer in method.Item.Layers.Index()
            let name = prefix + (weight.Length > 0 ? Invariant($"{weight}{layer.Index + 1}") : layer.Item)
            let stroke = Strokes[method.Index] with { Dash = SpectraPanels.DashOf(layer.Index) }
            select (SpectraPanels.MethodOf(Log, method.Item).Find(name), FigureText.Empty, stroke);
    }
}
