using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>Polar factors that are known, and the direction that a matrix has all but lost.</summary>
public class PolarTests
{
    /// <summary>A few ε·size: the matrices here are small and, over their numerical range, well conditioned.</summary>
    private const double Rounding = 1e-13;

    public static TheoryData<string> AllBackends => Backends.All;

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Known_factors(string backend)
    {
        using var inForce = Backends.Use(backend);
        Spectra.Distance(Polar.Of(Matrix.Identity<double>(5).Times(0.3)), Matrix.Identity<double>(5)).ShouldBeAtMost(Rounding);
        Spectra.Distance(Polar.Of(Spectra.Diagonal(3, -2, 0.5)), Spectra.Diagonal(1, -1, 1)).ShouldBeAtMost(Rounding);
        var q = Spectra.Orthonormal(9, 4, seed: 1);
        Spectra.Distance(Polar.Of(q.Times(7)), q).ShouldBeAtMost(Rounding);
        // ones = √6·√6 … of one direction: every entry 1/√(rows·columns)
        Spectra.Distance(Polar.Of(Spectra.Constant(4, 9, 5)), Spectra.Constant(4, 9, 1.0 / 6)).ShouldBeAtMost(Rounding);
        // of a row, the row over its length
        Spectra.Distance(Polar.Of(Matrix.From(new double[,] { { 3, 0, -4 } })), Matrix.From(new[,] { { 0.6, 0, -0.8 } })).ShouldBeAtMost(Rounding);
    }

