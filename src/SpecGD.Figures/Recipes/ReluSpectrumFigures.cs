using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The singular values of ReLU features, a frame for each dimension: one leaves the bulk behind, and st(A) stays where it is.</summary>
public sealed class ReluSpectrumAnimation : IAnimationRecipe
{
    private const double FramesPerSecond = 1.2;

    /// <inheritdoc/>
    public string Name => ReluSpectrumLog.Experiment;

    /// <inheritdoc/>
    public IReadOnlyList<Animation> Compose(RunLog log)
    {
        var rows = ReluSpectrumLog.Rows(log, Sampling.MostFrames);
        if (rows.Count == 0)
            return [];
        var values = ReluSpectrumLog.Values(rows);
        var frames = rows.Select(row =>
        {
            var curves = row.Curves();
            var panel = new Panel(FigureText.Empty, values, SpectrumHistogram.DensityAxis(curves), curves);
            return new Figure(Name, [panel], "") { Title = row.Title, Columns = 1, Width = 7, Height = 4.2 };
        });
        return [new Animation(Name, [.. frames], ReluSpectrumLog.Caption("a frame"), FramesPerSecond)];
    }
}

/// <summary>The singular values of ReLU features, all dimensions side by side on the same axes.</summary>
public sealed class ReluSpectrumFigure : IFigureRecipe
{
    private const int MostPanels = 9, PanelsInARow = 3;

    /// <inheritdoc/>
    public string Name => ReluSpectrumLog.Experiment + "-grid";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        var rows = ReluSpectrumLog.Rows(log, MostPanels);
        if (rows.Count == 0)
            return null;
        Curve[][] curves = [.. rows.Select(row => row.Curves())];
        var values = ReluSpectrumLog.Values(rows);
        var density = SpectrumHistogram.DensityAxis(curves.SelectMany(panel => panel));
        return new Figure(
            Name,
            [.. rows.Select((row, i) => new Panel(row.LongTitle, values, density, curves[i]) { Key = KeyPlacement.None })],
            ReluSpectrumLog.Caption("a panel"))
        {
            Columns = PanelsInARow,
            Width = 4.2 * Math.Min(rows.Count, PanelsInARow),
            Height = 3.4 * ((rows.Count + PanelsInARow - 1) / PanelsInARow),
        };
    }
}
