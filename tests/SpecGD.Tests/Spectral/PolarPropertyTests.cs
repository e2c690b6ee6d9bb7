using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>What the polar factor owes every matrix, over random shapes and spectra, on both backends.</summary>
public class PolarPropertyTests
{
    /// <summary>From the SVD a direction with singular value s turns by a few ε·size·s₁/s; twice, since both sides of a comparison are rounded.</summary>
    private const double SvdRounding = 16;

    /// <summary>
    /// An eigenvalue of the Gram matrix is off by up to 8 ε·λ₁ (Measures.GramRounding), so the factor by that share of λ₁/λ = (s₁/s)². Large matrices with
    /// λ above 1e-8 λ₁ (1e-2 in single precision) go that way.
    /// </summary>
    private const double GramRounding = 16, GramReach = 1.01e4, GramReachSingle = 10.1;

    /// <summary>⟨polar(M), M⟩ weighs each direction's error with its singular value, so a Gram error of κ² counts as κ: up to 1e4·ε·16.</summary>
    private const double NuclearNormError = 1e-8;

    private const double Epsilon = 2.2e-16, EpsilonSingle = 1.2e-7;

    public static TheoryData<string, bool> BackendsAndSizes => Backends.AllAtBothSizes;

    public static TheoryData<string, bool> LargeOnOpenBlasAlone => Backends.LargeOnOpenBlasAlone;

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void The_inner_product_with_the_matrix_is_the_nuclear_norm(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            var factor = new Matrix<double>(c.Rows, c.Columns);
            var summary = Polar.Decompose(m, factor);
            double nuclear = ExactMeasures.NuclearNorm(m);
            MatrixArithmetic.Dot(factor, m).ShouldBeRelatively(NuclearNormError, nuclear, "⟨polar(M), M⟩");
            summary.NuclearNorm.ShouldBeRelatively(NuclearNormError, nuclear, "nuclear norm");
            summary.OperatorNorm.ShouldBeRelatively(NuclearNormError, ExactMeasures.OperatorNorm(m), "operator norm");
            summary.NumericalRank.ShouldBe(c.Rank);
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void Both_products_of_the_factor_with_its_transpose_are_projectors_of_the_right_rank(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var factor = Polar.Of(c.Matrix());
            foreach (var projector in new[] { Linear.Product(factor, factor, transposeA: true), Linear.Product(factor, factor, transposeB: true) })
            {
                double allowed = Allowed(c) * c.Rank;
                Spectra.Distance(Linear.Product(projector, projector), projector).ShouldBeAtMost(allowed, "P² against P");
                double trace = Enumerable.Range(0, projector.Rows).Sum(i => projector[i, i]);
                trace.ShouldBeWithin(allowed, of: c.Rank, "trace");
            }
        });
    }

    [SkippableTheory]
    [MemberData(nameof(BackendsAndSizes))]
    public void The_fast_factor_is_that_of_the_SVD(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            Matrix<double> fast = new(c.Rows, c.Columns), exact = new(c.Rows, c.Columns);
            var fastSummary = Polar.Decompose(m, fast);
            var exactSummary = Polar.DecomposeExact(m, exact);
            Spectra.Distance(fast, exact).ShouldBeAtMost(Allowed(c));
            fastSummary.NumericalRank.ShouldBe(exactSummary.NumericalRank);
            fastSummary.NuclearNorm.ShouldBeRelatively(NuclearNormError, exactSummary.NuclearNorm);
            fastSummary.OperatorNorm.ShouldBeRelatively(NuclearNormError, exactSummary.OperatorNorm);
        });
    }

    [SkippableTheory]
    [MemberData(nameof(LargeOnOpenBlasAlone))]
    public void The_factor_is_equivariant_and_does_not_see_the_scale(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.Hold(large, c =>
        {
            var m = c.Matrix();
            var factor = Polar.Of(m);
            double allowed = Allowed(c);
            Spectra.Distance(Polar.Of(m.Times(1e-7)), factor).ShouldBeAtMost(allowed, "scaled down");
            Spectra.Distance(Polar.Of(m.Times(-1e9)), factor.Times(-1)).ShouldBeAtMost(allowed, "scaled and negated");
            Spectra.Distance(Polar.Of(m.Transposed()), factor.Transposed()).ShouldBeAtMost(allowed, "transposed");
            var q = Spectra.Orthonormal(c.Rows, c.Rows, (ulong)c.Seed + 21);
            Spectra.Distance(Polar.Of(Linear.Product(q, m)), Linear.Product(q, factor)).ShouldBeAtMost(allowed, "turned");
        });
    }

    [Fact]
    public void The_factor_of_a_slice_is_that_of_its_copy_and_may_be_written_to_a_slice() => Properties.Hold(MatrixCase.Any, c =>
    {
        var m = c.Matrix();
        Matrix<double> surroundings = Spectra.Constant(c.Rows + 2, c.Columns + 4, 1e9), destination = Spectra.Constant(c.Rows + 3, c.Columns + 1, 7);
        var slice = surroundings.Slice(1, 2, c.Rows, c.Columns);
        var target = destination.Slice(2, 1, c.Rows, c.Columns);
        m.CopyTo(slice);
        Polar.Decompose(slice, target);
        Spectra.Distance(target.Clone(), Polar.Of(m)).ShouldBeAtMost(Allowed(c));
        slice.Elements().ShouldBe(m.Elements());
        (destination[0, 0], destination[1, c.Columns], destination[c.Rows + 2, 0]).ShouldBe((7, 7, 7));
    }, count: 40);

    [SkippableTheory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Single_precision_factors_are_those_of_double_precision_to_single_rounding(string backend, bool large)
    {
        using var inForce = Backends.Use(backend);
        Properties.HoldInSinglePrecision(large, c =>
        {
            var single = c.Matrix().ToSingle();
            var m = single.ToDouble();
            var factor = new Matrix<float>(c.Rows, c.Columns);
            var summary = Polar.Decompose(single, factor);
            summary.NumericalRank.ShouldBe(c.Rank);
            Spectra.Distance(factor.ToDouble(), OverRange(m, c.Rank)).ShouldBeAtMost(Allowed(c, EpsilonSingle, GramReachSingle));
            summary.NuclearNorm.ShouldBeRelatively(1e-5, ExactMeasures.NuclearNorm(m)); // Measures' tolerance in single precision
        });
    }

    /// <summary>‖·‖_F that rounding may leave between two computed factors, from the condition over the numerical range.</summary>
    private static double Allowed(MatrixCase c) => Allowed(c, Epsilon, GramReach);

    private static double Allowed(MatrixCase c, double epsilon, double gramReach)
    {
        double svd = SvdRounding * Math.Max(c.Rows, c.Columns) * c.Condition;
        double gram = c.Shorter >= MatrixCase.FirstFast && c.Condition < gramReach ? GramRounding * c.Condition * c.Condition : 0;
        return epsilon * Math.Sqrt(c.Rank) * (svd + gram);
    }

    /// <summary>U Vᵀ over the leading directions, from the definition.</summary>
    private static Matrix<double> OverRange(Matrix<double> m, int rank)
    {
        int k = Math.Min(m.Rows, m.Columns);
        Matrix<double> u = new(m.Rows, k), vt = new(k, m.Columns);
        Linear.SingularValueDecomposition(m, u, new double[k], vt);
        return Linear.Product(u.ColumnSlice(0, rank), vt.RowSlice(0, rank));
    }
}
