using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>Figures 3 (ReLU, low stable rank: SpecGD wins) and 11 (SwiGLU, high stable rank: gradient descent wins).</summary>
public sealed class RandomFeatureFigures : IPaperFigureSource
{
    /// <summary>"About", for a stable rank that the paper gives in words.</summary>
    private const double AboutRelative = 0.1;

    /// <summary>Two orders of magnitude, which is also what "far ahead" must at least mean.</summary>
    private const double TwoOrders = 100;

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        new("fig3", "Random features, ReLU: SpecGD overtakes gradient descent", "random-feature", new RandomFeatureOptions(),
        [
            StableRankAbout(3),
            new("gradient descent's nuclear rank rises past 60", static log =>
                log.Methods.GetValueOrDefault(RandomFeature.GradientDescent)?.Find("nuclear_rank")?.Peak() is { } peak
                    ? new Finding(Text($"peak {peak.Value:0.0} at step {peak.Step}"), peak.Value > 60)
                    : Finding.Missing("nuclear rank of gradient descent")),
            EndsBelow(RandomFeature.SpecGd, RandomFeature.GradientDescent, "SpecGD ends two orders of magnitude below gradient descent (100 times at least)"),
        ])
        {
            QuickOptions = new RandomFeatureOptions { SpecgdRestartFrequency = 500 }, // one of the nine restarts
        },
        new("fig11", "Random features, SwiGLU: gradient descent stays ahead", "random-feature", new RandomFeatureOptions { Activation = "swiglu" },
        [
            StableRankAbout(29),
            EndsBelow(RandomFeature.GradientDescent, RandomFeature.SpecGd, "gradient descent ends far below SpecGD (100 times at least)"),
        ]),
    ];

    private static Claim StableRankAbout(double expected) => new(Text($"st(A) is about {expected} (within {AboutRelative:P0})"), log =>
        log.DatasetNumber("stable_rank_A") is { } st
            ? new Finding(Text($"st(A) = {st:0.00}"), Math.Abs(st - expected) <= AboutRelative * expected)
            : Finding.Missing("stable_rank_A"));

    private static Claim EndsBelow(string lower, string higher, string statement) => new(statement, log =>
    {
        if (LastLoss(log, lower) is not { } low || LastLoss(log, higher) is not { } high)
            return Finding.Missing("losses of both methods");
        return new Finding(Text($"{NumberText.OfRatio(high / low)} times: last losses {low:0.0e0} and {high:0.0e0}"), low > 0 && high >= TwoOrders * low);
    });

    private static double? LastLoss(RunLog log, string method) =>
        log.Methods.GetValueOrDefault(method) is { } series && series.TryGet("loss", out var loss) ? loss.Values[^1] : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
