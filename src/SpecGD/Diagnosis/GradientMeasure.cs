using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>What the spectrum of a captured gradient says. Everything is from all singular values, not from estimates.</summary>
/// <param name="Spectrum">Singular values, descending; for gains the magnitudes of the entries.</param>
/// <param name="NuclearRank">(Σ s)²/Σ s², or null where the gradient is zero or not finite.</param>
/// <param name="StableRank">Σ s²/s₁², or null likewise.</param>
/// <param name="Rank">Singular values above the rounding of the element type that the program computed the gradient in.</param>
/// <param name="IsFinite">Whether every entry is finite.</param>
public sealed record GradientMeasure(IReadOnlyList<double> Spectrum, double? NuclearRank, double? StableRank, int Rank, bool IsFinite)
{
    private const double SingleEpsilon = 1.0 / (1 << 23), HalfEpsilon = 1.0 / (1 << 10), BrainEpsilon = 1.0 / (1 << 7),
        DoubleEpsilon = 1.0 / (1L << 52);

    /// <summary>Roots of eigenvalues of a Gram matrix are known to about √ε of the largest, no better.</summary>
    private const double GramRange = 1e-7;

    /// <summary>Measures the gradient of <paramref name="layer"/>; null where there is none.</summary>
    public static GradientMeasure? Of(CapturedLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        double[] s;
        if (layer.GradientSpectrum is { } known)
            s = [.. known];
        else if ((layer.Gradient ?? layer.GradientGram) is not { } stored)
            return null;
        else if (!double.IsFinite(stored.LargestMagnitude()))
            s = [double.NaN];
        else
            s = layer.IsNorm ? Magnitudes(stored) : layer.Gradient is { } g ? ExactMeasures.SingularValues(g) : OfGram(stored);
        if (!Array.TrueForAll(s, double.IsFinite))
            return new GradientMeasure([], null, null, 0, IsFinite: false);
        if (s.Length == 0 || s[0] == 0)
            return new GradientMeasure(s, null, null, 0, IsFinite: true);
        double sum = 0, squares = 0;
        foreach (double value in s)
        {
            double relative = value / s[0];
            sum += relative;
            squares += relative * relative;
        }
        double range = Range(layer, s.Length);
        return new GradientMeasure(s, sum * sum / squares, squares, s.Count(value => value > range * s[0]), IsFinite: true);
    }

    /// <summary>(Σ s)²/Σ s² of singular values; null where all are zero or one is not finite.</summary>
    public static double? NuclearRankOf(IReadOnlyList<double> spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        double largest = spectrum.Count == 0 ? 0 : spectrum.Max();
        if (!(largest > 0) || !spectrum.All(double.IsFinite))
            return null;
        double sum = spectrum.Sum(value => value / largest), squares = spectrum.Sum(value => value / largest * (value / largest));
        return sum * sum / squares;
    }

    private static double[] Magnitudes(Matrix<double> gain)
    {
        double[] values = [.. gain.Reshape(1, gain.Count).Row(0)];
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Abs(values[i]);
        Array.Sort(values, (a, b) => b.CompareTo(a));
        return values;
    }

    private static double[] OfGram(Matrix<double> gram)
    {
        double[] lambda = Linear.SymmetricEigenvalues(gram);
        Array.Reverse(lambda);
        return Array.ConvertAll(lambda, value => Math.Sqrt(Math.Max(0, value)));
    }

    /// <summary>
    /// Share of s₁ below which a singular value is rounding: ε·max(m, n), the usual bound; in half precision, where that exceeds 1, the size that
    /// independent rounding errors reach, ε·√max(m, n).
    /// </summary>
    private static double Range(CapturedLayer layer, int smaller)
    {
        double larger = layer.Shape is var (rows, columns) ? Math.Max(rows, columns) : smaller;
        double range = layer.Entry.GradientDtype switch
        {
            "float64" => DoubleEpsilon * larger,
            "float16" => HalfEpsilon * Math.Sqrt(larger),
            "bfloat16" => BrainEpsilon * Math.Sqrt(larger),
            _ => SingleEpsilon * larger,
        };
        return layer.Gradient is null && layer.GradientSpectrum is null ? Math.Max(range, GramRange) : range;
    }
}
