using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>Entries whose squares overflow or vanish: the measures are those of the same matrix of a common size.</summary>
public class ExtremeEntriesTests
{
    /// <summary>Division by a power of two is exact, so only rounding is left; but a factor such as 1e300 is no power of two.</summary>
    private const double Rounding = 1e-13;

    /// <summary>At 1e-310 a double holds 45 of its 53 bits.</summary>
    private const double SubnormalRounding = 1e-11;

    /// <summary>The promise of the measures in single precision; at 1e-40 a float holds 17 bits.</summary>
    private const double SingleRounding = 1e-5, SingleSubnormalRounding = 1e-4;

    public static TheoryData<string, double, double> Scales
    {
        get
        {
            var scales = new TheoryData<string, double, double>();
            foreach (string backend in new[] { Backends.OpenBlas, Backends.Managed })
                foreach (double scale in new[] { 1e-160, 1e-300, 1e100, 1e160, 1e300 })
                    scales.Add(backend, scale, Rounding);
            scales.Add(Backends.OpenBlas, 1e-310, SubnormalRounding);
            scales.Add(Backends.Managed, 1e-310, SubnormalRounding);
            return scales;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Scales))]
    public void Measures_of_a_matrix_of_extreme_size_are_those_of_a_common_one(string backend, double scale, double rounding)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (5, 8), (8, 5), (1, 6) })
        {
            var m = Spectra.Gaussian(rows, columns, seed: 1);
            var extreme = m.Times(scale);
            (Measures.FrobeniusNorm(extreme) / scale).ShouldBeRelatively(rounding, Measures.FrobeniusNorm(m), "Frobenius norm");
            (Measures.OperatorNorm(extreme) / scale).ShouldBeRelatively(rounding, Measures.OperatorNorm(m), "operator norm");
            (Measures.NuclearNorm(extreme) / scale).ShouldBeRelatively(rounding, Measures.NuclearNorm(m), "nuclear norm");
            Measures.StableRank(extreme).ShouldBeRelatively(rounding, Measures.StableRank(m), "st");
            Measures.NuclearRank(extreme).ShouldBeRelatively(rounding, Measures.NuclearRank(m), "nr");
            Measures.NoiseToSignalRatio(extreme).ShouldBeRelatively(rounding, Measures.NoiseToSignalRatio(m), "NSR");
            ExactMeasures.StableRank(extreme).ShouldBeRelatively(rounding, ExactMeasures.StableRank(m), "exact st");
            ExactMeasures.NuclearRank(extreme).ShouldBeRelatively(rounding, ExactMeasures.NuclearRank(m), "exact nr");
            ExactMeasures.NumericalRank(extreme).ShouldBe(ExactMeasures.NumericalRank(m));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Scales))]
    public void The_polar_factor_of_a_matrix_of_extreme_size_is_that_of_a_common_one(string backend, double scale, double rounding)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (5, 8), (8, 5) })
        {
            var m = Spectra.Gaussian(rows, columns, seed: 2);
            var factor = new Matrix<double>(rows, columns);
            var summary = Polar.Decompose(m.Times(scale), factor);
            Spectra.Distance(factor, Polar.Of(m)).ShouldBeAtMost(rounding * 10); // times the condition of this matrix
            (summary.NuclearNorm / scale).ShouldBeRelatively(rounding, Measures.NuclearNorm(m));
            (summary.OperatorNorm / scale).ShouldBeRelatively(rounding, Measures.OperatorNorm(m));
            summary.NumericalRank.ShouldBe(5);
        }
    }

    [SkippableTheory]
    [InlineData(Backends.OpenBlas, 1e-30f, SingleRounding)]
    [InlineData(Backends.OpenBlas, 1e30f, SingleRounding)]
    [InlineData(Backends.OpenBlas, 1e-40f, SingleSubnormalRounding)]
    [InlineData(Backends.Managed, 1e-30f, SingleRounding)]
    [InlineData(Backends.Managed, 1e30f, SingleRounding)]
    public void Single_precision_is_measured_over_its_whole_range(string backend, float scale, double rounding)
    {
        using var inForce = Backends.Use(backend);
        var m = Spectra.Gaussian(6, 9, seed: 3);
        var extreme = m.ToSingle().Times(scale);
        (Measures.FrobeniusNorm(extreme) / scale).ShouldBeRelatively(rounding, Measures.FrobeniusNorm(m));
        (Measures.OperatorNorm(extreme) / scale).ShouldBeRelatively(rounding, Measures.OperatorNorm(m));
        Measures.StableRank(extreme).ShouldBeRelatively(rounding, Measures.StableRank(m));
        Measures.NuclearRank(extreme).ShouldBeRelatively(rounding, Measures.NuclearRank(m));
        Spectra.Distance(Polar.Of(extreme).ToDouble(), Polar.Of(m)).ShouldBeAtMost(rounding * 10); // times the condition of this matrix
    }

    [Fact]
    public void One_huge_entry_among_common_ones_decides_everything()
    {
        var m = Spectra.Gaussian(5, 7, seed: 4);
        m[2, 3] = -1e300;
        Measures.StableRank(m).ShouldBeRelatively(Rounding, 1);
        Measures.NuclearRank(m).ShouldBeRelatively(Rounding, 1);
        Measures.OperatorNorm(m).ShouldBeRelatively(Rounding, 1e300);
        var factor = new Matrix<double>(5, 7);
        Polar.Decompose(m, factor).NumericalRank.ShouldBe(1);
        factor[2, 3].ShouldBeWithin(Rounding, of: -1);
    }

    /// <summary>Ranks are quotients, so they exist where norms are beyond the largest double or below the smallest.</summary>
    [Fact]
    public void Ranks_of_the_largest_finite_entries_exist_though_the_norms_overflow()
    {
        var m = Spectra.Constant(3, 4, double.MaxValue);
        Measures.StableRank(m).ShouldBeRelatively(Rounding, 1);
        Measures.NuclearRank(m).ShouldBeRelatively(Rounding, 1);
        Polar.Decompose(m, new Matrix<double>(3, 4)).NumericalRank.ShouldBe(1);
    }

    [Fact]
    public void Exact_ranks_of_the_largest_finite_entries_exist_though_the_norms_overflow()
    {
        var m = Spectra.Constant(3, 4, double.MaxValue);
        ExactMeasures.StableRank(m).ShouldBeRelatively(Rounding, 1);
        ExactMeasures.NuclearRank(m).ShouldBeRelatively(Rounding, 1);
        ExactMeasures.NumericalRank(m).ShouldBe(1);
    }

    /// <summary>The golden ratio φ: singular values φ and 1/φ, times the smallest number there is.</summary>
    [Fact]
    public void Ranks_of_the_smallest_numbers_keep_their_digits()
    {
        var m = Matrix.From(new[,] { { double.Epsilon, double.Epsilon }, { 0, double.Epsilon } });
        double golden = (1 + Math.Sqrt(5)) / 2;
        Measures.StableRank(m).ShouldBeRelatively(Rounding, 3 / (golden * golden));
        Measures.NuclearRank(m).ShouldBeRelatively(Rounding, 5.0 / 3);
    }

    [Fact]
    public void Exact_ranks_of_the_smallest_numbers_keep_their_digits()
    {
        var m = Matrix.From(new[,] { { double.Epsilon, double.Epsilon }, { 0, double.Epsilon } });
        double golden = (1 + Math.Sqrt(5)) / 2;
        ExactMeasures.StableRank(m).ShouldBeRelatively(Rounding, 3 / (golden * golden));
        ExactMeasures.NuclearRank(m).ShouldBeRelatively(Rounding, 5.0 / 3);
    }
}
