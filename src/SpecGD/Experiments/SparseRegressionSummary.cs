using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>What a sparse-regression log says: a row for each method, which of them ended lowest, and what the rule said.</summary>
internal static class SparseRegressionSummary
{
    public static RunSummary Of(RunLog log)
    {
        string stableRank = SparseRegression.HasExactStableRanks(log) ? "st" : "bound of st";
        var rows = log.Methods.Where(m => m.Value.TryGet("loss", out _)).Select(m => Row(m.Key, m.Value, stableRank)).ToArray();
        return new RunSummary(["method"], rows, [.. BestMethod.Sentences(log), .. Sentences(log)]);
    }

    private static JsonObject Row(string name, MethodLog method, string rank)
    {
        var loss = method.Find("loss")!;
        var row = new JsonObject
        {
            ["method"] = name,
            ["step factor"] = AdaptiveWords.Shown(method.Properties["lr"]),
            ["first loss"] = JsonNumber.From(loss.Values[0]),
            ["last loss"] = JsonNumber.From(loss.Values[^1]),
        };
        for (int layer = 1; method.TryGet($"activations.layer{layer}", out var stableRank); layer++)
            row[$"{rank}(A{layer})"] = JsonNumber.From(stableRank.Values[^1]);
        for (int layer = 1; method.TryGet($"grad_ratio.W{layer}", out var nuclearRank); layer++)
            row[$"nr(G{layer})"] = JsonNumber.From(nuclearRank.Values[^1]);
        return row;
    }

    private static IEnumerable<string> Sentences(RunLog log)
    {
        if (log.Methods.GetValueOrDefault(SparseRegression.GradientDescent) is not { } descent)
            yield break;
        foreach (int layer in new[] { 2, 3 })
        {
            if (!descent.TryGet($"grad_ratio.W{layer}", out var nuclear) || !descent.TryGet($"activations.layer{layer - 1}", out var stable))
                continue;
            var rule = RuleCount.Of(nuclear, i => i < stable.Count ? stable.Values[i] : 0, descent.Find("loss"));
            yield return $"Along gradient descent the rule nr(G{layer}) >= st(A{layer - 1}) favoured the spectral step on W{layer} at "
                + rule.Words("there is no gradient or no activation") + (SparseRegression.HasExactStableRanks(log) ? "" : ", with an upper bound in the place of st") + ".";
        }
    }
}
