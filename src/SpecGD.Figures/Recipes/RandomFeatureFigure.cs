using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// Figures 3 and 11: the training loss of gradient descent, SpecGD and its restarts, and the nuclear rank of the gradient against st(A).
/// </summary>
public sealed class RandomFeatureFigure : IFigureRecipe
{
    /// <summary>
    /// On either side of a step the band and mean of SpecGD's nuclear rank take in one in so many of all steps: less than a line is wide.
    /// </summary>
    public const int BandResolution = 400;

    private const string LossSeries = "loss", RankSeries = "nuclear_rank", RankInLayers = "grad_ratio.W1";

    private static readonly string Experiment = new RandomFeature().Name;

    /// <inheritdoc/>
    public string Name => Experiment;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (!IsOfThisExperiment(log))
            return null;
        var lines = MethodLine.All(log);
        Curve[] losses = [.. lines.Select(Loss).OfType<Curve>()];
        Curve[] ranks = [.. lines.Select(line => Rank(line, BandReach(lines))).OfType<Curve>()];
        if (losses.Length + ranks.Length == 0)
            return null;
        if (StableRank(log) is { } stableRank)
            ranks = [.. ranks, new HorizontalLine(stableRank, Palette.Reference) { Label = "st(" + FigureText.Italic("A") + ")" }];
        var steps = new Axis("Training iteration") { WholeNumbers = true, From = 0, To = 1 + lines.Max(line => line.LastStep) };
        FigureText squaredNorm = "‖" + FigureText.Italic("WA") + " − " + FigureText.Italic("Y") + "‖" + FigureText.Scripts("F", "2");
        FigureText lossLabel = squaredNorm + " / 2" + FigureText.Italic("n");
        FigureText rankLabel = "nr(∇" + FigureText.Italic("L") + "(" + FigureText.Italic("W") + "))";
        Panel[] panels =
        [
            new("Training loss", steps, new Axis(lossLabel) { Logarithmic = true }, losses),
            new("Nuclear rank of the gradient", steps, new Axis(rankLabel) { From = 0 }, ranks),
        ];
        return new Figure(Name, panels, RandomFeatureCaption.Of(log, lines, StableRank(log)));
    }

    /// <summary>Records on either side of a step that the band takes in: one at least, so that it holds both sides of the alternation.</summary>
    internal static int BandReach(IReadOnlyList<MethodLine> lines) => Math.Max(1, lines.Max(line => line.LastStep) / BandResolution);

    private static bool IsOfThisExperiment(RunLog log) => log.ConfigText("experiment") is { } experiment
        ? experiment == Experiment
        : log.DatasetNumber("stable_rank_A") is not null && log.Methods.Values.Any(method => method.Find(RankSeries) is not null);

    private static double? StableRank(RunLog log) => log.DatasetNumber("stable_rank_A") is { } st && double.IsFinite(st) ? st : null;

    private static LineCurve? Loss(MethodLine line) => line.Log.TryGet(LossSeries, out var loss)
        ? new LineCurve(Steps(loss), loss.Values, line.Stroke) { Label = line.Label }
        : null;

    /// <summary>Gradient descent's rank as a line, SpecGD's as a band; the restarts would hide one another and stay with the losses.</summary>
    private static Curve? Rank(MethodLine line, int bandReach)
    {
        if (line.IsRestart || !(line.Log.TryGet(RankSeries, out var ranks) || line.Log.TryGet(RankInLayers, out ranks)))
            return null;
        if (line.Name == RandomFeature.GradientDescent)
            return new LineCurve(Steps(ranks), ranks.Values, line.Stroke) { Label = line.Label };
        var band = RunningBand.Of(ranks.Values, bandReach);
        return new BandCurve(Steps(ranks), band.Lower, band.Upper, band.Mean, line.Stroke) { Label = line.Label };
    }

    private static double[] Steps(Series series) => [.. series.Steps.Select(step => (double)step)];
}
