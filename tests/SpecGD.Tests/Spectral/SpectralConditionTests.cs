using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

public class SpectralConditionTests
{
    /// <summary>Two or three operations: a few ulps.</summary>
    private const double Rounding = 1e-15;

    public static TheoryData<double, double, Verdict, double, double> Table => new()
    {
        // nr, st, verdict, nr/st, the factor by which that must change before the verdict does
        { 1, 1, Verdict.Undecided, 1, 1 }, // on the boundary nr = st: the spectral guarantee is not smaller
        { 3, 3, Verdict.Undecided, 1, 1 },
        { 2, 1, Verdict.Spectral, 2, 1 }, // on the boundary nr = 2 st: certain
        { 64, 32, Verdict.Spectral, 2, 1 },
        { 1, 4, Verdict.Euclidean, 0.25, 4 },
        { 2, 29, Verdict.Euclidean, 2.0 / 29, 14.5 },
        { 60, 3, Verdict.Spectral, 20, 10 },
        { 5, 4, Verdict.Undecided, 1.25, 1.25 }, // nearer to st
        { 7, 4, Verdict.Undecided, 1.75, 2 / 1.75 }, // nearer to 2 st
        { 1, 1000, Verdict.Euclidean, 1e-3, 1000 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void The_two_ranks_decide(double nr, double st, Verdict verdict, double ratio, double margin)
    {
        var judgement = SpectralCondition.Judge(nr, st);
        judgement.Verdict.ShouldBe(verdict);
        (judgement.NuclearRank, judgement.Threshold).ShouldBe((nr, st));
        judgement.Ratio.ShouldBeRelatively(Rounding, ratio);
        judgement.Margin.ShouldBeRelatively(Rounding, margin);
    }

    [Fact]
    public void One_step_of_the_last_bit_across_a_boundary_changes_the_verdict()
    {
        SpectralCondition.Judge(Math.BitDecrement(3), 3).Verdict.ShouldBe(Verdict.Euclidean);
        SpectralCondition.Judge(Math.BitIncrement(3), 3).Verdict.ShouldBe(Verdict.Undecided);
        SpectralCondition.Judge(Math.BitDecrement(6), 3).Verdict.ShouldBe(Verdict.Undecided);
        SpectralCondition.Judge(Math.BitIncrement(6), 3).Verdict.ShouldBe(Verdict.Spectral);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void The_margin_is_the_smallest_factor_that_changes_the_verdict(double nr, double st, Verdict verdict, double ratio, double margin)
    {
        const double aLittle = 1e-9; // far above the rounding of the products, far below any step between rows of the table
        ratio.ShouldBeRelatively(Rounding, nr / st);
        margin.ShouldBeAtLeast(1 - Rounding);
        Verdict At(double factor) => SpectralCondition.Judge(1e6 * nr * factor, 1e6 * st).Verdict; // 1e6 keeps both above 1
        bool changes = At(margin * (1 + aLittle)) != verdict || At(1 / (margin * (1 + aLittle))) != verdict;
        changes.ShouldBeTrue();
        if (margin > 1 + aLittle)
            (At(margin * (1 - aLittle)), At(1 / (margin * (1 - aLittle)))).ShouldBe((verdict, verdict));
    }

    [Fact]
    public void A_larger_nuclear_rank_or_a_smaller_stable_rank_never_speaks_less_for_the_spectral_step()
    {
        double[] ranks = [1, 1.5, 2, 3, 4, 6, 8, 100];
        static int Order(double nr, double st) => Array.IndexOf([Verdict.Euclidean, Verdict.Undecided, Verdict.Spectral], SpectralCondition.Judge(nr, st).Verdict);
        foreach (double st in ranks)
            for (int i = 1; i < ranks.Length; i++)
            {
                Order(ranks[i], st).ShouldBeGreaterThanOrEqualTo(Order(ranks[i - 1], st));
                Order(st, ranks[i]).ShouldBeLessThanOrEqualTo(Order(st, ranks[i - 1]));
            }
    }

    [Theory]
    [InlineData(3, 5, 1, 4)] // (3 + 1)/(1 + 1/5) = 20/6
    [InlineData(30, 2, 0.5, 6)]
    [InlineData(1, 1, 7, 1)]
    [InlineData(12, 1.25, 10, 4)]
    public void With_a_curvature_of_its_own_the_threshold_is_the_right_side_of_4_16(double st, double gradientSt, double alpha, double nr)
    {
        double threshold = (st + alpha) / (1 + (alpha / gradientSt));
        SpectralCondition.Threshold(st, gradientSt, alpha).ShouldBeRelatively(Rounding, threshold);
        var judgement = SpectralCondition.Judge(nr, st, gradientSt, alpha);
        judgement.Threshold.ShouldBeRelatively(Rounding, threshold);
        judgement.Verdict.ShouldBe(SpectralCondition.Judge(nr, threshold).Verdict);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7.5, 3)]
    [InlineData(2, 40)]
    public void Without_curvature_of_its_own_the_threshold_is_st(double st, double gradientSt)
    {
        SpectralCondition.Threshold(st, gradientSt, alpha: 0).ShouldBe(st);
        SpectralCondition.Judge(5, st, gradientSt, alpha: 0).ShouldBe(SpectralCondition.Judge(5, st));
    }

    [Theory]
    [InlineData(29, 1.5)]
    [InlineData(1, 60)]
    [InlineData(4, 4)]
    public void With_ever_more_curvature_of_its_own_the_threshold_goes_from_st_of_A_to_st_of_G(double st, double gradientSt)
    {
        double[] alphas = [0, 0.1, 1, 10, 1e3, 1e6, 1e12];
        double[] thresholds = [.. alphas.Select(alpha => SpectralCondition.Threshold(st, gradientSt, alpha))];
        for (int i = 1; i < alphas.Length; i++)
            (Math.Sign(gradientSt - st) * (thresholds[i] - thresholds[i - 1])).ShouldBeAtLeast(-Rounding * st);
        // |threshold − st(G)| = |st(A) − st(G)|/(1 + α/st(G))
        thresholds[^1].ShouldBeWithin(Rounding * gradientSt + (Math.Abs(st - gradientSt) * gradientSt / 1e12), of: gradientSt);
    }

    /// <summary>(4.17)–(4.18): since nr(G) ≥ st(G), reaching st(A) is enough for every α.</summary>
    [Fact]
    public void Reaching_st_is_enough_whatever_the_curvature()
    {
        foreach (double st in new[] { 1, 2.5, 30 })
            foreach (double gradientSt in new[] { 1, 3.0, 12 })
                foreach (double alpha in new[] { 0, 0.3, 5, 1e9 })
                    SpectralCondition.Judge(Math.Max(st, gradientSt), st, gradientSt, alpha).Verdict.ShouldNotBe(Verdict.Euclidean);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_rank_is_refused_by_its_name(double rank)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(rank, 2)).ParamName.ShouldBe("nuclearRank");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(2, rank)).ParamName.ShouldBe("stableRank");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(rank, 2, 2, 1)).ParamName.ShouldBe("nuclearRank");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(2, rank, 2, 1)).ParamName.ShouldBe("stableRank");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(2, 2, rank, 1)).ParamName.ShouldBe("gradientStableRank");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Threshold(2, rank, 1)).ParamName.ShouldBe("gradientStableRank");
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_curvature_is_refused_by_its_name(double alpha)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Threshold(2, 2, alpha)).ParamName.ShouldBe("alpha");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralCondition.Judge(2, 2, 2, alpha)).ParamName.ShouldBe("alpha");
    }

    [Fact]
    public void A_rank_of_one_that_rounding_left_a_little_short_is_a_rank() =>
        SpectralCondition.Judge(1 - 1e-7, 1 - 1e-7).Verdict.ShouldBe(Verdict.Undecided);
}
