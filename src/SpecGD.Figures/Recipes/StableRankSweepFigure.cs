using SpecGD.Experiments;
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
        // From the start alone: the restarts, where there are any, hide one another at the floor.
        SweepRow[] rows =
        [
            .. SweepLog.Rows(log, MostPanels)
                .Select(row => row with { Lines = [.. row.Lines.Where(line => !line.IsRestart && line.Name != RandomFeature.FromPeak)] })
                .Where(row => row.Lines.Any(line => line.LossCurve(SweepLog.Floor) is not null)),
        ];
        if (rows.Length == 0)
            return null;
        var steps = SweepLog.Steps(rows);
        Curve[][] curves = [.. rows.Select(row => row.Lines.Select(line => line.LossCurve(SweepLog.Floor)).OfType<Curve>().ToArray())];
        IEnumerable<SweepRow> drawn = rows.Select(row => row with { Lines = [.. row.Lines.Where(line => line.LossCurve(SweepLog.Floor) is not null)] });
        var loss = SweepLog.Losses(curves.SelectMany(panel => panel));
        Panel[] panels =
        [
            .. rows.Select((row, i) => new Panel(row.Title, steps, loss, curves[i]) { Key = i == 0 ? KeyPlacement.Automatic : KeyPlacement.None }),
        ];
        return new Figure(
            Name,
            panels,
            $"Training loss on L(W) = ‖WA − Y‖²_F / 2n with A = I + λ11ᵀ, "
            + $"a panel for each λ{SweepLog.Settings(log)}: {SweepLog.Methods(drawn)}. "
            + "The larger λ, the smaller the stable rank of A, which favours the spectral step."
            + (curves.Any(panel => panel.Any(curve => curve.Columns[1].Values.Contains(SweepLog.Floor)))
                ? FormattableString.Invariant($" Losses below {SweepLog.Floor:0e-0} are drawn there, since rounding decides them.") : ""))
        {
            Columns = PanelsInARow,
            Width = 3.6 * Math.Min(rows.Length, PanelsInARow),
            Height = 3.1 * ((rows.Length + PanelsInARow - 1) / PanelsInARow),
        };
    }
}
