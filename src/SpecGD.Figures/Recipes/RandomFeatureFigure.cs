using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// Figures 3 and 11: the training loss of gradient descent, SpecGD and its restarts, and the nuclear rank of the gradient against st(A). A panel for
/// which the log has nothing is left out.
/// </summary>
public sealed class RandomFeatureFigure : IFigureRecipe
{
    /// <summary>
    /// On either side of a step the band and mean of SpecGD's nuclear rank take in one in so many of all steps: less than a line is wide.
    /// </summary>
    public const int BandResolution = 400;

    private const double WidthOfTwo = 10, WidthOfOne = 6;

    /// <summary>Settings that no other script of the authors has, by which a log without an experiment is known.</summary>
    private static readonly string[] OwnSettings = ["feature_dim", "num_samples"];

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
        if (lines.Count == 0)
            return null;
        var losses = Drawn(lines, line => line.AnyLossCurve());
        var ranks = Drawn(lines, line => line.RankCurve(BandReach(lines)));
        if (ranks.Count == 0)
            ranks = Drawn(lines, line => line.RestartRankCurve()); // nothing else that they would hide
        var steps = new Axis("Training iteration") { WholeNumbers = true, From = 0, To = 1 + lines.Max(line => line.LastStep) };
        double? end = PowersOfTen.EndOf([.. losses.Select(one => one.Curve.Columns[1].Values)]);
        var stableRank = StableRank(log) is { } st ? new HorizontalLine(st, Palette.Reference) { Label = LeastSquaresLabels.StableRank } : null;
        var left = new Panel("Training loss", steps, new Axis(LeastSquaresLabels.Loss) { Logarithmic = true, To = end }, [.. losses.Select(one => one.Curve)]);
        var right = new Panel(
            "Nuclear rank of the gradient", steps, new Axis(LeastSquaresLabels.Rank) { From = 0 }, [.. ranks.Select(one => one.Curve), .. stableRank is null ? [] : new Curve[] { stableRank }]);
        Panel[] panels = [.. new[] { left, right }.Where(PanelPlan.HasData)];
        if (panels.Length == 0)
            return null;
        var drawn = new RandomFeatureCaption(
            log,
            panels.Contains(left) ? [.. losses.Select(one => one.Line)] : [],
            panels.Contains(right) ? [.. ranks.Select(one => one.Line)] : [],
            BandReach(lines));
        return new Figure(Name, panels, drawn.Text(panels.Contains(right) ? StableRank(log) : null, panels.Contains(left) ? end : null))
        {
            Columns = panels.Length,
            Width = panels.Length == 1 ? WidthOfOne : WidthOfTwo,
        };
    }

    /// <summary>Records on either side of a step that the band takes in: one at least, so that it holds both sides of the alternation.</summary>
    internal static int BandReach(IReadOnlyList<MethodLine> lines) => Math.Max(1, lines.Max(line => line.LastStep) / BandResolution);

    private static List<(MethodLine Line, Curve Curve)> Drawn(IEnumerable<MethodLine> lines, Func<MethodLine, Curve?> curveOf)
    {
        var drawn = new List<(MethodLine, Curve)>();
        foreach (var line in lines)
            if (curveOf(line) is { } curve)
                drawn.Add((line, curve));
        return drawn;
    }

    private static bool IsOfThisExperiment(RunLog log)
    {
        if (log.ConfigText("experiment") is { } experiment)
            return experiment == Experiment;
        bool isKnown = log.DatasetNumber("stable_rank_A") is not null || OwnSettings.Any(log.Config.ContainsKey)
            || log.Methods.Keys.Any(name => name == RandomFeature.FromPeak || MethodName.IsRestart(name));
        return isKnown && !LayeredLog.HasLayers(log)
            && log.Methods.Values.Any(method => MethodLine.Drawn.Any(series => method.TryGet(series, out _)));
    }

    private static double? StableRank(RunLog log) => log.DatasetNumber("stable_rank_A") is { } st && double.IsFinite(st) ? st : null;
}
