using SpecGD.Diagnosis;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Diagnosis;

/// <summary>Singular values of gradients and activations side by side, of some layers or of one.</summary>
public static class SpectrumFigure
{
    /// <summary>Layers whose spectra are shown together.</summary>
    private const int MostLayers = 6;

    /// <summary>Values below this share of the largest are rounding and would only stretch the axis.</summary>
    private const double Smallest = 1e-8;

    /// <summary>The layers with the highest and the lowest nr/st and some between; null where none has a spectrum.</summary>
    public static Figure? Of(IReadOnlyList<LayerDiagnosis> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        LayerDiagnosis[] able = [.. layers.Where(layer => layer.Kind != "norm"
            && layer.GradientSpectrum.Count > 1).OrderByDescending(layer => layer.Ratio ?? 0)];
        if (able.Length == 0)
            return null;
        int count = Math.Min(MostLayers, able.Length);
        LayerDiagnosis[] chosen = [.. Enumerable.Range(0, count).Select(i => able[count == 1 ? 0 : i * (able.Length - 1) / (count - 1)])];
        return new Figure(
            "spectra",
            [
                Panel("Gradient " + FigureText.Italic("G"), chosen, layer => layer.GradientSpectrum),
                Panel("Activations " + FigureText.Italic("A"), chosen, layer => layer.ActivationSpectrum),
            ],
            $"Singular values over the largest, of {count} of the {Counted.Of(able.Length, "layer")}, from the highest nr/st to the lowest. A gradient with a "
                + $"flat curve is spread over "
            + "many directions (high nr); activations whose curve drops at once use few (low st).")
        {
            Width = 10,
            Height = 4.2,
        };
    }

    /// <summary>The spectrum of one matrix, as it was asked for.</summary>
    /// <param name="name">Name of the figure's files.</param>
    /// <param name="title">What it is the spectrum of.</param>
    /// <param name="values">Singular values, descending, one at least that is not zero.</param>
    public static Figure OfOne(string name, string title, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var curve = Curve(values, Palette.SpecGd);
        return new Figure(
            name,
            [new Panel(title, new Axis("index") { WholeNumbers = true }, new Axis(RelativeLabel) { Logarithmic = true }, [curve])],
            $"Singular values over the largest: {title}.")
        {
            Columns = 1,
            Width = 6,
            Height = 4,
        };
    }

    private static FigureText RelativeLabel => FigureText.Italic("σ") + FigureText.Subscript("i") + " / " + FigureText.Italic("σ")
        + FigureText.Subscript("1");

    private static Panel Panel(FigureText title, LayerDiagnosis[] layers, Func<LayerDiagnosis, IReadOnlyList<double>> spectrum)
    {
        var curves = layers.Select((layer, i) => (Curve)(Curve(spectrum(layer),
            Palette.Other(i)) with { Label = DiagnosisFigures.Shortened(layer.Name) }));
        return new Panel(title, new Axis("index") { WholeNumbers = true }, new Axis(RelativeLabel) { Logarithmic = true },
            [.. curves]) { Key = KeyPlacement.Below };
    }

    private static LineCurve Curve(IReadOnlyList<double> values, Stroke stroke)
    {
        double[] relative = [.. values.Select(value => value / values[0]).TakeWhile(value => value > Smallest)];
        return new LineCurve([.. Enumerable.Range(1, relative.Length).Select(i => (double)i)], relative, stroke);
    }
}
