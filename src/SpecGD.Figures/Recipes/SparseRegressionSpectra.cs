using System.Globalization;
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
    private const int PanelsInARow = 3, Bins = 30;

    /// <summary>Singular values come in single precision: below this share of the largest they are rounding errors.</summary>
    private const double SmallestShare = 1e-8;

    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Dotted];

    /// <inheritdoc/>
    public string Name => LayeredLog.Experiment + "-spectra";

    /// <inheritdoc/>
    public IReadOnlyList<Animation> Compose(RunLog log)
    {
        ActivationSpectra[] all = [.. ActivationSpectra.All(log).Where(HasValues)];
        double? end = PowersOfTen.EndOf([.. all.Select(spectra => MethodOf(log, spectra).Find(LayeredLog.Loss)?.Values ?? [])]);
        var animations = all.Select(spectra => Of(spectra, MethodOf(log, spectra), Alike(all, spectra), end));
        return SharedLayout.WithSharedAxes([.. animations.DistinctBy(animation => animation.Name)]);
    }

    private static bool HasValues(ActivationSpectra spectra) =>
        spectra.Frames.Any(frame => frame.Spectra.Any(values => values.Any(value => value > 0)));

    private static MethodLog MethodOf(RunLog log, ActivationSpectra spectra) => log.Methods.GetValueOrDefault(spectra.Method) ?? new MethodLog();

    /// <summary>The spectra that have the same layers as <paramref name="spectra"/>, itself among them: their histograms share their bins.</summary>
    private static ActivationSpectra[] Alike(ActivationSpectra[] all, ActivationSpectra spectra) =>
        [.. all.Where(other => other.Layers.SequenceEqual(spectra.Layers))];

    private Animation Of(ActivationSpectra spectra, MethodLog method, ActivationSpectra[] alike, double? end)
    {
        string name = $"{Name}-{string.Concat(spectra.Method.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}";
        string label = MethodName.Of(spectra.Method);
        double[]?[] edges = [.. spectra.Layers.Select((_, layer) => EdgesOf(alike, layer))];
        var frames = Sampling.Spread(spectra.Frames, Sampling.MostFrames).Select(frame =>
        {
            var nuclearRanks = Past(spectra, frame, "Nuclear rank of the gradients", Ranks("nr", "G"), OfLayers(spectra, method, "grad_ratio.", "W"));
            var stableRanks = Past(spectra, frame, "Stable rank of the activations", Ranks("st", "A"), OfLayers(spectra, method, "activations.", ""));
            Panel[] panels =
            [
                Past(spectra, frame, "Training loss", new Axis("Mean squared error") { Logarithmic = true, To = end }, Loss(method)),
                stableRanks with { Key = nuclearRanks.Curves.Count > 0 ? KeyPlacement.None : KeyPlacement.Automatic }, // one key tells the layers
                nuclearRanks,
                .. spectra.Layers.Select((_, layer) => Histogram(frame, layer, edges[layer])),
            ];
            return new Figure(name, panels, "")
            {
                Title = Invariant($"{label}, step {frame.Label} of {spectra.TotalSteps}"),
                Columns = PanelsInARow,
                Width = PanelsInARow * PanelWidth,
                Height = RowHeight * ((panels.Length + PanelsInARow - 1) / PanelsInARow),
            };
        });
        return new Animation(name, [.. frames], Caption(label, end), FramesPerSecond);
    }

    private static IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> Loss(MethodLog method) =>
        [(method.Find(LayeredLog.Loss), FigureText.Empty, Palette.GradientDescent with { Color = "#000000" })];

    /// <summary>The series of the layers: those named as the layers are, or of the weights of the same numbers.</summary>
    private static IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> OfLayers(
        ActivationSpectra spectra, MethodLog method, string prefix, string weight) =>
        spectra.Layers.Select((layer, i) => (
            method.Find(prefix + (weight.Length > 0 ? Invariant($"{weight}{i + 1}") : layer)),
            FigureText.Italic("ℓ") + Invariant($" = {i + 1}"),
            StrokeOf(i)));

    /// <summary>Series up to the frame's step, each ending in a point.</summary>
    private static Panel Past(
        ActivationSpectra spectra, SpectrumFrame frame, string title, Axis y, IEnumerable<(Series? Series, FigureText Label, Stroke Stroke)> series)
    {
        var curves = new List<Curve>();
        foreach (var (values, label, stroke) in series)
        {
            int count = values?.Steps.Count(step => step <= frame.Step) ?? 0;
            if (count == 0)
                continue;
            double[] steps = [.. values!.Steps.Take(count).Select(step => (double)step)];
            if (!label.IsEmpty)
                curves.Add(new KeySample(stroke) { Label = label }); // the key stays the same while a line is still a point
            curves.Add(new LineCurve(steps, [.. values.Values.Take(count)], stroke));
            curves.Add(new PointCurve([steps[^1]], [values.Values[count - 1]], stroke) { Size = 0.8 });
        }
        var x = new Axis("Training iteration") { WholeNumbers = true, From = 0, To = Math.Max(1, spectra.TotalSteps) };
        return new Panel(title, x, y, curves);
    }

    private static Panel Histogram(SpectrumFrame frame, int layer, double[]? edges)
    {
        double[] values = [.. frame.Spectra[layer]];
        bool shows = edges is not null && values.Any(value => value > 0);
        var mark = "largest, " + FigureText.Italic("σ") + FigureText.Subscript("1");
        Curve[] curves = shows ? SpectrumHistogram.Curves(values, edges!, StrokeOf(layer), mark) : [];
        FigureText title = Invariant($"Layer {layer + 1}");
        if (frame.StableRanks[layer] is { } st && double.IsFinite(st))
            title += ",  st(" + FigureText.Italic("A") + FigureText.Subscript(Invariant($"{layer + 1}")) + Invariant($") = {st:0.00}");
        var x = new Axis("Singular value " + FigureText.Italic("σ")) { Logarithmic = true, Covers = edges is null ? [] : [edges[0], edges[^1]] };
        return new Panel(title, x, SpectrumHistogram.DensityAxis(curves), curves);
    }

    /// <summary>Bins for one layer that hold its values in every frame of every method; null where it has none above 0.</summary>
    private static double[]? EdgesOf(ActivationSpectra[] alike, int layer)
    {
        double[] values = [.. alike.SelectMany(spectra => spectra.Frames).SelectMany(frame => frame.Spectra[layer]).Where(value => value > 0)];
        return values.Length == 0 ? null : SpectrumHistogram.Edges(Math.Max(values.Min(), SmallestShare * values.Max()), values.Max(), Bins);
    }

    private static Axis Ranks(string measure, string of) =>
        new(measure + "(" + FigureText.Italic(of) + FigureText.Subscript("ℓ") + ")") { From = 0 };

    private static Stroke StrokeOf(int layer) => Palette.Other(layer) with { Dash = Dashes[layer % Dashes.Length] };

    private static string Caption(string label, double? end) =>
        $"Singular values of the activations of every layer along the training of the sparse regression by {label}. "
        + "Above: training loss, stable rank of the activations and nuclear rank of the gradients until the frame's step. "
        + "Below: density of the singular values over their decimal logarithm (share of all values per decade), the largest one dashed; values below "
        + Invariant($"{SmallestShare:0e-0} of the largest that a layer reaches count in its first bin. ")
        + "A frame of step t + 1 shows what was measured before update t, the frame of step 0 the start. "
        + "Colours and dashes tell the layers apart. Axes and bins are those of all methods of the run."
        + (end is { } ceiling ? " " + LayeredLog.Outside(ceiling) : "");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
