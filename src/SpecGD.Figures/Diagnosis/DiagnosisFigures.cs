using System.Globalization;
using SpecGD.Diagnosis;
using SpecGD.Figures.Model;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Figures.Diagnosis;

/// <summary>The figures of a diagnosis: nr/st of every layer in network order, a map of layers and steps, and spectra.</summary>
public static class DiagnosisFigures
{
    /// <summary>Layers in one figure; more are divided over several, so that names stay readable.</summary>
    private const int MostLayers = 60;

    /// <summary>Steps in one map; of more, evenly spaced ones are shown.</summary>
    private const int MostSteps = 24;

    private const double LayerHeight = 0.2, FrameHeight = 1.6, PointSize = 0.75, WhiskerWidth = 2.2;

    /// <summary>Longest name of a layer on an axis, in characters.</summary>
    private const int LongestName = 34;

    private static readonly Stroke Whisker = new("#BBBBBB", WhiskerWidth);

    private static readonly (Verdict Verdict, Stroke Stroke, string Label)[] Verdicts =
    [
        (Verdict.Spectral, Palette.SpecGd, "spectral: nr ≥ 2 st"),
        (Verdict.Undecided, Palette.Other(1), "undecided: st ≤ nr < 2 st"),
        (Verdict.Euclidean, Palette.GradientDescent, "Euclidean: nr < st"),
    ];

    /// <summary>Classes of nr/st from low to high, each up to its bound; two hues that colour-blind readers tell apart, light near 1.</summary>
    private static readonly (double Below, string Color, string Label)[] Classes =
    [
        (0.25, "#08519C", "below 1/4"), (0.5, "#4292C6", "1/4 to 1/2"), (1, "#B9D7EA", "1/2 to 1"),
        (2, "#FDE0B5", "1 to 2"), (4, "#F2A541", "2 to 4"), (16, "#C8690A", "4 to 16"), (double.PositiveInfinity, "#7A3B00", "16 and more"),
    ];

    /// <summary>All figures that <paramref name="diagnosis"/> has something to show in.</summary>
    public static IReadOnlyList<Figure> Of(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var judged = diagnosis.Trends.Where(trend => trend.Judged.Count > 0).Chunk(MostLayers).ToArray();
        var figures = new List<Figure>();
        foreach (var (i, part) in judged.Index())
            figures.Add(Ratios(part, judged.Length == 1 ? "ratios" : Numbered("ratios", i)));
        if (diagnosis.Steps.Count > 1)
        {
            foreach (var (i, part) in judged.Index())
                figures.Add(Map(part, diagnosis.Steps, judged.Length == 1 ? "steps" : Numbered("steps", i)));
        }
        if (SpectrumFigure.Of([.. judged.SelectMany(part => part).Select(trend => trend.Last)]) is { } spectra)
            figures.Add(spectra);
        return figures;
    }

    private static string Numbered(string name, int i) => string.Create(CultureInfo.InvariantCulture, $"{name}-{i + 1}");

    private static Figure Ratios(LayerTrend[] layers, string name)
    {
        var curves = new List<Curve>();
        var rows = layers.Select((trend, i) => (Row: trend.Judged[^1], Y: (double)(layers.Length - i))).ToArray();
        foreach (var (row, y) in rows)
            if (RangeOf(row) is var (low, high))
                curves.Add(new LineCurve([low, high], [y, y], Whisker));
        foreach (var (verdict, stroke, label) in Verdicts)
        {
            var some = rows.Where(row => row.Row.Judgement!.Value.Verdict == verdict).ToArray();
            curves.Add(new PointCurve([.. some.Select(row => row.Row.Ratio!.Value)], [.. some.Select(row => row.Y)], stroke) { Size = PointSize,
                Label = label, Names = [.. some.Select(row => NameOf(row.Row))] });
        }
        curves.Add(new VerticalLine(1, Palette.Reference));
        double step = rows.Max(row => row.Row.Step ?? 0);
        string when = rows.Any(row => row.Row.Step is not null) ? string.Create(CultureInfo.InvariantCulture, $" at step {step:0}") : "";
        var x = new Axis(Ratio) { Logarithmic = true, Covers = [0.9, 1.1] };
        return new Figure(
            name,
            [new Panel(FigureText.Empty, x, LayerAxis(layers), curves) { Key = KeyPlacement.Below }],
            $"nr(G)/st(A) of every layer{when}, in network order from the top. Right of the dashed line at 1 a spectral step promises the larger "
                + $"decrease "
            + "of the loss, left of it a Euclidean one. Grey: what the 95 % interval of st(A) leaves" + (rows.Any(row => row.Row.NuclearRankInterval is not null) ? ", and that of nr(G) where it was captured." : "."))
        {
            Columns = 1,
            Width = 7.2,
            Height = FrameHeight + (LayerHeight * layers.Length),
        };
    }

