using SpecGD.Diagnosis;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Tests.Diagnosis;

/// <summary>The intervals of st(A) against what repeated draws from a known distribution show.</summary>
public class StableRankIntervalTests
{
    private const int Samples = 400, Repetitions = 300;

    /// <summary>A standard deviation from 300 draws is known to 4 %, and the formula is exact as n grows only: a quarter is beyond both.</summary>
    private const double SpreadTolerance = 0.25;

    /// <summary>Standard deviations of the coordinates; the first stands out, so that the largest eigenvalue is well apart.</summary>
    private static readonly double[] Deviations = [2.5, 1, 1, 0.8, 0.5, 0.3];

    [Fact]
    public void Gaussian_rows_spread_as_the_formula_and_the_bootstrap_say()
    {
        double[] logs = [.. Enumerable.Range(0, Repetitions).Select(seed => Math.Log(ExactMeasures.StableRank(Rows((ulong)seed))!.Value))];
        double mean = logs.Average(), spread = Math.Sqrt(logs.Sum(x => (x - mean) * (x - mean)) / (Repetitions - 1));
        var rows = Rows(12345);
        var gram = new Matrix<double>(rows.Columns, rows.Columns);
        Linear.Gram(1.0, rows, transposeFirst: true, gram);
        double st = Measures.EffectiveRank(gram)!.Value;

        foreach (var interval in new[] { StableRankInterval.Gaussian(st, gram, Samples), StableRankInterval.Bootstrap(st, rows, [], Samples, 1)! })
        {
            double told = Math.Log(st / interval.Low) / 1.959964; // the upper end also reaches for what few samples hide
            (Math.Abs(told / spread - 1) <= SpreadTolerance).ShouldBeTrue($"{interval.Method}: {told} for {spread}");
        }
    }

    [Fact]
    public void Few_rows_make_st_too_small_and_the_estimated_bias_has_that_sign()
    {
        const int few = 30;
        double population = Deviations.Sum(d => d * d) / (Deviations[0] * Deviations[0]);
        var wide = new TorchRandom(3).Normal(few, 60); // st of the distribution is 60
        double st = ExactMeasures.StableRank(wide)!.Value;

        (st < 30).ShouldBeTrue($"{st}");
        (StableRankInterval.Bootstrap(st, wide, [], few, 1)!.Bias < 0).ShouldBeTrue();
        (population > 1).ShouldBeTrue();
    }

    [Fact]
    public void Rows_that_repeat_within_units_count_as_one_unit()
    {
        const int copies = 16;
        var few = Rows(7).RowSlice(0, Samples / copies);
        var repeated = new Matrix<double>(Samples, few.Columns);
        for (int i = 0; i < Samples; i++)
            few.Row(i / copies).CopyTo(repeated.Row(i));
        double st = ExactMeasures.StableRank(repeated)!.Value;
        long[] units = [.. Enumerable.Range(0, Samples).Select(i => (long)(i / copies))];

        double byUnits = Width(StableRankInterval.Bootstrap(st, repeated, units, Samples / copies, 1)!, st);
        double byRows = Width(StableRankInterval.Bootstrap(st, repeated, [], Samples, 1)!, st);

        (byUnits / byRows is > 3 and < 5.5).ShouldBeTrue($"√16 = 4 times as wide was expected, not {byUnits / byRows}");
    }

    /// <summary>Draws of 40 that must hold the truth: 36 are expected at 90 %, and fewer than 30 come once in 900 times.</summary>
    private const int Draws = 40, LeastCovered = 30;

    /// <summary>
    /// White noise, whose st is that of far more samples, and spectra with a leading direction. Without the reach of the upper end white noise is covered in
    /// no draw.
    /// </summary>
    [Theory]
    [InlineData(32, 200, 0.0)]
    [InlineData(32, 1000, 0.0)]
    [InlineData(64, 400, 0.5)]
    [InlineData(64, 400, 1.0)]
    [InlineData(64, 400, 2.0)]
    public void The_interval_holds_the_stable_rank_of_the_distribution(int width, int samples, double decay)
    {
        double[] variances = [.. Enumerable.Range(1, width).Select(i => Math.Pow(i, -decay))];
        double truth = variances.Sum() / variances[0];
        int covered = 0, without = 0;
        for (ulong seed = 0; seed < Draws; seed++)
        {
            var rows = new TorchRandom(seed).Normal(samples, width);
            for (int i = 0; i < samples; i++)
                for (int j = 0; j < width; j++)
                    rows[i, j] *= Math.Sqrt(variances[j]);
            double st = ExactMeasures.StableRank(rows)!.Value;
            var interval = StableRankInterval.Bootstrap(st, rows.RowSlice(0, Math.Min(samples, 200)), [], samples, seed)!;
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
            without += truth <= st * st / interval.Low ? 1 : 0; // an upper end as far away as the lower one
        }
        covered.ShouldBeGreaterThanOrEqualTo(LeastCovered);
        if (decay == 0)
            without.ShouldBe(0, "the reach of the upper end is what covers it");
    }

    [Fact]
    public void One_unit_or_zero_rows_have_no_bootstrap()
    {
        StableRankInterval.Bootstrap(2, Rows(1), [.. Enumerable.Repeat(5L, Samples)], 1, 1).ShouldBeNull();
        StableRankInterval.Bootstrap(2, new Matrix<double>(4, 3), [], 4, 1).ShouldBeNull();
    }

    private static double Width(StableRankInterval interval, double st) => Math.Log(st / interval.Low);

    private static Matrix<double> Rows(ulong seed)
    {
        var rows = new TorchRandom(seed).Normal(Samples, Deviations.Length);
        for (int i = 0; i < Samples; i++)
            for (int j = 0; j < Deviations.Length; j++)
                rows[i, j] *= Deviations[j];
        return rows;
    }
}
