using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>A log of the sparse regression, with its methods in the order of the key.</summary>
internal sealed class LayeredLog
{
    private static readonly Dash[] Dashes = Enum.GetValues<Dash>();

    private static readonly MarkerShape[] Shapes = Enum.GetValues<MarkerShape>();

    /// <summary>Places along the axis of a small panel that the eye tells apart; of longer runs the ranks are drawn as bands.</summary>
    private const int DistinctPlaces = 250;

    /// <summary>An axis that is cut ends a little above the largest value that it shows.</summary>
    private const double Headroom = 1.05;

    private readonly RunLog _log;
    private readonly (string Name, string Label, Stroke Stroke)[] _methods;

    private LayeredLog(RunLog log)
    {
        _log = log;
        End = PowersOfTen.EndOf([.. log.Methods.Values.Select(method => method.Find(Loss)?.Values ?? [])]);
        _methods = [.. log.Methods.Keys.Zip(MethodStroke.Of(log.Methods.Keys), (name, stroke) => (name, MethodName.Of(name), stroke))];
    }

    /// <summary>What the names of series of layers and weights begin with.</summary>
    private static readonly string[] Layered = ["activations.layer", "grad_ratio.W", "weight_op_norm.W", "activation_op_norm.A"];

    /// <summary>Name of the series of losses.</summary>
    public const string Loss = "loss";

    /// <summary>Where the axis of losses ends, since a method diverged; null where it takes in all.</summary>
    public double? End { get; }

    /// <summary>What the recorded stable ranks are called.</summary>
    public StableRankWords StableRank => StableRankWords.Of(_log);

    /// <summary>Name of the experiment.</summary>
    public static string Experiment { get; } = new SparseRegression().Name;

    /// <summary>How many methods <paramref name="panels"/> show.</summary>
    public int CountIn(IEnumerable<Panel> panels) => Shown(panels).Length;

