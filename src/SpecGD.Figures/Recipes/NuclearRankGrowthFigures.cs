using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
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
        _ => "Nuclear rank of the gradient along gradient descent on ReLU random features, averaged over seeds, for k features.");

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
        Caption);

    private static string Caption(IReadOnlyList<LogNode> sections)
    {
        bool before = sections.Any(section => section["nr0"].Exists), after = sections.Any(section => section["nr1"].Exists);
        return "Nuclear rank of the gradient " + (before ? "at the zero start" : "") + (before && after ? " and " : "")
            + (after ? "after one step of gradient descent" : "") + ", against the number k of features."
            + (before && after ? " The paper has it bounded at the start and linear after one step." : "");
    }

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
internal sealed record GrowthModel(string Title, string Meaning, LogNode Section)
{
    private const double WidthOfTwo = 10, WidthOfOne = 6;

    private static readonly Dash[] Dashes = [Dash.Solid, Dash.Dashed, Dash.DashDot, Dash.Solid];

    /// <summary>A panel of nuclear ranks for every model in the log; null where there is none.</summary>
    public static Figure? Figure(string name, RunLog log, Func<LogNode, Axis> horizontal, Func<LogNode, Curve[]> curves, Func<IReadOnlyList<LogNode>, string> caption)
    {
        ArgumentNullException.ThrowIfNull(log);
        var models = All(log).Select(model => (Model: model, Panel: new Panel(
            model.Title,
            horizontal(model.Section),
            new Axis("nr(∇" + FigureText.Italic("L") + ")") { From = 0 },
            curves(model.Section)))).Where(model => PanelPlan.HasData(model.Panel)).ToArray();
        return models.Length == 0 ? null : new Figure(
            name, [.. models.Select(model => model.Panel)], $"{caption([.. models.Select(model => model.Model.Section)])} {Sides([.. models.Select(model => model.Model.Meaning)])}")
        {
            Columns = models.Length,
            Width = models.Length == 1 ? WidthOfOne : WidthOfTwo,
        };
    }

    private static string Sides(string[] meanings) => meanings is [var left, var right] ? $"Left: {left}; right: {right}."
        : Sentence.Begin(meanings[0]) + ".";

    /// <summary>The models that the log has results of.</summary>
    private static IEnumerable<GrowthModel> All(RunLog log) =>
        from model in new[]
        {
            (NuclearRankGrowth.Model1, "Realisable", "realisable targets"),
            (NuclearRankGrowth.Model2, "Teacher and student", "a teacher with features of its own"),
        }
        let section = LogNode.Section(log, model.Item1)
        where section.IsObject
        select new GrowthModel(model.Item2, model.Item3, section);

    /// <summary>The values of k, ascending.</summary>
    public static double[] Widths(LogNode section) =>
        [.. section["nr0"].NumberedMembers().Concat(section["nr1"].NumberedMembers()).Select(member => member.Key).Distinct().Order()];

    /// <summary>The stroke of the <paramref name="ordinal"/>-th curve.</summary>
    public static Stroke StrokeOf(int ordinal) => Palette.Other(ordinal) with { Dash = Dashes[ordinal % Dashes.Length] };
}
