using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments;

/// <summary>What a sparse-regression log says: a row for each method, and the ratio of the last losses.</summary>
internal static class SparseRegressionSummary
{
    /// <summary>Losses within this factor of one another are called level.</summary>
    private const double Level = 1.05;

    public static RunSummary Of(RunLog log)
    {
        var rows = log.Methods.Where(m => m.Value.TryGet("loss", out _)).Select(m => Row(m.Key, m.Value)).ToArray();
        return new RunSummary(rows, [.. Sentences(log)]);
    }

    private static JsonObject Row(string name, MethodLog method)
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
            row[$"st(A{layer})"] = JsonNumber.From(stableRank.Values[^1]);
        for (int layer = 1; method.TryGet($"grad_ratio.W{layer}", out var nuclearRank); layer++)
            row[$"nr(G{layer})"] = JsonNumber.From(nuclearRank.Values[^1]);
        return row;
    }

    private static IEnumerable<string> Sentences(RunLog log)
    {
        if (log.Methods.GetValueOrDefault(SparseRegression.GradientDescent) is not { } descent || !descent.TryGet("loss", out var descentLoss)
            || log.Methods.GetValueOrDefault(SparseRegression.SpecGd) is not { } spectral || !spectral.TryGet("loss", out var spectralLoss)
            || descentLoss.Steps[^1] != spectralLoss.Steps[^1])
            yield break;
        double ratio = descentLoss.Values[^1] / spectralLoss.Values[^1];
        if (!(ratio > 0 && double.IsFinite(ratio)))
            yield break;
        double factor = Math.Max(ratio, 1 / ratio);
        yield return factor < Level
            ? $"After {descentLoss.Count} steps the two methods are level."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"After {descentLoss.Count} steps {(ratio > 1 ? "SpecGD" : "gradient descent")} is {factor:G3} times lower.");
        foreach (int layer in new[] { 2, 3 })
        {
            if (!descent.TryGet($"grad_ratio.W{layer}", out var nuclear) || !descent.TryGet($"activations.layer{layer - 1}", out var stable))
                continue;
            int favoured = nuclear.Values.Zip(stable.Values).Count(pair => SpectralCondition.Favours(pair.First, pair.Second));
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Along gradient descent the rule nr(G{layer}) >= st(A{layer - 1}) "
                + $"favoured the spectral step on W{layer} at {favoured} of {nuclear.Count} steps.");
        }
    }
}
