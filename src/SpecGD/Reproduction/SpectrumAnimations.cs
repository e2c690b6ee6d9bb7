using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>Two of the paper's animations: both methods while the stable rank falls, and the spectrum of ReLU features.</summary>
public sealed class SpectrumAnimations : IPaperFigureSource
{
    /// <summary>"Does not grow": a stable rank that changes by less than this factor while d grows eightfold and more.</summary>
    private const double Steady = 1.1;

    /// <summary>"Stands apart": the largest singular value against the next.</summary>
    private const double Apart = 2;

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        new(
            "stable-rank-sweep",
            "Animation: gradient descent and SpecGD while the stable rank of the activations falls",
            new StableRankSweep().Name,
            new StableRankSweepOptions { Dim = 200, SpecgdFromPeak = true },
            [StableRankFalls(), AdvantageGrows()])
        {
            QuickOptions = new StableRankSweepOptions { Dim = 40, SpecgdFromPeak = true },
        },
        new(
            "relu-spectrum",
            "Animation: the singular values of ReLU features for growing dimension",
            new ReluSpectrum().Name,
            new ReluSpectrumOptions(),
            [OneStandsApart(), StableRankIsSteady()])
        {
            QuickOptions = new ReluSpectrumOptions { Dims = [64, 96, 128, 192, 256, 512] },
        },
    ];

    private static Claim StableRankFalls() => new("the stable rank of A = I + λ11ᵀ falls with λ", log =>
    {
        double[] ranks = [.. Rows(log).Select(row => JsonNumber.Of(row["stable_rank"]) ?? double.NaN)];
        return ranks.Length < 2
            ? Finding.Missing("rows of two λ")
            : new Finding(Text($"from {ranks[0]:0.0} to {ranks[^1]:0.00}"), ranks.Zip(ranks.Skip(1)).All(pair => pair.First > pair.Second));
    });

    private static Claim AdvantageGrows() => new("gradient descent wins at the largest stable rank, SpecGD at the smallest", log =>
    {
        double[] ratios = [.. Rows(log).Select(row => Last(row, RandomFeature.GradientDescent) / Last(row, RandomFeature.SpecGd))];
        return ratios.Length < 2
            ? Finding.Missing("rows of two λ")
            : new Finding(
                Text($"last loss of gradient descent over SpecGD's: {ratios[0]:0.0e0} at the first λ, {ratios[^1]:0.0e0} at the last"),
                ratios[0] < 1 && ratios[^1] > 1);
    });

    private static Claim OneStandsApart() => new("one singular value stands apart from all others", log =>
    {
        double[] ratios = [.. Rows(log).Select(row => JsonNumber.All(row["singular_values"])).Where(s => s.Length > 1).Select(s => s[0] / s[1])];
        return ratios.Length == 0
            ? Finding.Missing("singular values")
            : new Finding(Text($"{ratios.Min():0.0} times the next at least"), ratios.All(ratio => ratio >= Apart));
    });

    private static Claim StableRankIsSteady() => new("the stable rank stays put while the dimension grows", log =>
    {
        double[] ranks = [.. Rows(log).Select(row => JsonNumber.Of(row["stable_rank"]) ?? double.NaN)];
        return ranks.Length < 2
            ? Finding.Missing("rows of two dimensions")
            : new Finding(Text($"{ranks[0]:0.00} to {ranks[^1]:0.00}"), ranks.Max() / ranks.Min() < Steady);
    });

    private static IEnumerable<JsonObject> Rows(RunLog log) => (log.Sections["rows"] as JsonArray ?? []).OfType<JsonObject>();

    private static double Last(JsonObject row, string method) =>
        JsonNumber.All(row["methods"]?[method]?["loss"]?["values"]).DefaultIfEmpty(double.NaN).Last();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
