using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>Matrices without elements, without size, with one direction, and with an entry that is no number.</summary>
public class SpecialMatrixTests
{
    /// <summary>A few ulps: the values are known in closed form.</summary>
    private const double Rounding = 1e-13;

    public static TheoryData<string> AllBackends => Backends.All;

    public static TheoryData<int, int> ZeroShapes => new() { { 3, 5 }, { 5, 3 }, { 4, 4 }, { 1, 7 }, { 200, 150 }, { 0, 5 }, { 5, 0 }, { 0, 0 } };

    [Theory]
    [MemberData(nameof(ZeroShapes))]
    public void A_zero_or_empty_matrix_has_norms_of_zero_no_ranks_and_a_zero_factor(int rows, int columns)
    {
        var zero = new Matrix<double>(rows, columns);
        (Measures.FrobeniusNorm(zero), Measures.OperatorNorm(zero), Measures.NuclearNorm(zero)).ShouldBe((0, 0, 0));
        (ExactMeasures.OperatorNorm(zero), ExactMeasures.NuclearNorm(zero), ExactMeasures.NumericalRank(zero)).ShouldBe((0, 0, 0));
        (Measures.StableRank(zero), Measures.NuclearRank(zero), Measures.NoiseToSignalRatio(zero)).ShouldBe((null, null, null));
        (ExactMeasures.StableRank(zero), ExactMeasures.NuclearRank(zero)).ShouldBe((null, null));
        Polar.Of(zero).ToString().ShouldBe($"{rows}×{columns}");
        Polar.Of(zero).Elements().ShouldAllBe(x => x == 0);
        var factor = Spectra.Constant(rows, columns, 9); // what stood in the destination is overwritten
        Polar.Decompose(zero, factor).ShouldBe(default);
        Polar.DecomposeExact(zero, factor).ShouldBe(default);
        factor.Elements().ShouldAllBe(x => x == 0);
    }

    [Fact]
    public void A_zero_square_matrix_has_no_effective_rank()
    {
        Measures.EffectiveRank(new Matrix<double>(4, 4)).ShouldBeNull();
        Measures.EffectiveRank(new Matrix<double>(0, 0)).ShouldBeNull();
    }

    [Fact]
    public void A_matrix_of_negative_zeros_is_a_zero_matrix()
    {
        var zero = Spectra.Constant(3, 4, -0.0);
        Measures.StableRank(zero).ShouldBeNull();
        Polar.Decompose(zero, new Matrix<double>(3, 4)).NumericalRank.ShouldBe(0);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void A_single_row_or_column_has_its_length_for_every_norm_and_ranks_of_one(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (1, 12), (12, 1), (1, 1), (1, 3000) })
        {
            var m = Spectra.Gaussian(rows, columns, seed: 1);
            double length = Math.Sqrt(m.Elements().Sum(x => x * x));
            foreach (double norm in new[] { Measures.FrobeniusNorm(m), Measures.OperatorNorm(m), Measures.NuclearNorm(m), ExactMeasures.OperatorNorm(m) })
                norm.ShouldBeRelatively(Rounding, length);
            Measures.StableRank(m).ShouldBeRelatively(Rounding, 1);
            Measures.NuclearRank(m).ShouldBeRelatively(Rounding, 1);
            Spectra.Distance(Polar.Of(m), m.Times(1 / length)).ShouldBeAtMost(Rounding);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Matrices_with_known_spectra_have_known_measures(string backend)
    {
        using var inForce = Backends.Use(backend);
        var diagonal = Spectra.Diagonal(4, -3, 0, 2);
        Measures.FrobeniusNorm(diagonal).ShouldBeRelatively(Rounding, Math.Sqrt(29));
        Measures.OperatorNorm(diagonal).ShouldBeRelatively(Rounding, 4);
        Measures.NuclearNorm(diagonal).ShouldBeRelatively(Rounding, 9);
        Measures.StableRank(diagonal).ShouldBeRelatively(Rounding, 29.0 / 16);
        Measures.NuclearRank(diagonal).ShouldBeRelatively(Rounding, 81.0 / 29);
        ExactMeasures.NumericalRank(diagonal).ShouldBe(3);

        var hilbertLike = Matrix.From(new double[,] { { 1, 2 }, { 3, 4 } }); // s² = 15 ± √221
        Measures.OperatorNorm(hilbertLike).ShouldBeRelatively(Rounding, Math.Sqrt(15 + Math.Sqrt(221)));
        Measures.NuclearNorm(hilbertLike).ShouldBeRelatively(Rounding, Math.Sqrt(34)); // (s₁ + s₂)² = 30 + 2|det|

        var identity = Matrix.Identity<double>(150);
        Measures.StableRank(identity).ShouldBeRelatively(Rounding, 150);
        Measures.NuclearRank(identity).ShouldBeRelatively(Rounding, 150);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void A_token_indicator_matrix_has_the_stable_rank_of_its_commonest_token(string backend)
    {
        // (2.15): st(H) = n / (count of the most common token); here 3 of 7.
        int[] tokens = [2, 0, 2, 3, 1, 2, 0];
        using var inForce = Backends.Use(backend);
        var indicator = new Matrix<double>(5, tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
            indicator[tokens[i], i] = 1;
        Measures.StableRank(indicator).ShouldBeRelatively(Rounding, 7.0 / 3);
    }

    public static TheoryData<double> NonFinite => [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Theory]
    [MemberData(nameof(NonFinite))]
    public void Every_measure_refuses_an_entry_that_is_not_finite_and_names_its_place(double value)
    {
        var m = Spectra.Gaussian(6, 6, seed: 2);
        m[4, 1] = value;
        var factor = new Matrix<double>(6, 6);
        ShouldNamePlace(() => Measures.FrobeniusNorm(m));
        ShouldNamePlace(() => Measures.OperatorNorm(m));
        ShouldNamePlace(() => Measures.NuclearNorm(m));
        ShouldNamePlace(() => Measures.StableRank(m));
        ShouldNamePlace(() => Measures.NuclearRank(m));
        ShouldNamePlace(() => Measures.NoiseToSignalRatio(m));
        ShouldNamePlace(() => Measures.EffectiveRank(m));
        ShouldNamePlace(() => ExactMeasures.SingularValues(m));
        ShouldNamePlace(() => ExactMeasures.StableRank(m));
        ShouldNamePlace(() => ExactMeasures.NumericalRank(m));
        ShouldNamePlace(() => Polar.Of(m));
        ShouldNamePlace(() => Polar.Decompose(m, factor));
        ShouldNamePlace(() => Polar.DecomposeExact(m, factor));
        ShouldNamePlace(() => Orthogonalization.NewtonSchulz(m));
        ShouldNamePlace(() => Orthogonalization.PolarExpress(m));
    }

    [Fact]
    public void A_NaN_in_an_otherwise_zero_matrix_is_no_zero_matrix()
    {
        var m = new Matrix<float>(2, 9);
        m[1, 8] = float.NaN;
        var error = Assert.Throws<NonFiniteMatrixException>(() => Measures.NuclearRank(m));
        (error.Row, error.Column).ShouldBe((1, 8));
    }

    private static void ShouldNamePlace(Func<object?> measure)
    {
        var error = Assert.Throws<NonFiniteMatrixException>(measure);
        (error.Row, error.Column).ShouldBe((4, 1));
        error.Message.ShouldContain("row 4, column 1");
    }
}
