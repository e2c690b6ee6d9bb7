using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>What a random-feature log says: a row for each method, and whether the rule nr(G) ≥ st(A) called the better method.</summary>
internal static class RandomFeatureSummary
{
    public static RunSummary Of(RunLog log)
    {
        double? st = log.DatasetNumber("stable_rank_A");
        var rows = log.Methods.Where(m => m.Value.TryGet("loss", out _)).Select(m => Row(m.Key, m.Value, st)).ToArray();
        return new RunSummary(["method"], rows, [.. BestMethod.Sentences(log), .. Sentences(log, st)]);
    }

    private static JsonObject Row(string name, MethodLog method, double? st)
    {
        var loss = method.Find("loss")!;
        var peak = method.Find("nuclear_rank")?.Peak(where: i => i >= loss.Count || loss.Values[i] != 0);
        return new JsonObject
        {
            ["method"] = name,
            ["start"] = loss.Steps[0],
            ["step size"] = AdaptiveWords.Shown(method.Metadata["lr"]),
            ["first loss"] = JsonNumber.From(loss.Values[0]),
            ["last loss"] = JsonNumber.From(loss.Values[^1]),
            ["peak nr"] = peak is { } p ? JsonNumber.From(p.Value) : null,
            ["at step"] = peak?.Step,
            ["st(A)"] = st,
        };
    }

    private static IEnumerable<string> Sentences(RunLog log, double? stableRank)
    {
        if (stableRank is not { } st
            || log.Methods.GetValueOrDefault(RandomFeature.GradientDescent) is not { } descent || !descent.TryGet("loss", out var descentLoss)
            || log.Methods.GetValueOrDefault(RandomFeature.SpecGd) is not { } spectral || !spectral.TryGet("loss", out var spectralLoss)
            || !descent.TryGet("nuclear_rank", out var ranks))
            yield break;
        var rule = RuleCount.Of(ranks, _ => st, descentLoss);
        string share = rule.Asked > 0 ? string.Create(CultureInfo.InvariantCulture, $", {(double)rule.Favoured / rule.Asked:P0}") : "";
        yield return string.Create(CultureInfo.InvariantCulture, $"Along gradient descent the rule nr(G) >= st(A) = {st:0.##} favoured the spectral step at ")
            + rule.Words("the loss is zero, and a gradient is rounding") + share + ".";
        if (descentLoss.Steps[^1] != spectralLoss.Steps[^1])
            yield break; // one of the two did not reach the end
        if (descentLoss.Count < 2)
            yield break; // the start alone
        string[] above =
        [
            .. Divergence.Of(log.Methods).Where(end => end is { Method: RandomFeature.GradientDescent or RandomFeature.SpecGd, IsAboveStart: true })
                .Select(end => MethodName.InSentences(end.Method)),
        ];
        if (above.Length > 0)
        {
            yield return $"Whether the rule was right cannot be decided: {(above.Length > 1 ? "the losses of both end above their starts" : $"the loss of {above[0]} ends above its start")}.";
            yield break;
        }
        double ratio = descentLoss.Values[^1] / spectralLoss.Values[^1];
        if (!(ratio > 0 && double.IsFinite(ratio)))
        {
            yield return "At least one of the two reached a loss of zero, so the last losses have no ratio.";
            yield break;
        }
        if (BestMethod.AreLevel(descentLoss.Values[^1], spectralLoss.Values[^1]))
        {
            yield return "Whether the rule was right cannot be decided: the two from zero are level.";
            yield break;
        }
        bool spectralWon = ratio > 1;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"Of the two from zero {(spectralWon ? "SpecGD" : "gradient descent")} ended {Times(spectralWon ? ratio : 1 / ratio)} lower: ")
            + (2 * rule.Favoured == rule.Asked ? "the rule favoured either for half of the run."
                : spectralWon == (2 * rule.Favoured > rule.Asked) ? "as the rule says for most of the run." : "not what the rule says for most of the run.");
    }

    private static string Times(double ratio) => ratio.ToString(ratio < 1e4 ? "0.#' times'" : "0.#e0' times'", CultureInfo.InvariantCulture);
}
