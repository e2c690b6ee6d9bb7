using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>The noise-to-signal ratio of columns and the effective rank of their second moments, and what binds them to the stable rank.</summary>
public class NoiseToSignalTests
{
    /// <summary>Sums of at most 1600 products: a few ε·size.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The operator norm stops at a residual of 1e-12, of the square; er of a Gram matrix takes it once, st twice.</summary>
    private const double RankError = 1e-10;

    public static TheoryData<string> AllBackends => Backends.All;

    [Fact]
    public void Closed_forms_of_the_ratio()
    {
        // equal columns carry no noise
        Measures.NoiseToSignalRatio(Matrix.From(new double[,] { { 2, 2, 2 }, { -1, -1, -1 } })).ShouldBeRelatively(Rounding, 1);
        // n different unit vectors: mean square 1, square of the mean 1/n
        Measures.NoiseToSignalRatio(Matrix.Identity<double>(7)).ShouldBeRelatively(Rounding, 7);
        // one column in four: 16/4 over (4/4)²
        Measures.NoiseToSignalRatio(Matrix.From(new double[,] { { 0, 4, 0, 0 } })).ShouldBeRelatively(Rounding, 4);
        Measures.NoiseToSignalRatio(Matrix.From(new double[,] { { 1, 3 } })).ShouldBeRelatively(Rounding, 5.0 / 4);
    }

    [Fact]
    public void Columns_with_mean_zero_are_all_noise() =>
        Measures.NoiseToSignalRatio(Matrix.From(new double[,] { { 1, -1 }, { -2, 2 } })).ShouldBe(double.PositiveInfinity);

    /// <summary>‖A‖_op² ≥ ‖A·1‖²/n = n‖mean‖², so ‖A‖_F²/‖A‖_op² ≤ NSR.</summary>
    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void The_stable_rank_is_at_most_the_ratio(string backend)
    {
        using var inForce = Backends.Use(backend);
        int sharp = 0;
        Properties.Hold(MatrixCase.Any, c =>
        {
            var m = c.Matrix();
            double offset = Math.Pow(10, c.ScaleExponent) * ((c.Seed % 5) - 1); // columns with and without a mean of their own
            foreach (ref double x in m.AsSpan())
                x += offset;
            if (Measures.NoiseToSignalRatio(m) is not { } ratio)
                return;
            double st = ExactMeasures.StableRank(m)!.Value;
            st.ShouldBeAtMost(ratio * (1 + RankError));
            sharp += ratio < 1.5 * st ? 1 : 0;
        });
        sharp.ShouldBeGreaterThan(5); // else the bound says nothing
    }

    [Fact]
    public void The_ratio_is_at_least_one_and_sees_neither_scale_nor_rotation() => Properties.Hold(MatrixCase.Any, c =>
    {
        // A mean well away from zero: near zero the ratio is a quotient by rounding.
        var m = c.Matrix().Times(Math.Pow(10, -c.ScaleExponent));
        foreach (ref double x in m.AsSpan())
            x += 3;
        double ratio = Measures.NoiseToSignalRatio(m).ShouldNotBeNull();
        ratio.ShouldBeAtLeast(1 - Rounding);
        Measures.NoiseToSignalRatio(m.Times(-0.3)).ShouldBeRelatively(Rounding, ratio);
        Measures.NoiseToSignalRatio(Linear.Product(Spectra.Orthonormal(c.Rows, c.Rows, (ulong)c.Seed), m)).ShouldBeRelatively(Rounding, ratio);
    });

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Closed_forms_of_the_effective_rank(string backend)
    {
        using var inForce = Backends.Use(backend);
        Measures.EffectiveRank(Matrix.Identity<double>(30).Times(0.2)).ShouldBeRelatively(RankError, 30);
        Measures.EffectiveRank(Spectra.Diagonal(4, 0, 2, 1)).ShouldBeRelatively(RankError, 7.0 / 4);
        Measures.EffectiveRank(Spectra.Constant(6, 6, 3)).ShouldBeRelatively(RankError, 1);
        Measures.EffectiveRank(Matrix.From(new double[,] { { 5 } })).ShouldBeRelatively(RankError, 1);
        Measures.EffectiveRank(Spectra.Diagonal(4e-200, 0, 2e-200, 1e-200)).ShouldBeRelatively(RankError, 7.0 / 4);
        Measures.EffectiveRank(Spectra.Diagonal(4, 0, 2, 1).ToSingle()).ShouldBeRelatively(1e-6, 7.0 / 4); // single precision's residual
    }

    /// <summary>st(A) = er(A Aᵀ/n).</summary>
    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void The_stable_rank_is_the_effective_rank_of_the_second_moments(string backend)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(MatrixCase.Any, c =>
        {
            var m = c.Matrix();
            var moments = new Matrix<double>(c.Rows, c.Rows);
            Linear.Gram(1.0 / c.Columns, m, transposeFirst: false, moments);
            Measures.EffectiveRank(moments).ShouldBeRelatively(RankError, Measures.StableRank(m));
        });
    }

    [Fact]
    public void An_effective_rank_needs_a_square_matrix() =>
        Assert.Throws<ArgumentException>(() => Measures.EffectiveRank(new Matrix<double>(3, 4))).Message.ShouldContain("3×4");
}