    /// <summary>The ends of nr/st by both intervals; null where there is none.</summary>
    private static (double Low, double High)? RangeOf(LayerDiagnosis row)
    {
        if (row is { Interval: null, NuclearRankInterval: null })
            return null;
        var (least, most) = row.NuclearRankInterval ?? (row.NuclearRank!.Value, row.NuclearRank!.Value);
        return (least / (row.Interval?.High ?? row.StableRank!.Value), most / (row.Interval?.Low ?? row.StableRank!.Value));
    }

    /// <summary>"blocks.0.c_fc, 64 × 32: nr 8.1, st 3.2, nr/st 2.5, spectral, step 5".</summary>
    private static string NameOf(LayerDiagnosis row)
    {
        string shape = row.Shape is var (rows, columns) ? string.Create(CultureInfo.InvariantCulture, $", {rows} × {columns}") : "";
        string step = row.Step is { } number ? string.Create(CultureInfo.InvariantCulture, $", step {number}") : "";
        return $"{row.Name}{shape}: nr {NumberText.Of(row.NuclearRank!.Value)}, st {NumberText.Of(row.StableRank!.Value)}, nr/st {NumberText.Of(row.Ratio!.Value)}, {row.Judgement!.Value.Verdict.Word()}{step}";
    }

    private static Figure Map(LayerTrend[] layers, IReadOnlyList<long> steps, string name)
    {
        long[] shown = steps.Count <= MostSteps ? [.. steps]
            : [.. Enumerable.Range(0, MostSteps).Select(i => steps[(int)((long)i * (steps.Count - 1) / (MostSteps - 1))]).Distinct()];
        var tiles = from layer in layers.Select((trend, i) => (Trend: trend, Y: (double)(layers.Length - i)))
                    from row in layer.Trend.Judged
                    let x = Array.IndexOf(shown, row.Step ?? 0)
                    where x >= 0
                    select (X: (double)(x + 1), layer.Y, Name: NameOf(row), Class: Array.FindIndex(Classes, c => row.Ratio!.Value < c.Below));
        var curves = Classes.Select((c, i) =>
        {
            var some = tiles.Where(tile => tile.Class == i).ToArray();
            return (Curve)new TileCurve([.. some.Select(tile => tile.X)], [.. some.Select(tile => tile.Y)], new Stroke(c.Color,
                1)) { Label = c.Label, Names = [.. some.Select(tile => tile.Name)] };
        });
        var across = new Axis("step")
        {
            From = 0.5,
            To = shown.Length + 0.5,
            Tics = [.. Enumerable.Range(1, shown.Length).Select(i => (double)i)],
            TicTexts = [.. shown.Select(step => (FigureText)step.ToString(CultureInfo.InvariantCulture))],
        };
        return new Figure(
            name,
            [new Panel(FigureText.Empty, across, LayerAxis(layers), [.. curves]) { Key = KeyPlacement.Below }],
            "nr(G)/st(A) of every layer (in network order from the top) at every captured step: blue below 1, where a Euclidean step promises "
                + "more, orange above, "
            + "where a spectral one does; the darker, the clearer. White: not measured.")
        {
            Columns = 1,
            Width = 7.2,
            Height = FrameHeight + 0.5 + (LayerHeight * layers.Length),
        };
    }

    private static FigureText Ratio => FigureText.Italic("nr") + "(" + FigureText.Italic("G") + ") / " + FigureText.Italic("st") + "("
        + FigureText.Italic("A") + ")";

    private static Axis LayerAxis(LayerTrend[] layers) => new(FigureText.Empty)
    {
        From = 0.5,
        To = layers.Length + 0.5,
        Tics = [.. Enumerable.Range(1, layers.Length).Select(i => (double)i)],
        TicTexts = [.. layers.Reverse().Select(trend => (FigureText)Shortened(trend.Name))],
    };

    /// <summary>A name that fits beside an axis: its end tells more than its beginning.</summary>
    internal static string Shortened(string name) => name.Length <= LongestName ? name : "…" + name[^(LongestName - 1)..];
}
