using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>A method of a random-feature log with its name in the key and its stroke.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="Log">Its series.</param>
/// <param name="Label">Its entry in the key; of the restarts only the first has one.</param>
/// <param name="Stroke">How it is drawn.</param>
internal sealed record MethodLine(string Name, MethodLog Log, FigureText Label, Stroke Stroke)
{
    /// <summary>The series of the nuclear rank of the gradient.</summary>
    public const string RankSeries = "nuclear_rank";

    private const string LossSeries = "loss", RankInLayers = "grad_ratio.W1";

    /// <summary>The series of which something is drawn.</summary>
    public static IReadOnlyList<string> Drawn { get; } = [LossSeries, RankSeries, RankInLayers];

    /// <summary>Characters of a key entry that fit below a panel.</summary>
    private const int LongestLabel = 32;

    /// <summary>Whether it is SpecGD from a given iterate of gradient descent.</summary>
    public bool IsRestart => MethodName.IsRestart(Name);

    /// <summary>The first recorded step, or 0 without records.</summary>
    public int FirstStep => Log.Series.Values.Where(s => s.Count > 0).Select(s => s.Steps[0]).DefaultIfEmpty(0).Min();

    /// <summary>The last recorded step, or 0 without records.</summary>
    public int LastStep => Log.Series.Values.Where(s => s.Count > 0).Select(s => s.Steps[^1]).DefaultIfEmpty(0).Max();

    /// <summary>The methods that have records, in the order of the key: GD, SpecGD, its restarts by step, from the peak, then any others.</summary>
    public static IReadOnlyList<MethodLine> All(RunLog log)
    {
        var methods = log.Methods.Where(m => m.Value.Series.Values.Any(s => s.Count > 0)).ToArray();
        var restarts = methods.Where(m => MethodName.IsRestart(m.Key)).OrderBy(m => MethodName.RestartStep(m.Key)).ToArray();
        var others = methods.Where(m => RoleOf(m.Key) is null && !MethodName.IsRestart(m.Key)).ToArray();
        FigureText restartLabel = "SpecGD from GD step "
            + (restarts.Length == 1 ? MethodName.RestartStep(restarts[0].Key).ToString(CultureInfo.InvariantCulture) : FigureText.Italic("t"));
        return
        [
            .. Of(RandomFeature.GradientDescent),
            .. Of(RandomFeature.SpecGd),
            .. restarts.Select((m, i) => new MethodLine(m.Key, m.Value, i == 0 ? restartLabel : FigureText.Empty, MethodStroke.RoleOf(m.Key)!)),
            .. Of(RandomFeature.FromPeak),
            .. Of(RandomFeature.Adaptive),
            .. others.Zip(MethodStroke.Of(others.Select(m => m.Key)), (m, stroke) => new MethodLine(m.Key, m.Value, Shortened(MethodName.Of(m.Key)), stroke)),
        ];

        IEnumerable<MethodLine> Of(string name) => from m in methods
                                                   where m.Key == name
                                                   let role = RoleOf(name)!.Value
                                                   select new MethodLine(name, m.Value, role.Label, role.Stroke);
    }

    /// <summary>Its loss, or null where it has none that a logarithmic axis has a place for; values below <paramref name="floor"/> are drawn at it.</summary>
    public LineCurve? LossCurve(double floor = double.NegativeInfinity) =>
        AnyLossCurve(floor) is { } curve && curve.Columns[1].Values.Any(value => value > 0 && double.IsFinite(value)) ? curve : null;

    /// <summary>As <see cref="LossCurve"/>, also where a logarithmic axis has no place for any of them; null where nothing was recorded.</summary>
    public LineCurve? AnyLossCurve(double floor = double.NegativeInfinity) => Log.TryGet(LossSeries, out var loss) && loss.Count > 0
        ? new LineCurve(StepsOf(loss), Raised(loss, floor), Stroke) { Label = Label }
        : null;

    /// <summary>
    /// Gradient descent's nuclear rank as a line, SpecGD's as a band, since it jumps from step to step; null for the restarts, which would hide one
    /// another and stay with the losses. Values below <paramref name="floor"/> are drawn at it.
    /// </summary>
    public Curve? RankCurve(int bandReach, double floor = double.NegativeInfinity)
    {
        if (IsRestart || RanksOf() is not { } ranks)
            return null;
        double[] values = Raised(ranks, floor);
        if (Name == RandomFeature.GradientDescent)
            return new LineCurve(StepsOf(ranks), values, Stroke) { Label = Label };
        var band = RunningBand.Of(values, bandReach);
        return new BandCurve(StepsOf(ranks), band.Lower, band.Upper, band.Mean, Stroke) { Label = Label };
    }

    /// <summary>The nuclear rank of a restart in the stroke of its loss, for figures that have no other ranks; null where it has none.</summary>
    public LineCurve? RestartRankCurve() =>
        IsRestart && RanksOf() is { } ranks ? new LineCurve(StepsOf(ranks), [.. ranks.Values], Stroke) { Label = Label } : null;

    private Series? RanksOf() =>
        (Log.TryGet(RankSeries, out var ranks) || Log.TryGet(RankInLayers, out ranks)) && ranks.Values.Any(double.IsFinite) ? ranks : null;

    private static double[] StepsOf(Series series) => [.. series.Steps.Select(step => (double)step)];

    private static double[] Raised(Series series, double floor) => [.. series.Values.Select(value => Math.Max(value, floor))];

    private static (FigureText Label, Stroke Stroke)? RoleOf(string name) =>
        name is RandomFeature.GradientDescent or RandomFeature.SpecGd or RandomFeature.FromPeak or RandomFeature.Adaptive
            ? (MethodName.Of(name), MethodStroke.RoleOf(name)!)
            : null;

    private static string Shortened(string name) => name.Length <= LongestLabel ? name : name[..(LongestLabel - 1)] + "…";
}
