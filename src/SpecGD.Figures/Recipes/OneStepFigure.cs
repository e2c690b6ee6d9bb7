using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Experiments.OneStepTrials;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The measured ratio of the two single steps' decreases against the predicted one: a point for every layer and iterate, a panel for every model.</summary>
public sealed class OneStepFigure : IFigureRecipe
{
    /// <summary>Ratios beyond this are rounding and would press all others together.</summary>
    private const double Farthest = 1e6;

    private const double PanelWidth = 4.9, PanelHeight = 4.6, PointSize = 0.5;
    private const int MostColumns = 3;

    private static readonly Stroke Wrong = Palette.Shade, Diagonal = Palette.Reference;

    /// <inheritdoc/>
    public string Name => OneStep.ExperimentName;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        OneStepRow[] rows = [.. OneStepRow.All(log).Where(row => row.IsWhole && Fits(row.Predicted) && Fits(row.Measured))];
        if (rows.Length == 0)
            return null;
        bool isWhole = log.Interrupted is null;
        Panel[] panels = [.. rows.GroupBy(row => row.Model).Select(model => Of(model.Key, [.. model], isWhole))];
        int columns = Math.Min(MostColumns, panels.Length), lines = (panels.Length + columns - 1) / columns;
        return new Figure(Name, panels, Caption(rows, isWhole)) { Columns = columns, Width = columns * PanelWidth, Height = lines * PanelHeight };
    }

    private static bool Fits(double ratio) => ratio is > 1 / Farthest and < Farthest;

    private static Panel Of(string model, OneStepRow[] rows, bool isWhole)
    {
        double[] x = [.. rows.Select(row => row.Predicted)], y = [.. rows.Select(row => row.Measured)];
        var (left, right) = Around(x);
        var (bottom, top) = Around(y);
        double low = Math.Max(left, bottom), high = Math.Min(right, top);
        var kinds = rows.GroupBy(row => row.Kind).Index();
        return new Panel(
            isWhole ? string.Create(CultureInfo.InvariantCulture, $"{TitleOf(model)}: {OneStepSummary.ShareRight(rows):P0} right") : TitleOf(model),
            new Axis("Predicted: nr(" + FigureText.Italic("G") + ")/st(" + FigureText.Italic("A") + ")") { Logarithmic = true, From = left, To = right },
            new Axis("Measured ratio of decreases") { Logarithmic = true, From = bottom, To = top },
            [
                new BandCurve([left, 1], [1, 1], [top, top], null, Wrong),
                new BandCurve([1, right], [bottom, bottom], [1, 1], null, Wrong),
                new LineCurve([low, high], [low, high], Diagonal),
                .. kinds.Select(kind => new PointCurve(
                    [.. kind.Item.Select(row => row.Predicted)], [.. kind.Item.Select(row => row.Measured)], Palette.Kind(kind.Index))
                {
                    Label = kind.Item.Key,
                    Size = PointSize,
                }),
            ])
        {
            Key = KeyPlacement.Below,
        };
    }

    /// <summary>Powers of ten around the values and around 1.</summary>
    private static (double From, double To) Around(double[] values) => (
        Math.Pow(10, Math.Floor(Math.Log10(Math.Min(0.5, values.Min())))),
        Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(2, values.Max())))));

    private static string TitleOf(string model) => model switch
    {
        "random-feature relu" => "Random features, ReLU",
        "random-feature swiglu" => "Random features, SwiGLU",
        "four-layer relu_square" => "Four layers, ReLU²",
        "four-layer swiglu" => "Four layers, SwiGLU",
        "nanogpt tiny" => "NanoGPT, blocks alone",
        _ => model,
    };

    private static string Caption(OneStepRow[] rows, bool isWhole) =>
        "Both single steps from the same iterates: the spectral step's true decrease of the loss over that of the Euclidean step, "
        + "against the ratio nr(G)/st(A) of what the two guarantee (for all layers together the ratio of the sums). "
        + "Each step has its own guaranteed size, halved until the guarantee is kept. "
        + "On the dashed line the prediction is exact; in the grey quarters the rule picked the step that decreased the loss less."
        + (isWhole ? string.Create(CultureInfo.InvariantCulture, $" The rule is right at {OneStepSummary.Words(rows.Count(row => row.IsRight), rows.Length)}.") : "");
}
