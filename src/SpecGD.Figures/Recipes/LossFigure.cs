using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The losses of a log that does not say of which experiment it is and holds too little to tell, a line for each method.</summary>
public sealed class LossFigure : IFigureRecipe
{
    /// <inheritdoc/>
    public string Name => "loss";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.ConfigText("experiment") is not null || new RandomFeatureFigure().Compose(log) is not null || LayeredLog.Of(log) is not null)
            return null;
        var losses = log.Methods.Where(method => method.Value.TryGet(LayeredLog.Loss, out _)).ToDictionary(method => method.Key, method => method.Value.Find(LayeredLog.Loss)!);
        if (losses.Count == 0)
            return null;
        double? end = PowersOfTen.EndOf([.. losses.Values.Select(loss => loss.Values)]);
        Curve[] curves =
        [
            .. losses.Zip(MethodStroke.Of(losses.Keys), (loss, stroke) => new LineCurve([.. loss.Value.Steps.Select(step => (double)step)], loss.Value.Values, stroke)
            {
                Label = MethodName.Of(loss.Key),
            }),
        ];
        var panel = new Panel(
            "Training loss", new Axis("Training iteration") { WholeNumbers = true, From = 0 }, new Axis("Loss") { Logarithmic = true, To = end }, curves);
        return !PanelPlan.HasData(panel) ? null : new Figure(
            Name,
            [panel],
            $"Training loss of {string.Join(", ", losses.Keys.Select(MethodName.Of))}. The log does not say of which experiment it is."
            + (losses.Values.Any(loss => loss.Values.Any(value => !(value > 0 && double.IsFinite(value)))) ? " Losses that are zero or not finite are gaps." : "")
            + (end is { } ceiling ? " " + LayeredLog.Outside(ceiling) : ""))
        {
            Columns = 1,
            Width = 6,
        };
    }
}
