using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>
/// A stack of matrices in one parameter (experts) as a whole: one step on all slices promises the sum of what each promises. With ‖G_i‖_F² as weights the
/// guarantees add up to Σ nr_i‖G_i‖²/st_i against Σ‖G_i‖², so the ratio is the mean of nr_i/st_i, weighted by the squares of the gradients.
/// </summary>
/// <param name="Name">The parameter.</param>
/// <param name="Step">The training step, or null.</param>
/// <param name="Slices">Its matrices that were captured.</param>
/// <param name="Judged">How many of them have a verdict.</param>
/// <param name="NuclearRank">The mean of their nuclear ranks, weighted likewise; null without a verdict.</param>
/// <param name="Ratio">The weighted mean of nr/st; null without a verdict.</param>
/// <param name="Verdict">What follows from the ratio.</param>
public sealed record StackJudgement(string Name, long? Step, int Slices, int Judged, double? NuclearRank, double? Ratio, Verdict? Verdict)
{
    /// <summary>The stacks of a diagnosis, step by step.</summary>
    public static IReadOnlyList<StackJudgement> Of(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        return [.. diagnosis.Rows.Where(row => row.Entry.SliceOf is not null).GroupBy(row => (row.Entry.SliceOf, row.Step)).Select(rows => OfSlices([.. rows]))];
    }

    private static StackJudgement OfSlices(LayerDiagnosis[] slices)
    {
        LayerDiagnosis[] judged = [.. slices.Where(slice => slice.Ratio is not null)];
        double weight = judged.Sum(Weight);
        double? Mean(Func<LayerDiagnosis, double> value) => weight > 0 ? judged.Sum(slice => Weight(slice) * value(slice)) / weight : null;
        double? ratio = Mean(slice => slice.Ratio!.Value);
        return new StackJudgement(
            slices[0].Entry.SliceOf!, slices[0].Step, slices.Length, judged.Length, Mean(slice => slice.NuclearRank!.Value), ratio,
            ratio is { } r ? r >= 2 ? Spectral.Verdict.Spectral : r >= 1 ? Spectral.Verdict.Undecided : Spectral.Verdict.Euclidean : null);
    }

    private static double Weight(LayerDiagnosis slice) => slice.GradientSpectrum.Sum(value => value * value);
}
