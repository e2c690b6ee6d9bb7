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

    /// <summary>Draws over which a width is averaged: that from 16 groups is known to a fifth, its mean to a twentieth.</summary>
    private const int Averaged = 20;

    /// <summary>Standard deviations of the coordinates; the first stands out, so that the largest eigenvalue is well apart.</summary>
    private static readonly double[] Deviations = [2.5, 1, 1, 0.8, 0.5, 0.3];

    [Fact]
    public void Gaussian_rows_spread_as_the_formula_and_the_groups_say()
    {
        double[] logs = [.. Enumerable.Range(0, Repetitions).Select(seed => Math.Log(ExactMeasures.StableRank(Rows((ulong)seed))!.Value))];
        double mean = logs.Average(), spread = Math.Sqrt(logs.Sum(x => (x - mean) * (x - mean)) / (Repetitions - 1));
        var gram = new Matrix<double>(Deviations.Length, Deviations.Length);
        Linear.Gram(1.0, Rows(12345), transposeFirst: true, gram);
        double st = Measures.EffectiveRank(gram)!.Value;

        double formula = Width(StableRankInterval.Gaussian(st, gram, Samples), st) / 1.959964;
        double groups = Enumerable.Range(0, Averaged).Average(seed => WidthOf(Rows((ulong)seed), [], Samples)) / SpecialFunctions.StudentQuantile(0.975, 15);

        (Math.Abs(formula / spread - 1) <= SpreadTolerance).ShouldBeTrue($"formula: {formula} for {spread}");
        (Math.Abs(groups / spread - 1) <= SpreadTolerance).ShouldBeTrue($"groups: {groups} for {spread}");
    }

    [Fact]
    public void Few_rows_make_st_too_small_and_the_estimated_bias_has_that_sign()
    {
        const int few = 30;
        double population = Deviations.Sum(d => d * d) / (Deviations[0] * Deviations[0]);
        var wide = new TorchRandom(3).Normal(few, 60); // st of the distribution is 60
        double st = ExactMeasures.StableRank(wide)!.Value;

        (st < 30).ShouldBeTrue($"{st}");
        (StableRankInterval.OfRows(st, wide, [], few)!.Bias < 0).ShouldBeTrue();
        (population > 1).ShouldBeTrue();
    }

    [Fact]
    public void Rows_that_repeat_within_units_count_as_one_unit()
    {
        const int copies = 16;
        long[] units = [.. Enumerable.Range(0, Samples).Select(i => (long)(i / copies))];
        double byUnits = 0, byRows = 0;
        for (ulong seed = 0; seed < Averaged; seed++)
        {
            var few = Rows(seed).RowSlice(0, Samples / copies);
            var repeated = new Matrix<double>(Samples, few.Columns);
            for (int i = 0; i < Samples; i++)
                few.Row(i / copies).CopyTo(repeated.Row(i));
            byUnits += WidthOf(repeated, units, Samples / copies);
            byRows += WidthOf(repeated, [], Samples);
        }

        (byUnits / byRows is > 3 and < 5.5).ShouldBeTrue($"√16 = 4 times as wide was expected, not {byUnits / byRows}");
    }

    /// <summary>Draws of 40 that must hold the truth: 36 are expected at 90 %, and fewer than 30 come once in 900 times.</summary>
    private const int Draws = 40, LeastCovered = 30;

    /// <summary>
    /// White noise, whose st is that of far more samples, spectra with a leading direction, and sequences whose rows resemble each other. An upper end that is
    /// as far away as the lower one covers white noise in no draw.
    /// </summary>
    [Theory]
    [InlineData(32, 200, 1, 0.0)]
    [InlineData(32, 1000, 1, 0.0)]
    [InlineData(64, 400, 1, 0.5)]
    [InlineData(64, 400, 1, 1.0)]
    [InlineData(64, 400, 1, 2.0)]
    [InlineData(32, 24, 16, 0.0)]
    [InlineData(32, 24, 16, 1.0)]
    [InlineData(32, 8, 32, 0.5)]
    public void The_interval_holds_the_stable_rank_of_the_distribution(int width, int sequences, int length, double decay)
    {
        double[] variances = [.. Enumerable.Range(1, width).Select(i => Math.Pow(i, -decay))];
        double truth = variances.Sum() / variances[0];
        int covered = 0, without = 0;
        for (ulong seed = 0; seed < Draws; seed++)
        {
            var rows = Sequences(seed, sequences, length, variances);
            long[] units = [.. Enumerable.Range(0, rows.Rows).Select(i => (long)(i / length))];
            double st = ExactMeasures.StableRank(rows)!.Value;
            int kept = Math.Min(rows.Rows, 200);
            var interval = StableRankInterval.OfRows(st, rows.RowSlice(0, kept), units[..kept], sequences)!;
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
            without += truth <= st * st / interval.Low ? 1 : 0;
        }
        covered.ShouldBeGreaterThanOrEqualTo(LeastCovered);
        if (decay == 0 && length == 1)
            without.ShouldBe(0, "the reach of the upper end is what covers it");
    }

    [Fact]
    public void One_unit_or_zero_rows_have_no_interval()
    {
        StableRankInterval.OfRows(2, Rows(1), [.. Enumerable.Repeat(5L, Samples)], 1).ShouldBeNull();
        StableRankInterval.OfRows(2, new Matrix<double>(4, 3), [], 4).ShouldBeNull();
    }

    [Fact]
    public void Units_that_share_no_direction_say_nothing()
    {
        var rows = new Matrix<double>(6, 6);
        for (int i = 0; i < 6; i++)
            rows[i, i] = 1;
        var interval = StableRankInterval.OfRows(6, rows, [], 6)!;
        (interval.Low, interval.High).ShouldBe((1, 6));
    }

    /// <summary>Rows of sequences, (sequences · length, width): of the variance of each coordinate, 0.7 is common to a sequence where it has more than one row.</summary>
    private static Matrix<double> Sequences(ulong seed, int sequences, int length, double[] variances)
    {
        double common = length > 1 ? 0.7 : 0;
        var random = new TorchRandom(seed);
        Matrix<double> own = random.Normal(sequences * length, variances.Length), shared = random.Normal(sequences, variances.Length);
        for (int i = 0; i < own.Rows; i++)
            for (int j = 0; j < own.Columns; j++)
                own[i, j] = Math.Sqrt(variances[j]) * ((Math.Sqrt(1 - common) * own[i, j]) + (Math.Sqrt(common) * shared[i / length, j]));
        return own;
    }

    private static double WidthOf(Matrix<double> rows, long[] units, int unitCount)
    {
        double st = ExactMeasures.StableRank(rows)!.Value;
        return Width(StableRankInterval.OfRows(st, rows, units, unitCount)!, st);
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
