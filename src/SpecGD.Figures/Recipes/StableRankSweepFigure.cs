using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The losses of a stable-rank sweep side by side, a panel for each λ: the turn from gradient descent's win to SpecGD's.</summary>
public sealed class StableRankSweepFigure : IFigureRecipe
{
    private const int MostPanels = 8, PanelsInARow = 4;

    /// <inheritdoc/>
    public string Name => SweepLog.Experiment + "-losses";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        var rows = SweepLog.Rows(log, MostPanels);
        if (rows.Count == 0)
            return null;
        var steps = SweepLog.Steps(rows);
        Curve[][] curves = [.. rows.Select(row => row.Lines.Select(line => line.LossCurve(SweepLog.Floor)).OfType<Curve>().ToArray())];
        double[] all = [.. curves.SelectMany(panel => panel).SelectMany(curve => curve.Columns[1].Values).Where(double.IsFinite)];
        var loss = new Axis(LeastSquaresLabels.Loss) { Logarithmic = true, Covers = all.Length > 0 ? [all.Min(), all.Max()] : [] };
        Panel[] panels =
        [
            .. rows.Select((row, i) => new Panel(row.Title, steps, loss, curves[i]) { Key = i == 0 ? KeyPlacement.Automatic : KeyPlacement.None }),
        ];
        return new Figure(
            Name,
            panels,
            $"Training loss of gradient descent (GD) and SpecGD on L(W) = ‖WA − Y‖²_F / 2n with A = I + λ11ᵀ, a panel for each λ{SweepLog.Settings(log)}: "
            + "the smaller the stable rank of A, the better SpecGD fares against GD. "
            + FormattableString.Invariant($"Losses below {SweepLog.Floor:0e-0} are drawn there, since rounding decides them."))
        {
            Columns = PanelsInARow,
            Width = 3.6 * Math.Min(rows.Count, PanelsInARow),
            Height = 3.1 * ((rows.Count + PanelsInARow - 1) / PanelsInARow),
        };
    }
}