    [SkippableTheory]
    [InlineData(Backends.OpenBlas, 12, 12)]
    [InlineData(Backends.OpenBlas, 30, 8)]
    [InlineData(Backends.Managed, 12, 12)]
    [InlineData(Backends.Managed, 8, 30)]
    public void A_direction_at_1e16_of_the_largest_is_left_out_and_does_not_disturb_the_others(string backend, int rows, int columns)
    {
        using var inForce = Backends.Use(backend);
        int k = Math.Min(rows, columns);
        double[] s = [.. Enumerable.Range(0, k).Select(i => i == k - 1 ? 1e-16 : 1 - (0.05 * i))];
        var (u, vt) = Spectra.Directions(rows, columns, seed: 2);
        var m = Spectra.Compose(u, s, vt);
        var factor = new Matrix<double>(rows, columns);
        var summary = Polar.Decompose(m, factor);
        summary.NumericalRank.ShouldBe(k - 1);
        summary.NuclearNorm.ShouldBeRelatively(Rounding, s.Sum());
        Spectra.Distance(factor, Linear.Product(u.ColumnSlice(0, k - 1), vt.RowSlice(0, k - 1))).ShouldBeAtMost(Rounding * 10);

        var perturbed = m.Clone();
        perturbed.AddScaled(1e-17, Spectra.Gaussian(rows, columns, seed: 3));
        Spectra.Distance(Polar.Of(perturbed), factor).ShouldBeAtMost(Rounding * 10);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void A_lost_direction_may_change_its_sign_without_the_factor_taking_notice(string backend)
    {
        using var inForce = Backends.Use(backend);
        Matrix<double> one = Spectra.Diagonal(1, 0.5, 1e-17), other = Spectra.Diagonal(1, 0.5, -1e-17);
        Spectra.Distance(Polar.Of(one), Polar.Of(other)).ShouldBeAtMost(Rounding);
        // The control: U Vᵀ over every direction turns round altogether.
        Spectra.Distance(OverEveryDirection(one), OverEveryDirection(other)).ShouldBeWithin(Rounding, of: 2);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void A_direction_just_above_the_numerical_range_counts_and_one_just_below_does_not(string backend)
    {
        using var inForce = Backends.Use(backend);
        double floor = ExactMeasures.NumericalRange<double>(4, 4);
        floor.ShouldBe(4 * Math.Pow(2, -52));
        foreach (var (last, rank) in new[] { (floor * 1.5, 4), (floor / 1.5, 3) })
        {
            var m = Spectra.Diagonal(1, 1, 1, last);
            var factor = new Matrix<double>(4, 4);
            Polar.Decompose(m, factor).NumericalRank.ShouldBe(rank);
            Polar.DecomposeExact(m, factor).NumericalRank.ShouldBe(rank);
            ExactMeasures.NumericalRank(m).ShouldBe(rank);
            factor[3, 3].ShouldBeWithin(Rounding, of: rank - 3);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void A_nearly_singular_Gram_matrix_hands_over_to_the_SVD(string backend)
    {
        const int k = MatrixCase.FirstFast;
        using var inForce = Backends.Use(backend);
        foreach (double smallest in new[] { 2e-4, 1.01e-4, 0.99e-4, 1e-5, 4e-6, 1e-10 })
        {
            var (u, vt) = Spectra.Directions(k + 9, k, seed: 4);
            double[] s = [.. Enumerable.Range(0, k).Select(i => i == k - 1 ? smallest : 1 - (0.5 * i / k))];
            // The comment of Polar promises 1e-7 for the Gram way; the SVD's last direction is known to ε/smallest.
            double allowed = Math.Max(1e-7, 100 * 2.2e-16 / smallest);
            Spectra.Distance(Polar.Of(Spectra.Compose(u, s, vt)), Linear.Product(u, vt)).ShouldBeAtMost(allowed, $"smallest {smallest}");
        }
    }

    /// <summary>
    /// Gradients on the way to zero loss: singular values spread evenly over many decades, so that every level resolves some. The SVD is the
    /// judge: along direction i it is off by ε·s₁/sᵢ, and the levels may be off by the 1e-7 that the comment of PolarByLevels promises.
    /// </summary>
    [SkippableTheory]
    [InlineData(Backends.OpenBlas, 140, 140, 6)]
    [InlineData(Backends.OpenBlas, 140, 140, 11)]
    [InlineData(Backends.OpenBlas, 300, 150, 9)]
    [InlineData(Backends.OpenBlas, 150, 300, 9)]
    [InlineData(Backends.OpenBlas, 200, 200, 20)]
    [InlineData(Backends.Managed, 140, 140, 9)]
    public void A_spectrum_of_many_decades_is_resolved_level_by_level(string backend, int rows, int columns, int decades)
    {
        using var inForce = Backends.Use(backend);
        int k = Math.Min(rows, columns);
        double[] s = [.. Enumerable.Range(0, k).Select(i => Math.Pow(10, -(double)decades * i / (k - 1)))];
        var (u, vt) = Spectra.Directions(rows, columns, seed: 8);
        var m = Spectra.Compose(u, s, vt);
        var factor = new Matrix<double>(rows, columns);
        var summary = Polar.Decompose(m, factor);
        summary.NuclearNorm.ShouldBeRelatively(1e-12, s.Sum());
        summary.OperatorNorm.ShouldBeRelatively(1e-12, 1);
        var exact = new Matrix<double>(rows, columns);
        int rank = Polar.DecomposeExact(m, exact).NumericalRank;
        Math.Abs(summary.NumericalRank - rank).ShouldBeLessThanOrEqualTo(2, "directions at the very edge of the numerical range may fall either way");
        for (int i = 0; i < rank - 4; i++)
        {
            // uᵢᵀ P vᵢ is 1 for the factor; the columns P vᵢ are uᵢ.
            var image = new double[rows];
            Linear.Multiply(factor, false, vt.Row(i), image);
            double distance = 0;
            for (int r = 0; r < rows; r++)
                distance += (image[r] - u[r, i]) * (image[r] - u[r, i]);
            Math.Sqrt(distance).ShouldBeAtMost(1e-7 + (200 * 2.2e-16 / s[i]), $"direction {i}, s {s[i]:E1}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void In_single_precision_it_hands_over_earlier(string backend)
    {
        const int k = MatrixCase.FirstFast;
        const double epsilon = 1.2e-7;
        using var inForce = Backends.Use(backend);
        foreach (double smallest in new[] { 0.2, 0.11, 0.09, 0.03, 0.01 })
        {
            var (u, vt) = Spectra.Directions(k, k + 9, seed: 6);
            double[] s = [.. Enumerable.Range(0, k).Select(i => i == k - 1 ? smallest : 1 - (0.5 * i / k))];
            // Five ε·size in ‖·‖_F for the directions together, and ten ε/smallest for the last one.
            double allowed = (5 * epsilon * k) + (10 * epsilon / smallest);
            Spectra.Distance(Polar.Of(Spectra.Compose(u, s, vt).ToSingle()).ToDouble(), Linear.Product(u, vt)).ShouldBeAtMost(allowed, $"smallest {smallest}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_destination_of_another_shape_is_refused_with_both_shapes_also_for_a_zero_matrix(bool zero)
    {
        var m = zero ? new Matrix<double>(3, 4) : Spectra.Gaussian(3, 4, seed: 5);
        foreach (Action work in new Action[] { () => Polar.Decompose(m, new Matrix<double>(4, 3)), () => Polar.DecomposeExact(m, new Matrix<double>(4, 3)) })
        {
            string message = Assert.Throws<ArgumentException>(work).Message;
            message.ShouldContain("4×3");
            message.ShouldContain("3×4");
        }
    }

    [Fact]
    public void The_matrix_is_left_as_it_was() => Properties.Hold(MatrixCase.Any, c =>
    {
        var m = c.Matrix();
        double[] before = m.Elements();
        Polar.Of(m);
        Polar.DecomposeExact(m, new Matrix<double>(c.Rows, c.Columns));
        m.Elements().ShouldBe(before);
    }, count: 20);

    private static Matrix<double> OverEveryDirection(Matrix<double> m)
    {
        Matrix<double> u = new(m.Rows, m.Rows), vt = new(m.Rows, m.Columns);
        Linear.SingularValueDecomposition(m, u, new double[m.Rows], vt);
        return Linear.Product(u, vt);
    }
}
