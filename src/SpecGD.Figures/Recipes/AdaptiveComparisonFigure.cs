using SpecGD.Experiments;
using SpecGD.Experiments.Adaptive;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The loss of gradient descent, SpecGD and the adaptive method in every setting, a line for every seed.</summary>
public sealed class AdaptiveComparisonFigure : IFigureRecipe
{
    private const double PanelWidth = 4.9, PanelHeight = 3.8, LineWidth = 1.4;
    private const int MostColumns = 3;

    private static readonly string[] Methods = [RandomFeature.GradientDescent, RandomFeature.SpecGd, RandomFeature.Adaptive];

    /// <inheritdoc/>
    public string Name => AdaptiveComparison.ExperimentName;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        AdaptiveRow[] rows = [.. AdaptiveRow.All(log).Where(row => Methods.Contains(row.Method) && row.Loss.Values.Any(value => value > 0 && double.IsFinite(value)))];
        if (rows.Length == 0)
            return null;
        Panel[] panels = [.. rows.GroupBy(row => row.Setting).Select(setting => Of(setting.Key, [.. setting]))];
        int columns = Math.Min(MostColumns, panels.Length), lines = (panels.Length + columns - 1) / columns;
        return new Figure(
            Name,
            panels,
            Caption(rows, panels))
        {
            Columns = columns,
            Width = columns * PanelWidth,
            Height = lines * PanelHeight,
        };
    }

    private static string Caption(AdaptiveRow[] rows, Panel[] panels)
    {
        string[] drawn = [.. Methods.Where(method => rows.Any(row => row.Method == method))];
        string[] names = [.. drawn.Select(method => method == RandomFeature.GradientDescent ? "gradient descent (GD)"
            : method == RandomFeature.Adaptive ? "the adaptive method, which takes the step of either, layer by layer, as nr(G) and st(A) say" : MethodName.Of(method))];
        return $"Training loss of {(names.Length > 1 ? $"{string.Join(", ", names[..^1])}, and {names[^1]}" : names[0])}; a line for every seed."
            + (drawn.Length > 1 && drawn.Contains(RandomFeature.Adaptive)
                ? " Where the adaptive method takes the steps of one of the two throughout, its dashes run along that line." : "")
            + (panels.Any(panel => panel.Y.To is not null)
                ? " Where losses grow more than a decade beyond the power of ten above the first ones, as of runs that diverge, the axis ends there." : "");
    }

    private static Panel Of(string setting, AdaptiveRow[] rows) => new(
        TitleOf(setting),
        new Axis("Training iteration") { WholeNumbers = true, From = 0, To = 1 + rows.Max(row => row.Loss.Steps[^1]) },
        new Axis("Training loss") { Logarithmic = true, To = PowersOfTen.EndOf([.. rows.Select(row => row.Loss.Values)]) },
        [
            .. from method in Methods
               from row in rows.Where(row => row.Method == method).Index()
               select new LineCurve([.. row.Item.Loss.Steps.Select(step => (double)step)], row.Item.Loss.Values, MethodStroke.RoleOf(method)! with { Width = LineWidth })
               {
                   Label = row.Index == 0 ? MethodName.Of(method) : FigureText.Empty,
               },
        ]);

    private static string TitleOf(string setting) => setting switch
    {
        AdaptiveComparisonOptions.FeaturesRelu => "Random features, ReLU",
        AdaptiveComparisonOptions.FeaturesSwiGlu => "Random features, SwiGLU",
        AdaptiveComparisonOptions.SparseRelu => "Sparse regression, ReLU²",
        AdaptiveComparisonOptions.SparseSwiGluSmall => "Sparse regression, SwiGLU, small batch",
        AdaptiveComparisonOptions.SparseSwiGluLarge => "Sparse regression, SwiGLU, large batch",
        _ => setting,
    };
}
