using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>Gains of a normalisation layer: the diagonal matrix of the gradient has its entries' magnitudes for singular values.</summary>
public class DiagonalConditionTests
{
    /// <summary>Sums of at most 40 squares, and an SVD of a diagonal matrix: a few ulps.</summary>
    private const double Rounding = 1e-13;

    [Fact]
    public void The_ranks_of_gains_are_those_of_the_diagonal_matrix()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            double[] g = Spectra.Gaussian(1, (int)seed, seed).Elements();
            var diagonal = Spectra.Diagonal(g);
            DiagonalCondition.NuclearRank(g).ShouldBeRelatively(Rounding, ExactMeasures.NuclearRank(diagonal));
            DiagonalCondition.StableRank(g).ShouldBeRelatively(Rounding, ExactMeasures.StableRank(diagonal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void The_step_of_gains_is_that_of_the_diagonal_matrix(double parameterCurvature)
    {
        double[] g = [0.5, -2, 0, 1e-3, -0.25];
        var model = StepModel.OfActivations(operatorNorm: 1.5, frobeniusNorm: 4, c: 0.1, parameterCurvature);
        var step = new double[g.Length];
        DiagonalCondition.SpectralStep(g, model, step);
        var diagonal = Spectra.Diagonal(g);
        var factor = Polar.Of(diagonal);
        double size = ExactMeasures.NuclearNorm(diagonal) / model.SpectralDenominator;
        for (int i = 0; i < g.Length; i++)
            step[i].ShouldBeWithin(Rounding, of: size * factor[i, i], $"gain {i}");
        step[2].ShouldBe(0);
    }

    [Fact]
    public void Closed_forms()
    {
        DiagonalCondition.NuclearRank([3, -3, 3, 3]).ShouldBe(4);
        DiagonalCondition.StableRank([3, -3, 3, 3]).ShouldBe(4);
        DiagonalCondition.NuclearRank([0, -7, 0]).ShouldBe(1);
        DiagonalCondition.StableRank([0, -7, 0]).ShouldBe(1);
        DiagonalCondition.NuclearRank([3, 4]).ShouldBeRelatively(Rounding, 49.0 / 25);
        DiagonalCondition.StableRank([3, 4]).ShouldBeRelatively(Rounding, 25.0 / 16);
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    [InlineData(1e-310)]
    [InlineData(-1e160)]
    public void The_size_of_the_gradient_does_not_matter(double scale)
    {
        const double subnormalRounding = 1e-11; // 1e-310 is held to 45 bits
        double[] g = [0.5, -2, 0.7, 0.1], extreme = [.. g.Select(x => x * scale)];
        DiagonalCondition.NuclearRank(extreme).ShouldBeRelatively(subnormalRounding, DiagonalCondition.NuclearRank(g));
        DiagonalCondition.StableRank(extreme).ShouldBeRelatively(subnormalRounding, DiagonalCondition.StableRank(g));
    }

    [Fact]
    public void A_zero_or_empty_gradient_has_no_ranks_and_no_verdict()
    {
        foreach (double[] g in new[] { new double[3], [], [-0.0] })
        {
            DiagonalCondition.NuclearRank(g).ShouldBeNull();
            DiagonalCondition.StableRank(g).ShouldBeNull();
            DiagonalCondition.Judge(g, stableRank: 2).ShouldBeNull();
        }
        var step = new double[] { 9, 9 };
        DiagonalCondition.SpectralStep([0, 0], new StepModel(1, 2), step);
        step.ShouldBe([0, 0]);
    }

    [Theory]
    [InlineData(1, Verdict.Spectral)]
    [InlineData(1.5, Verdict.Undecided)]
    [InlineData(5, Verdict.Euclidean)]
    public void The_verdict_weighs_nr_against_st(double stableRank, Verdict verdict)
    {
        double[] g = [3, 4, -3.5]; // nr = 10.5²/37.25 = 2.96
        var judgement = DiagonalCondition.Judge(g, stableRank).ShouldNotBeNull();
        judgement.Verdict.ShouldBe(verdict);
        judgement.NuclearRank.ShouldBeRelatively(Rounding, 10.5 * 10.5 / 37.25);
        judgement.Threshold.ShouldBeRelatively(Rounding, stableRank);
    }

    [Fact]
    public void With_a_curvature_of_its_own_the_threshold_is_that_of_4_16_with_the_stable_rank_of_the_gains()
    {
        double[] g = [3, 4];
        var judgement = DiagonalCondition.Judge(g, stableRank: 6, alpha: 2).ShouldNotBeNull();
        judgement.Threshold.ShouldBeRelatively(Rounding, 8 / (1 + (2 / (25.0 / 16))));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_gradient_that_is_not_finite_is_refused(double entry)
    {
        double[] g = [1, entry, 2];
        Assert.Throws<NonFiniteMatrixException>(() => DiagonalCondition.NuclearRank(g));
        Assert.Throws<NonFiniteMatrixException>(() => DiagonalCondition.StableRank(g));
        Assert.Throws<NonFiniteMatrixException>(() => DiagonalCondition.Judge(g, 2));
    }

    [Fact]
    public void What_is_no_rank_no_curvature_or_no_place_for_the_step_is_refused()
    {
        double[] g = [1, 2];
        Assert.Throws<ArgumentOutOfRangeException>(() => DiagonalCondition.Judge(g, stableRank: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiagonalCondition.Judge(g, stableRank: 2, alpha: -1));
        string message = Assert.Throws<ArgumentException>(() => DiagonalCondition.SpectralStep(g, new StepModel(1, 1), new double[3])).Message;
        message.ShouldContain("3 entries");
        message.ShouldContain("the gradient 2");
    }
}
