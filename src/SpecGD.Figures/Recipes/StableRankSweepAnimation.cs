using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The stable-rank sweep, a frame for each λ: the losses, and the nuclear rank of the gradient against st(A), which falls from dim to 1 as λ grows.
/// Twice where the log has restarts from the peak: without them and with them.
/// </summary>
public sealed class StableRankSweepAnimation : IAnimationRecipe
{
    private const double FramesPerSecond = 1.5;

    private const string FromPeak = "Dark red: SpecGD restarted where gradient descent's nuclear rank is largest. ";

    private const string Restarts = "Dashed grey, with the losses: SpecGD restarted from an iterate of gradient descent. ";

    /// <summary>At λ = 0 the stable rank is a round number, dim, and its line would lie on the upper end of the axis.</summary>
    private const double Headroom = 1.02;

    /// <inheritdoc/>
    public string Name => SweepLog.Experiment;

    /// <inheritdoc/>
    public IReadOnlyList<Animation> Compose(RunLog log)
    {
        var rows = SweepLog.Rows(log, Sampling.MostFrames);
        SweepRow[] without = [.. rows.Select(WithoutPeak).Where(row => row.Lines.Count > 0)];
        var animations = new List<Animation>();
        if (without.Length > 0)
            animations.Add(Of(Name, without, Caption(log, without, "")));
        if (rows.Any(row => row.Lines.Any(IsFromPeak)))
            animations.Add(Of(Name + "-from-peak", rows, Caption(log, rows, FromPeak)));
        return animations;
    }

    private static SweepRow WithoutPeak(SweepRow row) => row with { Lines = [.. row.Lines.Where(line => !IsFromPeak(line))] };

    private static bool IsFromPeak(MethodLine line) => line.Name == RandomFeature.FromPeak;

    private static Animation Of(string name, IReadOnlyList<SweepRow> rows, string caption)
    {
        var steps = SweepLog.Steps(rows);
        return new Animation(name, [.. rows.Select(row => Frame(name, row, steps))], caption, FramesPerSecond);
    }

    private static Figure Frame(string name, SweepRow row, Axis steps)
    {
        int reach = RandomFeatureFigure.BandReach(row.Lines);
        var stableRank = new HorizontalLine(row.StableRank, Palette.Reference) { Label = LeastSquaresLabels.StableRank };
        Curve[] losses = [.. row.Lines.Select(line => line.LossCurve(SweepLog.Floor)).OfType<Curve>()];
        Panel[] panels =
        [
            new("Training loss", steps, SweepLog.Losses(losses), losses),
            new("Nuclear rank of the gradient", steps, new Axis(LeastSquaresLabels.Rank) { From = 0, Covers = double.IsFinite(row.StableRank) ? [Headroom * row.StableRank] : [] },
                [.. row.Lines.Select(line => line.RankCurve(reach, SweepLog.Floor)).OfType<Curve>(), stableRank]),
        ];
        return new Figure(name, panels, "") { Title = row.Title, Width = 10, Height = 4.2 };
    }

    private static string Caption(RunLog log, IReadOnlyList<SweepRow> rows, string peak)
    {
        int window = 2 * rows.Max(row => RandomFeatureFigure.BandReach(row.Lines)) + 1;
        bool hasLosses = Any(rows, line => line.LossCurve(SweepLog.Floor) is not null), hasRanks = Any(rows, line => line.RankCurve(1) is not null);
        bool hasStableRank = rows.Any(row => double.IsFinite(row.StableRank)), hasBands = Any(rows, line => line.RankCurve(1) is BandCurve);
        string ranks = "uclear rank of the gradient" + (hasStableRank ? " and, dashed black, the stable rank of A. " : ". ");
        return $"{SweepLog.Methods(rows)} on L(W) = ‖WA − Y‖²_F / 2n with A = I + λ11ᵀ, a frame for each λ{SweepLog.Settings(log)}. "
            + (hasLosses ? hasRanks ? "Left: training loss. " : "Training loss. " : "")
            + (hasRanks ? (hasLosses ? "Right: n" : "N") + ranks : "")
            + (hasLosses && Any(rows, line => line.IsRestart) ? Restarts : "")
            + peak
            + (hasBands ? "SpecGD's nuclear rank jumps up and down from step to step: "
                + FormattableString.Invariant($"drawn lightly is the running minimum and maximum over {Counted.Of(window, "step")}, with the running mean on top. ") : "")
            + FormattableString.Invariant($"Values below {SweepLog.Floor:0e-0} are drawn there, since rounding decides them")
            + (hasRanks ? "; the nuclear rank of a gradient that small is one of rounding errors." : ".");
    }

    private static bool Any(IEnumerable<SweepRow> rows, Func<MethodLine, bool> holds) => rows.Any(row => row.Lines.Any(holds));
}
