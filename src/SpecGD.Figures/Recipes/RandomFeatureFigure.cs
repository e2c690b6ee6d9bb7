using SpecGD.Experiments;
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
        Curve[] losses = [.. lines.Select(line => line.LossCurve()).OfType<Curve>()];
        Curve[] ranks = [.. lines.Select(line => line.RankCurve(BandReach(lines))).OfType<Curve>()];
        if (losses.Length + ranks.Length == 0)
            return null;
        if (StableRank(log) is { } stableRank)
            ranks = [.. ranks, new HorizontalLine(stableRank, Palette.Reference) { Label = LeastSquaresLabels.StableRank }];
        var steps = new Axis("Training iteration") { WholeNumbers = true, From = 0, To = 1 + lines.Max(line => line.LastStep) };
        double? end = PowersOfTen.EndOf([.. losses.Select(line => line.Columns[1].Values)]);
        Panel[] panels =
        [
            new("Training loss", steps, new Axis(LeastSquaresLabels.Loss) { Logarithmic = true, To = end }, losses),
            new("Nuclear rank of the gradient", steps, new Axis(LeastSquaresLabels.Rank) { From = 0 }, ranks),
        ];
        return new Figure(Name, panels, RandomFeatureCaption.Of(log, lines, StableRank(log), end));
    }

    /// <summary>Records on either side of a step that the band takes in: one at least, so that it holds both sides of the alternation.</summary>
    internal static int BandReach(IReadOnlyList<MethodLine> lines) => Math.Max(1, lines.Max(line => line.LastStep) / BandResolution);

    private static bool IsOfThisExperiment(RunLog log) => log.ConfigText("experiment") is { } experiment
        ? experiment == Experiment
        : log.DatasetNumber("stable_rank_A") is not null && log.Methods.Values.Any(method => method.Find(MethodLine.RankSeries) is { Count: > 0 });

    private static double? StableRank(RunLog log) => log.DatasetNumber("stable_rank_A") is { } st && double.IsFinite(st) ? st : null;
}
