using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>What norms and ranks owe every matrix, over random shapes and spectra, on both backends.</summary>
public class MeasurePropertyTests
{
    /// <summary>Sums of at most 1600 squares: a few ulps.</summary>
    private const double SumRounding = 1e-14;

    /// <summary>The process stops at a residual of 1e-12 of s₁²; its start and the SVD add a few ε·size.</summary>
    private const double OperatorNormError = 1e-10;

    /// <summary>Up to this relative error the nuclear norm trusts a Gram matrix.</summary>
    private const double NuclearNormError = 1e-8;

    /// <summary>Ranks are quotients of squared norms: each error counts twice.</summary>
    private const double StableRankError = 2 * OperatorNormError, NuclearRankError = 2 * NuclearNormError;

    /// <summary>Exact measures after two more products of orthogonal matrices: ε·size·a few.</summary>
    private const double ProductRounding = 1e-12;

    public static TheoryData<string, bool> BackendsAndSizes => Backends.AllAtBothSizes;

    public static TheoryData<string, bool> LargeOnOpenBlasAlone => Backends.LargeOnOpenBlasAlone;

    [SkippableTheory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Fast_measures_are_those_of_the_SVD(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            Measures.FrobeniusNorm(m).ShouldBeRelatively(SumRounding * 10, Math.Sqrt(ExactMeasures.SingularValues(m).Sum(s => s * s)));
            Measures.OperatorNorm(m).ShouldBeRelatively(OperatorNormError, ExactMeasures.OperatorNorm(m));
            Measures.NuclearNorm(m).ShouldBeRelatively(NuclearNormError, ExactMeasures.NuclearNorm(m));
            Measures.StableRank(m).ShouldBeRelatively(StableRankError, ExactMeasures.StableRank(m));
            Measures.NuclearRank(m).ShouldBeRelatively(NuclearRankError, ExactMeasures.NuclearRank(m));
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void Every_measure_is_unitarily_invariant(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            var left = Spectra.Orthonormal(c.Rows, c.Rows, (ulong)c.Seed + 11);
            var right = Spectra.Orthonormal(c.Columns, c.Columns, (ulong)c.Seed + 12);
            ShouldMeasureAlike(m, Linear.Product(Linear.Product(left, m), right));
            ShouldMeasureAlike(m, m.Transposed());
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void Zero_rows_and_columns_change_nothing_and_a_slice_measures_like_its_copy(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            var padded = new Matrix<double>(c.Rows + 3, c.Columns + 5);
            var block = padded.Slice(2, 1, c.Rows, c.Columns);
            m.CopyTo(block);
            ShouldMeasureAlike(m, padded);
            padded.Fill(1e9); // what surrounds a slice is none of its business
            m.CopyTo(block);
            ShouldMeasureAlike(m, block);
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void Norms_are_homogeneous_and_ranks_do_not_see_the_scale(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            foreach (double factor in new[] { 0.37, -1234.5, 1e-9 })
            {
                var scaled = m.Times(factor);
                double size = Math.Abs(factor);
                Measures.FrobeniusNorm(scaled).ShouldBeRelatively(SumRounding, size * Measures.FrobeniusNorm(m));
                Measures.OperatorNorm(scaled).ShouldBeRelatively(OperatorNormError, size * Measures.OperatorNorm(m));
                Measures.NuclearNorm(scaled).ShouldBeRelatively(NuclearNormError, size * Measures.NuclearNorm(m));
                Measures.StableRank(scaled).ShouldBeRelatively(StableRankError, Measures.StableRank(m));
                Measures.NuclearRank(scaled).ShouldBeRelatively(NuclearRankError, Measures.NuclearRank(m));
            }
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void One_is_at_most_st_is_at_most_nr_is_at_most_the_rank(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            double st = Measures.StableRank(m).ShouldNotBeNull(), nr = Measures.NuclearRank(m).ShouldNotBeNull();
            st.ShouldBeAtLeast(1 - StableRankError, "st");
            st.ShouldBeAtMost(nr * (1 + NuclearRankError), "st against nr");
            nr.ShouldBeAtMost(c.Rank * (1 + NuclearRankError), "nr against the rank");
            ExactMeasures.NumericalRank(m).ShouldBe(c.Rank);
        });
    }

    [Fact]
    public void Measuring_leaves_the_matrix_as_it_was() => Properties.Hold(MatrixCase.Any, c =>
    {
        var m = c.Matrix();
        double[] before = m.Elements();
        _ = (Measures.OperatorNorm(m), Measures.NuclearNorm(m), Measures.StableRank(m), Measures.NuclearRank(m), Measures.NoiseToSignalRatio(m));
        _ = (ExactMeasures.StableRank(m), ExactMeasures.NuclearRank(m), ExactMeasures.NumericalRank(m));
        m.Elements().ShouldBe(before);
    }, count: 20);

    [Fact]
    public void Measuring_twice_gives_the_same_bits() => Properties.Hold(MatrixCase.Any, c =>
    {
        var m = c.Matrix();
        Measures.StableRank(m).ShouldBe(Measures.StableRank(m));
        Measures.NuclearRank(m).ShouldBe(Measures.NuclearRank(m));
    }, count: 20);

    [SkippableTheory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Single_precision_measures_are_those_of_double_precision_to_single_rounding(string backend, bool large)
    {
        // Frobenius sums carry ε of 1.2e-7 a term; the other measures promise a residual of 1e-6 and an error of 1e-5.
        const double sumRounding = 2e-6, rankRounding = 2e-5;
        using var inForce = Backends.Use(backend);
        Properties.HoldInSinglePrecision(large, c =>
        {
            var single = c.Matrix().ToSingle();
            var m = single.ToDouble();
            Measures.FrobeniusNorm(single).ShouldBeRelatively(sumRounding, Measures.FrobeniusNorm(m));
            Measures.OperatorNorm(single).ShouldBeRelatively(sumRounding, ExactMeasures.OperatorNorm(m));
            Measures.NuclearNorm(single).ShouldBeRelatively(rankRounding / 2, ExactMeasures.NuclearNorm(m));
            Measures.StableRank(single).ShouldBeRelatively(rankRounding, ExactMeasures.StableRank(m));
            Measures.NuclearRank(single).ShouldBeRelatively(rankRounding, ExactMeasures.NuclearRank(m));
            Measures.StableRank(single).ShouldNotBeNull().ShouldBeAtMost(Measures.NuclearRank(single)!.Value * (1 + rankRounding));
        });
    }

    private static void ShouldMeasureAlike(Matrix<double> one, Matrix<double> other)
    {
        Measures.FrobeniusNorm(other).ShouldBeRelatively(ProductRounding, Measures.FrobeniusNorm(one), "Frobenius norm");
        Measures.OperatorNorm(other).ShouldBeRelatively(OperatorNormError, Measures.OperatorNorm(one), "operator norm");
        Measures.NuclearNorm(other).ShouldBeRelatively(NuclearNormError, Measures.NuclearNorm(one), "nuclear norm");
        Measures.StableRank(other).ShouldBeRelatively(StableRankError, Measures.StableRank(one), "st");
        Measures.NuclearRank(other).ShouldBeRelatively(NuclearRankError, Measures.NuclearRank(one), "nr");
        ExactMeasures.NuclearNorm(other).ShouldBeRelatively(ProductRounding, ExactMeasures.NuclearNorm(one), "exact nuclear norm");
        ExactMeasures.StableRank(other).ShouldBeRelatively(ProductRounding, ExactMeasures.StableRank(one), "exact st");
        ExactMeasures.NuclearRank(other).ShouldBeRelatively(ProductRounding, ExactMeasures.NuclearRank(one), "exact nr");
    }
}