    /// <summary>The methods that <paramref name="panels"/> show, as captions list them.</summary>
    public string MethodsIn(IEnumerable<Panel> panels)
    {
        string[] names = [.. Shown(panels).Select(label => label == MethodName.Of(SparseRegression.GradientDescent) ? "gradient descent (GD)" : label)];
        string text = names.Length > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];
        return Sentence.Begin(text);
    }

    /// <summary>Whether a method has values of the series.</summary>
    public bool Has(string series) => _log.Methods.Values.Any(method => method.TryGet(series, out var values) && values.Values.Any(double.IsFinite));

    private string[] Shown(IEnumerable<Panel> panels)
    {
        var colors = panels.SelectMany(panel => panel.Curves).Where(curve => curve is not KeySample).Select(curve => curve.Stroke.Color).ToHashSet();
        return [.. _methods.Where(method => colors.Contains(method.Stroke.Color)).Select(method => method.Label)];
    }

    /// <summary>The settings for captions, in parentheses; empty where the log has none.</summary>
    public string Settings
    {
        get
        {
            string text = string.Join(", ", new[] { ("activation", "activation"), ("dim", "dim"), ("batch_size", "samples"), ("seed", "seed") }
                .Where(s => _log.Config[s.Item1] is JsonValue).Select(s => $"{s.Item2} {_log.Config[s.Item1]}"));
            return text.Length > 0 ? $" ({text})" : "";
        }
    }

    /// <summary>What captions say of bands; nothing where <paramref name="panels"/> show none.</summary>
    public static string Bands(IEnumerable<Panel> panels) => panels.Any(panel => panel.Curves.Any(curve => curve is BandCurve))
        ? " Ranks that jump from step to step are drawn as a light band between their running extremes, with the running mean as the line."
        : "";

    /// <summary>What captions say where a method diverged, and of losses that are gaps; nothing where there is nothing to say.</summary>
    public string Divergence => (HasGaps ? " " + Gaps : "") + (End is { } end ? " " + Outside(end) : "");

    /// <summary>What captions say of losses that a logarithmic axis has no place for.</summary>
    public const string Gaps = "Losses that are zero or not finite are gaps.";

    private bool HasGaps => _log.Methods.Values.Any(method => method.Find(Loss) is { } loss && loss.Values.Any(value => !(value > 0 && double.IsFinite(value))));

    /// <summary>What captions say of losses beyond the end of their axis.</summary>
    public static string Outside(double end) =>
        string.Create(CultureInfo.InvariantCulture, $"Losses above {end:G4}, as of a method that diverges, lie outside.");

    /// <summary>
    /// Where the axis of a series that grows with the loss, such as a norm, ends: a little above the largest value from before the losses leave
    /// theirs; null where none does.
    /// </summary>
    public double? EndOf(string series)
    {
        if (End is not { } end)
            return null;
        double largest = _log.Methods.Values.Max(method => LargestWithin(method, series, end));
        return largest > 0 ? Headroom * largest : null;
    }

    /// <summary>
    /// The log as one of this experiment, or null: by its configuration, or, in a log of the authors' script, by series of a third layer.
    /// </summary>
    public static LayeredLog? Of(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        bool fits = log.ConfigText("experiment") is { } experiment
            ? experiment == Experiment
            : HasLayers(log) || (log.Config.ContainsKey("batch_size") && log.Methods.Values.Any(method => method.TryGet(Loss, out _)));
        return fits && log.Methods.Values.Any(method => method.Series.Values.Any(series => series.Count > 0)) ? new LayeredLog(log) : null;
    }

    /// <summary>Whether a log has values of a second layer or weight: other scripts of the authors leave these series empty.</summary>
    public static bool HasLayers(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Methods.Values.Any(method => method.Series.Any(series => series.Value.Count > 0
            && Layered.Any(prefix => series.Key.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(series.Key.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer > 1)));
    }

    /// <summary>
    /// One line a method for each of several series: the colour and the marks tell the method, the dash the series, and the key explains all. Of
    /// lines that coincide the last covers the others, but not their marks.
    /// </summary>
    /// <param name="series">Names of the series and what the key calls their dashes.</param>
    public Curve[] Curves(params IReadOnlyList<(string Name, FigureText Label)> series)
    {
        Curve[][] curves = [.. series.Select((one, i) => Lines(one.Name, method => Marked(method) with { Dash = Dashes[i % Dashes.Length] }))];
        var shown = series.Index().Where(one => curves[one.Index].Length > 0).ToArray();
        if (shown.Length < 2)
            return shown.Length == 0 ? [] : CurvesDashedByMethod(shown[0].Item.Name);
        return
        [
            .. _methods.Index().Where(method => curves.Any(lines => lines.Any(line => line.Stroke.Color == method.Item.Stroke.Color)))
                .Select(method => new KeySample(Marked(method.Index) with { Dash = Dash.Solid }) { Label = method.Item.Label }),
            .. shown.Select(one => new KeySample(Palette.Reference with { Dash = Dashes[one.Index % Dashes.Length] }) { Label = one.Item.Label }),
            .. curves.SelectMany(lines => lines).Select(line => line with { Label = FigureText.Empty }),
        ];
    }

    /// <summary>One line a method that has the series, each method in dashes of its own, so that two lines that coincide are both seen.</summary>
    public Curve[] CurvesDashedByMethod(string series) =>
        Lines(series, method => _methods[method].Stroke with { Dash = Dashes[method % Dashes.Length] });

    /// <summary>The stroke of a method with its marks; without, where there is no other to tell it from.</summary>
    private Stroke Marked(int method) => _methods.Length == 1
        ? _methods[method].Stroke
        : _methods[method].Stroke with { Marker = new Marker(Shapes[method % Shapes.Length], method, _methods.Length) };

    private Curve[] Lines(string series, Func<int, Stroke> stroke) =>
    [
        .. from method in _methods.Index()
           let values = _log.Methods[method.Item.Name].Find(series)
           where values is { Count: > 0 }
           select CurveOf(series, values, stroke(method.Index)) with { Label = method.Item.Label },
    ];

    /// <summary>A line; of ranks over more steps than can be told apart, which then jump up and down on the spot, a band with its mean.</summary>
    private static Curve CurveOf(string name, Series values, Stroke stroke)
    {
        double[] steps = [.. values.Steps.Select(step => (double)step)];
        int reach = values.Count / DistinctPlaces;
        if (reach == 0 || !(name.StartsWith("grad_ratio", StringComparison.Ordinal) || name.StartsWith("activations", StringComparison.Ordinal)))
            return new LineCurve(steps, values.Values, stroke);
        var band = RunningBand.Of(values.Values, reach);
        return new BandCurve(steps, band.Lower, band.Upper, band.Mean, stroke);
    }

    /// <summary>The largest value of a series from before the step that takes the loss beyond <paramref name="end"/>.</summary>
    private static double LargestWithin(MethodLog method, string series, double end)
    {
        var losses = method.Find(Loss);
        int beyond = losses?.Values.ToList().FindIndex(loss => !(loss <= end)) ?? -1;
        int last = losses is null || beyond < 0 ? int.MaxValue : losses.Steps[beyond] - 1;
        var values = method.Find(series) ?? new Series();
        return values.Values.Where((value, i) => values.Steps[i] < last && double.IsFinite(value)).DefaultIfEmpty(0).Max();
    }

    /// <summary>The panel of the losses.</summary>
    public Panel LossPanel() => Panel("Training loss", "Mean squared error", logarithmic: true, CurvesDashedByMethod(Loss), End);

    /// <summary>A panel over the training steps.</summary>
    public Panel Panel(FigureText title, FigureText label, bool logarithmic, IReadOnlyList<Curve> curves, double? to = null) => new(
        title,
        new Axis("Training iteration")
        {
            WholeNumbers = true,
            From = 0,
            To = Math.Max(1, _log.Methods.Values.SelectMany(m => m.Series.Values).Max(series => series.Count > 0 ? series.Steps[^1] + 1 : 1)),
        },
        new Axis(label) { Logarithmic = logarithmic, From = logarithmic ? null : 0, To = to },
        curves);
}
