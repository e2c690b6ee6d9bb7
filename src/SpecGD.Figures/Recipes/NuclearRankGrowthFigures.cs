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

    private static Curve[] Curves(LogNode section) =>
    [
        .. from member in section["curves"].Members.Index()
           let curve = member.Item.Node.ToSeries()
           select new LineCurve([.. curve.Steps.Select(step => (double)step)], curve.Values, GrowthModel.StrokeOf(member.Index))
           {
               Label = FigureText.Italic("k") + $" = {member.Item.Name}",
           },
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
        "Nuclear rank of the gradient at the zero start and after one step of gradient descent, against the number k of features. "
        + "The paper has it bounded at the start and linear after one step.");

    private static Curve[] Curves(LogNode section) =>
        [Curve(section, "nr0", "step 0", 0, MarkerShape.Circle), Curve(section, "nr1", "step 1", 1, MarkerShape.Square)];

    private static LineCurve Curve(LogNode section, string key, string label, int ordinal, MarkerShape mark)
    {
        var points = section[key].NumberedMembers();
        double[] k = [.. points.Select(p => p.Key)], ranks = [.. points.Select(p => p.Node.Number ?? double.NaN)];
        return new LineCurve(k, ranks, GrowthModel.StrokeOf(ordinal) with { Marker = new Marker(mark) }) { Label = label };
    }
}

/// <summary>One model's results in a nuclear-rank-growth log.</summary>
internal sealed record GrowthModel(string Title, LogNode Section)
{
    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Solid];

    /// <summary>A panel of nuclear ranks for every model in the log; null where there is none.</summary>
    public static Figure? Figure(string name, RunLog log, Func<LogNode, Axis> horizontal, Func<LogNode, Curve[]> curves, string caption)
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
        let section = LogNode.Section(log, model.Item1)
        where section.IsObject
        select new GrowthModel(model.Item2, section);

    /// <summary>The values of k, ascending.</summary>
    public static double[] Widths(LogNode section) =>
        [.. section["nr0"].NumberedMembers().Select(member => member.Key)];

    /// <summary>The stroke of the <paramref name="ordinal"/>-th curve.</summary>
    public static Stroke StrokeOf(int ordinal) => Palette.Other(ordinal) with { Dash = Dashes[ordinal % Dashes.Length] };
}
