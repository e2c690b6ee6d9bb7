using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>What the captured activations of a layer say.</summary>
/// <param name="StableRank">st(A), or null where there are none, all are zero, or one is not finite.</param>
/// <param name="OperatorNormSquared">‖A‖_op² over all samples, or null likewise.</param>
/// <param name="Interval">How well st(A) is known.</param>
/// <param name="IsFinite">Whether every entry is finite.</param>
public sealed record ActivationMeasure(double? StableRank, double? OperatorNormSquared, StableRankInterval? Interval, bool IsFinite)
{
    private static readonly ActivationMeasure None = new(null, null, null, IsFinite: true);

    /// <summary>Measures the activations of <paramref name="layer"/>.</summary>
    public static ActivationMeasure Of(CapturedLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.TokenCounts is { } counts)
            return OfTokens(counts);
        if (layer.GramSummary is var (trace, value))
            return OfSummary(layer, trace, value);
        if ((layer.Gram ?? layer.Activations) is not { } stored)
            return None;
        double largest = stored.LargestMagnitude();
        if (!double.IsFinite(largest))
            return None with { IsFinite = false };
        if (largest == 0)
            return None;
        double stableRank, top;
        if (layer.Gram is { } gram)
            (stableRank, top) = (Measures.EffectiveRank(gram)!.Value, Measures.OperatorNorm(gram));
        else
        {
            double norm = Measures.OperatorNorm(stored);
            (stableRank, top) = (ExactMeasures.StableRank(stored)!.Value, norm * norm);
        }
        return new ActivationMeasure(stableRank, top, IntervalOf(layer, stableRank), IsFinite: true);
    }

    /// <summary>Singular values of the activations, descending: roots of the Gram matrix's eigenvalues, or those of A itself.</summary>
    public static double[] SpectrumOf(CapturedLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.TokenCounts is { } counts)
            return [.. counts.OrderDescending().Select(count => Math.Sqrt(count))];
        if ((layer.Gram ?? layer.Activations) is not { } stored || !double.IsFinite(stored.LargestMagnitude()))
            return [];
        if (layer.Gram is null)
            return ExactMeasures.SingularValues(stored);
        double[] lambda = Linear.SymmetricEigenvalues(stored);
        Array.Reverse(lambda);
        return Array.ConvertAll(lambda, value => Math.Sqrt(Math.Max(0, value)));
    }

    private static ActivationMeasure OfSummary(CapturedLayer layer, double trace, double largest) =>
        !double.IsFinite(trace + largest) ? None with { IsFinite = false }
        : largest <= 0 ? None
        : new ActivationMeasure(trace / largest, largest, IntervalOf(layer, trace / largest), IsFinite: true);

    private static ActivationMeasure OfTokens(IReadOnlyList<long> counts)
    {
        long total = counts.Sum();
        if (total == 0)
            return None;
        long most = counts.Max();
        double stableRank = (double)total / most;
        var interval = StableRankInterval.OfTokens(stableRank, total);
        return new ActivationMeasure(
            stableRank, most, interval with { High = Math.Clamp(interval.High, stableRank, Math.Max(stableRank, counts.Count)) }, IsFinite: true);
    }

    /// <summary>The interval, within what is possible: st is at least 1 and at most the number of features.</summary>
    private static StableRankInterval? IntervalOf(CapturedLayer layer, double stableRank) =>
        Raw(layer, stableRank) is not { } interval ? null
        : layer.Shape is not var (_, features) ? interval
        : interval with { Low = Math.Min(interval.Low, stableRank), High = Math.Clamp(interval.High, stableRank, Math.Max(stableRank, features)) };

    private static StableRankInterval? Raw(CapturedLayer layer, double stableRank)
    {
        if (layer.RowKernel is { } kernel
            && StableRankInterval.OfKernel(stableRank, kernel, layer.RowUnits, layer.Units) is { } light)
            return light;
        if ((layer.RowSample ?? layer.Activations) is { } rows
            && StableRankInterval.OfRows(stableRank, rows, layer.RowSample is null ? [] : layer.RowUnits, layer.Units) is { } interval)
            return interval;
        return layer.Gram is { } gram && layer.Rows > 0 ? StableRankInterval.Gaussian(stableRank, gram, layer.Rows) : null;
    }
}
