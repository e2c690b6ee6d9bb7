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

    /// <summary>"Wins": mean distance of the losses in decades, a factor of 1.26; a smaller one is a tie.</summary>
    private const double LeastLead = 0.1;

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

    private static Claim StableRankFalls() => new("the stable rank of A = I + λ11ᵀ is smaller for every larger λ", log =>
    {
        double[] ranks = [.. Rows(log).Select(row => JsonNumber.Of(row["stable_rank"]) ?? double.NaN)];
        return ranks.Length < 2
            ? Finding.Missing("rows of two λ")
            : new Finding(Text($"from {ranks[0]:0.0} to {ranks[^1]:0.00}"), ranks.Zip(ranks.Skip(1)).All(pair => pair.First > pair.Second));
    });

    /// <summary>Over the whole run and not at its end, where at λ = 0 both losses are rounding.</summary>
    private static Claim AdvantageGrows() => new(Text($"gradient descent wins at the largest stable rank, SpecGD at the smallest (by {LeastLead} decades in the mean over the run at least)"), log =>
    {
        double[] leads = [.. Rows(log).Select(row => MeanDecades(row, RandomFeature.GradientDescent) - MeanDecades(row, RandomFeature.SpecGd))];
        return leads.Length < 2
            ? Finding.Missing("rows of two λ")
            : new Finding(
                Text($"over the run SpecGD's loss is {Distance(leads[0])} gradient descent's at the first λ, {Distance(leads[^1])} it at the last"),
                leads[0] <= -LeastLead && leads[^1] >= LeastLead);

        static string Distance(double lead) => Text($"{Math.Abs(lead):0.0} decades {(lead < 0 ? "above" : "below")}");
    });

    private static Claim OneStandsApart() => new(Text($"one singular value stands apart from all others ({Apart} times the next at least)"), log =>
    {
        double[] ratios = [.. Rows(log).Select(row => JsonNumber.All(row["singular_values"])).Where(s => s.Length > 1).Select(s => s[0] / s[1])];
        return ratios.Length == 0
            ? Finding.Missing("singular values")
            : new Finding(Text($"{ratios.Min():0.0} times the next at least"), ratios.All(ratio => ratio >= Apart));
    });

    private static Claim StableRankIsSteady() => new(Text($"the stable rank stays put while the dimension grows (within {Steady} times)"), log =>
    {
        double[] ranks = [.. Rows(log).Select(row => JsonNumber.Of(row["stable_rank"]) ?? double.NaN)];
        return ranks.Length < 2
            ? Finding.Missing("rows of two dimensions")
            : new Finding(Text($"{ranks.Max() / ranks.Min():0.000} times: {ranks[0]:0.00} to {ranks[^1]:0.00}"), ranks.Max() / ranks.Min() < Steady);
    });

    private static IEnumerable<JsonObject> Rows(RunLog log) => (log.Sections["rows"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The mean of log₁₀ loss over the steps, with losses that are rounding as the figure draws them.</summary>
    private static double MeanDecades(JsonObject row, string method) =>
        JsonNumber.All(row["methods"]?[method]?["loss"]?["values"]).Select(loss => Math.Log10(Math.Max(loss, StableRankSweep.Floor))).DefaultIfEmpty(double.NaN).Average();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
