using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Reproduction;

/// <summary>
/// Figures 1 and 4 (ReLU², low stable ranks), 18 (SwiGLU, a small and a large batch), and the animation of the activations' spectra.
/// </summary>
public sealed class SparseRegressionFigures : IPaperFigureSource
{
    /// <summary>Orders of magnitude count from a factor of a hundred.</summary>
    private const double TwoOrders = 100;

    /// <summary>"Low" and "high", for a stable rank of activations of width 512: below this share of the width, and above that one.</summary>
    private const double LowShare = 1.0 / 40, HighShare = 1.0 / 10;

    /// <summary>"Dominates": the share of the squared Frobenius norm that the largest of hundreds of singular values carries.</summary>
    private const double Dominant = 0.1;

    private const string ReluFolder = "fig4";

    private static readonly string Experiment = new SparseRegression().Name;

    private static readonly SparseRegressionOptions
        Relu = Settings("relu_square", 512, 2000, 0.081, 0.1) with { SpectraEvery = 50 },
        ReluQuick = Relu with { Dim = 64, Width = 256, BatchSize = 256, Steps = 130, SpectraEvery = 13 },
        SwiGluSmall = Settings("swiglu", 512, 400, 0.01, 0.025),
        SwiGluSmallQuick = SwiGluSmall with { Steps = 22 },
        SwiGluLarge = Settings("swiglu", 8196, 400, 0.0035, 0.0015),
        SwiGluLargeQuick = SwiGluLarge with { Dim = 32, Width = 128, BatchSize = 1024, Steps = 120 }; // many samples for the width, as there

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        new("fig1", "Sparse regression, ReLU²: low stable ranks, and SpecGD far ahead", Experiment, Relu,
        [
            StableRanksAreLow(),
            EndsBelow(SparseRegression.SpecGd, SparseRegression.GradientDescent),
        ])
        {
            QuickOptions = ReluQuick,
            Folder = ReluFolder,
            Pictures = [Experiment],
        },
        new("fig4", "Sparse regression, ReLU², layer by layer", Experiment, Relu, [RuleFavours(2), RuleFavours(3)])
        {
            QuickOptions = ReluQuick,
            Folder = ReluFolder,
            Pictures = [Experiment + "-summary"],
        },
        new(
            "activation-spectra",
            "Animation: the spectra of the activations during training, with loss, stable and nuclear ranks",
            Experiment,
            Relu,
            [OneValueDominates()])
        {
            QuickOptions = ReluQuick,
            Folder = ReluFolder,
            Pictures = [Experiment + "-spectra-gradient-descent", Experiment + "-spectra-specgd", Experiment + "-spectra-together"],
        },
        new("fig18-small", "Sparse regression, SwiGLU, few samples: higher stable ranks, SpecGD still ahead", Experiment, SwiGluSmall,
        [
            StableRankIsHigh(1),
            StableRankIsHigh(2),
            EndsBelow(SparseRegression.SpecGd, SparseRegression.GradientDescent),
        ])
        {
            QuickOptions = SwiGluSmallQuick,
        },
        new("fig18-large", "Sparse regression, SwiGLU, many samples: stable ranks as high as nuclear ranks, no gain", Experiment, SwiGluLarge,
        [
            StableRankIsHigh(1),
            StableRankIsHigh(2),
            StartsBelow(SparseRegression.GradientDescent, SparseRegression.SpecGd),
        ])
        {
            QuickOptions = SwiGluLargeQuick,
        },
    ];

    private static SparseRegressionOptions Settings(string activation, int samples, int steps, double descentFactor, double spectralFactor) => new()
    {
        Activation = activation,
        BatchSize = samples,
        Steps = steps,
        MethodLr = new Dictionary<string, double>
        {
            [SparseRegression.GradientDescent] = descentFactor,
            [SparseRegression.SpecGd] = spectralFactor,
        },
    };

    private static Claim StableRanksAreLow() => new("the stable ranks of all post-activations stay low (at most 1/40 of the width)", log =>
    {
        var ranks = (from method in log.Methods.Values
                     from layer in Enumerable.Range(1, 3)
                     from value in method.Find($"activations.layer{layer}")?.Values ?? []
                     select value).ToArray();
        return ranks.Length == 0
            ? Finding.Missing("stable ranks")
            : new Finding(Text($"at most 1/{Width(log) / ranks.Max():0} of the width: {ranks.Max():0.0} of {Width(log):0}"), ranks.Max() <= LowShare * Width(log));
    });

    private static Claim OneValueDominates() => new(Text($"one singular value dominates the activations of every layer, all through training (at least {Dominant:P0} of the squared norm)"), log =>
    {
        var shares = (from method in (log.Sections[SparseRegression.Spectra] as JsonObject ?? []).Select(m => m.Value)
                      from frame in method?["frames"] as JsonArray ?? []
                      from layer in frame?["spectra"] as JsonObject ?? []
                      let values = JsonNumber.All(layer.Value)
                      where values.Length > 1
                      select values[0] * values[0] / values.Sum(s => s * s)).ToArray();
        return shares.Length == 0
            ? Finding.Missing("spectra")
            : new Finding(
                Text($"at least {shares.Min():P0} of the squared norm in {shares.Length} spectra of {Width(log):0} values"), shares.Min() >= Dominant);
    });

    private static Claim StableRankIsHigh(int layer) => new(Text($"the stable rank of layer {layer} is high at the start (at least 1/10 of the width)"), log =>
        Start(log, $"activations.layer{layer}") is { } rank
            ? new Finding(Text($"1/{Width(log) / rank:0.0} of the width: {rank:0.0} of {Width(log):0}"), rank >= HighShare * Width(log))
            : Finding.Missing(Text($"stable rank of layer {layer}")));

    /// <summary>nr(G_ℓ) ≥ st(A_{ℓ−1}) wherever gradient descent still has half of its first loss to go.</summary>
    private static Claim RuleFavours(int layer) => new(Text($"the rule nr(G{layer}) ≥ st(A{layer - 1}) favours the spectral step on W{layer} at every step at which the loss is above half of its first"), log =>
    {
        if (log.Methods.GetValueOrDefault(SparseRegression.GradientDescent) is not { } method
            || !method.TryGet($"grad_ratio.W{layer}", out var nuclear)
            || !method.TryGet($"activations.layer{layer - 1}", out var stable)
            || !method.TryGet("loss", out var loss))
            return Finding.Missing(Text($"ranks of W{layer} along gradient descent"));
        var large = Enumerable.Range(0, loss.Count).TakeWhile(i => loss.Values[i] > loss.Values[0] / 2).ToArray();
        int favoured = large.Count(i => SpectralCondition.Favours(nuclear.Values[i], stable.Values[i]));
        return new Finding(
            Text($"{favoured} of {Counted.Of(large.Length, "step")}; at the first nr(G{layer}) = {nuclear.Values[0]:0.0} against st(A{layer - 1}) = {stable.Values[0]:0.0}"),
            large.Length > 0 && favoured == large.Length);
    });

    private static Claim EndsBelow(string lower, string higher) => new($"{MethodName.InSentences(lower)} ends two orders of magnitude below {MethodName.InSentences(higher)} (100 times at least)", log =>
    {
        if (Loss(log, lower) is not { } low || Loss(log, higher) is not { } high)
            return Finding.Missing("losses of both methods");
        return new Finding(
            Text($"{NumberText.OfRatio(high.Values[^1] / low.Values[^1])} times: last losses {low.Values[^1]:0.0e0} and {high.Values[^1]:0.0e0}"), high.Values[^1] >= TwoOrders * low.Values[^1]);
    });

    private static Claim StartsBelow(string lower, string higher) => new($"{MethodName.InSentences(lower)} is lower at every step after the first", log =>
    {
        if (Loss(log, lower) is not { } low || Loss(log, higher) is not { } high)
            return Finding.Missing("losses of both methods");
        var compared = low.Values.Zip(high.Values).Skip(1).ToArray();
        int leads = compared.Count(pair => pair.First < pair.Second);
        return new Finding(
            Text($"lower at {leads} of {Counted.Of(compared.Length, "step")}; last losses {low.Values[^1]:0.0e0} and {high.Values[^1]:0.0e0}"),
            compared.Length > 0 && leads == compared.Length);
    });

    private static Series? Loss(RunLog log, string method) =>
        log.Methods.GetValueOrDefault(method) is { } found && found.TryGet("loss", out var loss) ? loss : null;

    private static double? Start(RunLog log, string series) =>
        log.Methods.Values.Select(method => method.Find(series)).OfType<Series>().FirstOrDefault(s => s.Count > 0)?.Values[0];

    private static double Width(RunLog log) => JsonNumber.Of(log.Config["width"]) ?? double.NaN;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
