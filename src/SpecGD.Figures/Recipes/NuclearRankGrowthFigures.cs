using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>Figure 14: the gradient's nuclear rank along gradient descent, one curve a width, one panel a model.</summary>
public sealed class NuclearRankCurvesFigure : IFigureRecipe
{
    /// <inheritdoc/>
    public string Name { get; } = new NuclearRankGrowth().Name;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log) => GrowthModel.Figure(
        Name,
        log,
        _ => new Axis("Training iteration") { WholeNumbers = true, From = 0 },
        Curves,
        "Nuclear rank of the gradient along gradient descent on ReLU random features, averaged over seeds, for k features. "
        + "Left: realisable targets; right: a teacher with features of its own.");

    private static Curve[] Curves(JsonObject section) =>
    [
        .. (section["curves"]?.AsObject() ?? []).Select((curve, i) => new LineCurve(
            JsonNumber.All(curve.Value!["steps"]), JsonNumber.All(curve.Value!["values"]), GrowthModel.StrokeOf(i))
        {
            Label = FigureText.Italic("k") + $" = {curve.Key}",
        }),
    ];
}

/// <summary>Figure 15: the gradient's nuclear rank before and after the first step, against the width.</summary>
public sealed class NuclearRankStartFigure : IFigureRecipe
{
    /// <inheritdoc/>
    public string Name { get; } = new NuclearRankGrowth().Name + "-start";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log) => GrowthModel.Figure(
        Name,
        log,
        section => new Axis(FigureText.Italic("k")) { From = 0, Tics = GrowthModel.Widths(section) },
        Curves,
        "Nuclear rank of the gradient at the zero start and after one step of gradient descent, against the number k of features: "
        + "flat at the start, close to linear after one step.");

    private static Curve[] Curves(JsonObject section) => [Curve(section, "nr0", "step 0", 0), Curve(section, "nr1", "step 1", 1)];

    private static LineCurve Curve(JsonObject section, string key, string label, int ordinal)
    {
        var points = (section[key]?.AsObject() ?? [])
            .Select(p => (K: double.Parse(p.Key, CultureInfo.InvariantCulture), Rank: JsonNumber.Of(p.Value) ?? double.NaN))
            .OrderBy(p => p.K)
            .ToArray();
        return new LineCurve([.. points.Select(p => p.K)], [.. points.Select(p => p.Rank)], GrowthModel.StrokeOf(ordinal)) { Label = label };
    }
}

/// <summary>One model's results in a nuclear-rank-growth log.</summary>
internal sealed record GrowthModel(string Title, JsonObject Section)
{
    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Solid];

    /// <summary>A panel of nuclear ranks for every model in the log; null where there is none.</summary>
    public static Figure? Figure(string name, RunLog log, Func<JsonObject, Axis> horizontal, Func<JsonObject, Curve[]> curves, string caption)
    {
        ArgumentNullException.ThrowIfNull(log);
        Panel[] panels =
        [
            .. All(log).Select(model => new Panel(
                model.Title,
                horizontal(model.Section),
                new Axis("nr(∇" + FigureText.Italic("L") + ")") { From = 0 },
                curves(model.Section))),
        ];
        return panels.Length == 0 ? null : new Figure(name, panels, caption);
    }

    /// <summary>The models that the log has results of.</summary>
    private static IEnumerable<GrowthModel> All(RunLog log) =>
        from model in new[] { (NuclearRankGrowth.Model1, "Realisable"), (NuclearRankGrowth.Model2, "Teacher and student") }
        where log.Sections[model.Item1] is JsonObject
        select new GrowthModel(model.Item2, log.Sections[model.Item1]!.AsObject());

    /// <summary>The values of k, ascending.</summary>
    public static double[] Widths(JsonObject section) =>
        [.. (section["nr0"]?.AsObject() ?? []).Select(p => double.Parse(p.Key, CultureInfo.InvariantCulture)).Order()];

    /// <summary>The stroke of the <paramref name="ordinal"/>-th curve.</summary>
    public static Stroke StrokeOf(int ordinal) => Palette.Other(ordinal) with { Dash = Dashes[ordinal % Dashes.Length] };
}
