using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>A log of the sparse regression, with its methods in the order of the key.</summary>
internal sealed class LayeredLog
{
    /// <summary>The authors' plotting looks for SpecGD under this name; their runs write <c>specgd</c>. Both are drawn.</summary>
    private const string BlockSpecGd = "block_specgd";

    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Dotted];

    /// <summary>Places along the axis of a small panel that the eye tells apart; of longer runs the ranks are drawn as bands.</summary>
    private const int DistinctPlaces = 250;

    private readonly RunLog _log;
    private readonly (string Name, string Label, Stroke Stroke)[] _methods;

    private LayeredLog(RunLog log)
    {
        _log = log;
        var others = log.Methods.Keys.Where(name => RoleOf(name) is null).ToList();
        _methods = [.. log.Methods.Keys.Select(name => (name, LabelOf(name), RoleOf(name) ?? Palette.Other(others.IndexOf(name))))];
    }

    /// <summary>Name of the experiment.</summary>
    public static string Experiment { get; } = new SparseRegression().Name;

    /// <summary>The methods as captions list them.</summary>
    public string Methods
    {
        get
        {
            string[] names = [.. _methods.Select(method => method.Label == "GD" ? "gradient descent (GD)" : method.Label)];
            string text = names.Length > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];
            return char.ToUpperInvariant(text[0]) + text[1..];
        }
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

    /// <summary>What captions say of bands; nothing where there are none.</summary>
    public string Bands => _log.Methods.Values.Any(method => method.Series.Values.Any(series => series.Count >= DistinctPlaces))
        ? " Ranks that jump from step to step are drawn as a light band between their running extremes, with the running mean as the line."
        : "";

    /// <summary>
    /// The log as one of this experiment, or null: by its configuration, or, in a log of the authors' script, by series of a third layer.
    /// </summary>
    public static LayeredLog? Of(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        bool fits = log.ConfigText("experiment") is { } experiment
            ? experiment == Experiment
            : log.Methods.Values.Any(method => method.Find("activations.layer3") is not null);
        return fits && log.Methods.Values.Any(method => method.TryGet("loss", out _)) ? new LayeredLog(log) : null;
    }

    /// <summary>One line a method for each of several series: the colour tells the method, the dash the series, and the key explains both.</summary>
    /// <param name="series">Names of the series and what the key calls their dashes.</param>
    public Curve[] Curves(params IReadOnlyList<(string Name, FigureText Label)> series)
    {
        Curve[][] curves = [.. series.Select((one, i) => Lines(one.Name, _ => Dashes[i % Dashes.Length]))];
        var shown = series.Index().Where(one => curves[one.Index].Length > 0).ToArray();
        if (shown.Length < 2)
            return shown.Length == 0 ? [] : CurvesDashedByMethod(shown[0].Item.Name);
        return
        [
            .. _methods.Where(method => curves.Any(lines => lines.Any(line => line.Stroke.Color == method.Stroke.Color)))
                .Select(method => new KeySample(method.Stroke) { Label = method.Label }),
            .. shown.Select(one => new KeySample(Palette.Reference with { Dash = Dashes[one.Index % Dashes.Length] }) { Label = one.Item.Label }),
            .. curves.SelectMany(lines => lines).Select(line => line with { Label = FigureText.Empty }),
        ];
    }

    /// <summary>One line a method that has the series, each method in dashes of its own, so that two lines that coincide are both seen.</summary>
    public Curve[] CurvesDashedByMethod(string series) => Lines(series, method => Dashes[method % Dashes.Length]);

    private Curve[] Lines(string series, Func<int, Dash> dash) =>
    [
        .. from method in _methods.Index()
           let values = _log.Methods[method.Item.Name].Find(series)
           where values is { Count: > 0 }
           select CurveOf(series, values, method.Item.Stroke with { Dash = dash(method.Index) }) with { Label = method.Item.Label },
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

    /// <summary>A panel over the training steps.</summary>
    public Panel Panel(FigureText title, FigureText label, bool logarithmic, IReadOnlyList<Curve> curves) => new(
        title,
        new Axis("Training iteration")
        {
            WholeNumbers = true,
            From = 0,
            To = Math.Max(1, _log.Methods.Values.Max(m => m.Find("loss") is { Count: > 0 } loss ? loss.Steps[^1] + 1 : 1)),
        },
        new Axis(label) { Logarithmic = logarithmic, From = logarithmic ? null : 0 },
        curves);

    /// <summary>What the key calls the method <paramref name="name"/>.</summary>
    public static string LabelOf(string name) => name switch
    {
        SparseRegression.GradientDescent => "GD",
        SparseRegression.SpecGd or BlockSpecGd => "SpecGD",
        SparseRegression.Adaptive => "Adaptive",
        "muon" => "Muon",
        "adam" => "Adam",
        "adamw" => "AdamW",
        _ => name,
    };

    /// <summary>The stroke of the methods that every figure draws alike; null for the others.</summary>
    private static Stroke? RoleOf(string name) => name switch
    {
        SparseRegression.GradientDescent => Palette.GradientDescent,
        SparseRegression.SpecGd or BlockSpecGd => Palette.SpecGd,
        SparseRegression.Adaptive => Palette.Adaptive,
        _ => null,
    };
}
