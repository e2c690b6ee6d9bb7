using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Adaptive;

/// <summary>What the rows of a comparison say: a line for each setting and seed, the losses as they are.</summary>
public static class AdaptiveSummary
{
    private const string ToBetter = "adaptive/better", OfDescent = "last loss, GD", OfSpectral = "SpecGD", OfAdaptive = "adaptive";

    /// <summary>The last losses of a setting with one seed.</summary>
    /// <param name="Setting">Name of the setting.</param>
    /// <param name="Seed">The seed.</param>
    /// <param name="Descent">Of gradient descent.</param>
    /// <param name="Spectral">Of SpecGD.</param>
    /// <param name="Adaptive">The adaptive method's row.</param>
    public sealed record Comparison(string Setting, int Seed, double Descent, double Spectral, AdaptiveRow Adaptive)
    {
        /// <summary>
        /// The adaptive method's last loss over the lower of the two others'; below 1 it is ahead of both. Infinite where it alone diverged, 0 where
        /// both others did, NaN where all three did.
        /// </summary>
        public double ToBest => Adaptive.LastLoss / Math.Min(Descent, Spectral);
    }

    /// <summary>The comparisons in the order of the rows; those that lack a method are left out.</summary>
    public static IReadOnlyList<Comparison> Comparisons(IReadOnlyList<AdaptiveRow> rows) =>
    [
        .. from cell in rows.GroupBy(row => (row.Setting, row.Seed))
           let descent = Find(cell, RandomFeature.GradientDescent)
           let spectral = Find(cell, RandomFeature.SpecGd)
           let adaptive = Find(cell, RandomFeature.Adaptive)
           where descent is not null && spectral is not null && adaptive is not null
           select new Comparison(cell.Key.Setting, cell.Key.Seed, descent.LastLoss, spectral.LastLoss, adaptive),
    ];

    /// <summary>The table and its sentence.</summary>
    public static RunSummary Of(IReadOnlyList<AdaptiveRow> rows)
    {
        var comparisons = Comparisons(rows);
        return new RunSummary(["setting", "seed"], [.. comparisons.Select(Line)], [.. Sentences(comparisons), .. DivergedWords.Of(EndsOf(rows))])
        {
            Verdicts = [ToBetter],
            Diverged = [.. comparisons.Index().SelectMany(line => Diverged(line.Item).Select(column => (line.Index, column)))],
        };
    }

    /// <summary>How the losses ended, each method in each setting with each seed by itself; one that diverged early is not finite.</summary>
    public static IReadOnlyList<LossEnd> EndsOf(IReadOnlyList<AdaptiveRow> rows) =>
    [
        .. from row in rows
           let name = TrajectoryName.Of(string.Create(CultureInfo.InvariantCulture, $"{row.Setting}, seed {row.Seed}"), row.Method)
           let last = row.Loss.Count > 0 && Divergence.IsDiverged(row.FirstLoss, row.Loss.Values[^1]) ? row.Loss.Values[^1] : row.LastLoss
           select new LossEnd(name, row.FirstLoss, last, row.Loss.Count > 0 ? row.Loss.Steps[^1] : 0),
    ];

    /// <summary>The columns of a line that are of a method that diverged.</summary>
    private static IEnumerable<string> Diverged(Comparison line)
    {
        bool descent = !double.IsFinite(line.Descent), spectral = !double.IsFinite(line.Spectral), adaptive = !double.IsFinite(line.Adaptive.LastLoss);
        (string Column, bool IsDiverged)[] columns =
            [(OfDescent, descent), (OfSpectral, spectral), (OfAdaptive, adaptive), (ToBetter, adaptive || (descent && spectral)), ("switches", adaptive)];
        return columns.Where(column => column.IsDiverged).Select(column => column.Column);
    }

    /// <summary>Whether the adaptive method and the better of the others are level, as where it takes the steps of that one throughout.</summary>
    private static bool IsLevel(Comparison line) => double.IsFinite(line.ToBest) && BestMethod.AreLevel(line.ToBest, 1);

    private static AdaptiveRow? Find(IEnumerable<AdaptiveRow> cell, string method) => cell.FirstOrDefault(row => row.Method == method);

    private static JsonObject Line(Comparison line) => new()
    {
        ["setting"] = line.Setting,
        ["seed"] = line.Seed,
        ["first loss"] = JsonNumber.From(line.Adaptive.FirstLoss),
        [OfDescent] = JsonNumber.From(line.Descent),
        [OfSpectral] = JsonNumber.From(line.Spectral),
        [OfAdaptive] = JsonNumber.From(line.Adaptive.LastLoss),
        [ToBetter] = JsonNumber.From(line.ToBest),
        ["spectral steps"] = string.Join(", ", line.Adaptive.SpectralShare.Where(s => line.Adaptive.SpectralShare.Count == 1 || s.Value > 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:P0}")).DefaultIfEmpty("none")),
        ["switches"] = line.Adaptive.Switches,
    };

    private static IEnumerable<string> Sentences(IReadOnlyList<Comparison> comparisons)
    {
        if (comparisons.Count == 0)
            yield break;
        double[] finite = [.. comparisons.Select(c => c.ToBest).Where(double.IsFinite)];
        yield return string.Create(CultureInfo.InvariantCulture,
            $"The adaptive method ended below both gradient descent and SpecGD in {comparisons.Count(c => c.ToBest < 1 && !IsLevel(c))} of {Counted.Of(comparisons.Count, "run")}")
            + (comparisons.Count(IsLevel) is > 0 and var level ? string.Create(CultureInfo.InvariantCulture, $", was level with the better of the two in {level}") : "")
            + (finite.Length > 0
                ? string.Create(CultureInfo.InvariantCulture, $", and where it did not diverge at most {finite.Max():0.###} times as high as the better of the two.")
                : ".");
        if (comparisons.Any(c => !double.IsFinite(c.Descent + c.Spectral + c.Adaptive.LastLoss)))
            yield return "A last loss is missing where the method diverged.";
    }
}
