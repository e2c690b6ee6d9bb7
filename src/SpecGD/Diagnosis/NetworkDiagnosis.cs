using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>Captures of one or more steps, diagnosed: a row for each layer and step, and what follows from all of them.</summary>
/// <param name="Files">The captures' paths.</param>
/// <param name="Rows">The layers in network order, step by step.</param>
/// <param name="OtherParameters">Parameters that belong to no layer: biases and the like.</param>
/// <param name="ParameterCurvature">C_op that the verdicts take into account.</param>
public sealed record NetworkDiagnosis(
    IReadOnlyList<string> Files, IReadOnlyList<LayerDiagnosis> Rows, IReadOnlyList<string> OtherParameters, double ParameterCurvature)
{
    /// <summary>Matrices of the model that no capture could measure.</summary>
    public IReadOnlyList<UnmeasuredMatrix> Unmeasured { get; init; } = [];

    /// <summary>The steps, ascending.</summary>
    public IReadOnlyList<long> Steps { get; } = [.. Rows.Select(row => row.Step ?? 0).Distinct()];

    /// <summary>Each layer over the steps, in network order.</summary>
    public IReadOnlyList<LayerTrend> Trends { get; } = [.. Rows.GroupBy(row => row.Name).Select(rows => new LayerTrend([.. rows]))];

    /// <summary>Totals by group, in the order in which the groups first occur.</summary>
    public IReadOnlyList<GroupTotal> Groups => [.. Trends.GroupBy(trend => trend.Last.Group).Select(trends => GroupTotal.Of(trends.Key.Word(),
        trends))];

    /// <summary>Totals over everything that was captured.</summary>
    public GroupTotal Total => GroupTotal.Of("all", Trends);
}

/// <summary>One layer over the captured steps.</summary>
/// <param name="Rows">Its diagnoses, steps ascending, one at least.</param>
public sealed record LayerTrend(IReadOnlyList<LayerDiagnosis> Rows)
{
    /// <summary>The layer's name.</summary>
    public string Name => Last.Name;

    /// <summary>The newest step.</summary>
    public LayerDiagnosis Last => Rows[^1];

    /// <summary>The steps with a verdict.</summary>
    public IReadOnlyList<LayerDiagnosis> Judged { get; } = [.. Rows.Where(row => row.Judgement is not null)];

    /// <summary>The most frequent verdict, of equally frequent ones the newest; null where there is none.</summary>
    public Verdict? Verdict => Judged.Count == 0 ? null : Judged
        .Select((row, i) => (row.Judgement!.Value.Verdict, i)).GroupBy(row => row.Verdict)
        .MaxBy(rows => (rows.Count(), rows.Max(row => row.i)))!.Key;

    /// <summary>Share of the judged steps that agree with <see cref="Verdict"/>; null where there is none.</summary>
    public double? Stability => Verdict is { } verdict ? (double)Judged.Count(row => row.Judgement!.Value.Verdict == verdict) / Judged.Count : null;

    /// <summary>Neighbouring judged steps with different verdicts.</summary>
    public IReadOnlyList<(LayerDiagnosis From, LayerDiagnosis To)> Crossings =>
        [.. Judged.Zip(Judged.Skip(1)).Where(pair => pair.First.Judgement!.Value.Verdict != pair.Second.Judgement!.Value.Verdict)];

    /// <summary>
    /// Change of nr/st over the captured steps: the factor between the ends of the straight line through log(nr/st) against the order of the steps;
    /// null
    /// with fewer than two.
    /// </summary>
    public double? Growth
    {
        get
        {
            if (Judged.Count < 2)
                return null;
            double middle = (Judged.Count - 1) / 2.0, products = 0, squares = 0;
            foreach (var (i, row) in Judged.Index())
            {
                products += (i - middle) * Math.Log(row.Ratio!.Value);
                squares += (i - middle) * (i - middle);
            }
            return Math.Exp(products / squares * (Judged.Count - 1));
        }
    }
}

/// <summary>Totals over a group of layers, with the verdicts of <see cref="LayerTrend.Verdict"/>.</summary>
/// <param name="Name">The group.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="Spectral">Layers judged spectral.</param>
/// <param name="Undecided">Layers judged undecided.</param>
/// <param name="Euclidean">Layers judged Euclidean.</param>
/// <param name="SpectralShare">Share of the judged weights for which nr(G) ≥ st(A) (spectral and undecided); null where none was judged.</param>
/// <param name="LowestRatio">The smallest nr/st of the newest step.</param>
/// <param name="MiddleRatio">The geometric mean.</param>
/// <param name="HighestRatio">The largest.</param>
public sealed record GroupTotal(
    string Name, int Layers, long Parameters, int Spectral, int Undecided, int Euclidean, double? SpectralShare, double? LowestRatio,
        double? MiddleRatio, double? HighestRatio)
{
    /// <summary>The totals of <paramref name="trends"/>.</summary>
    public static GroupTotal Of(string name, IEnumerable<LayerTrend> trends)
    {
        LayerTrend[] all = [.. trends];
        int Count(Verdict verdict) => all.Count(trend => trend.Verdict == verdict);
        double[] ratios = [.. all.Select(trend => trend.Last.Ratio).OfType<double>()];
        long judged = Weights(all.Where(trend => trend.Verdict is not null));
        long favoured = Weights(all.Where(trend => trend.Verdict is Verdict.Spectral or Verdict.Undecided));
        return new GroupTotal(
            name,
            all.Length,
            Weights(all),
            Count(Verdict.Spectral),
            Count(Verdict.Undecided),
            Count(Verdict.Euclidean),
            judged > 0 ? (double)favoured / judged : null,
            ratios.Length > 0 ? ratios.Min() : null,
            ratios.Length > 0 ? Math.Exp(ratios.Average(Math.Log)) : null,
            ratios.Length > 0 ? ratios.Max() : null);
    }

    /// <summary>The weights of layers; one that several layers share is counted once.</summary>
    public static long Weights(IEnumerable<LayerTrend> trends)
    {
        ArgumentNullException.ThrowIfNull(trends);
        return trends.DistinctBy(trend => trend.Last.Entry is { TiedWith.Count: > 0, Parameter: { } parameter } ? (parameter, IsTied: true) : (trend.Name, IsTied: false))
            .Sum(trend => trend.Last.Parameters);
    }
}
