using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

public class NewtonSchulzTests
{
    /// <summary>Muon's interval for singular values that start above 0.01·‖G‖_F, as the specification prints it.</summary>
    private const double Lowest = 0.68, Highest = 1.13, Start = 0.01;

    /// <summary>The interval is printed to two digits; the polynomial's own extremes are 0.6818 and 1.1344.</summary>
    private const double Slack = 0.005;

    /// <summary>Largest value that any start in (0, 1] can reach.</summary>
    private const double Ceiling = 1.21;

    /// <summary>Five products of well-scaled matrices up to 60 × 60; the steepest slope of the five steps is 485, on ε·0.01.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The same with ε of 1.2e-7.</summary>
    private const double SingleRounding = 5e-4;

    public static TheoryData<string> AllBackends => Backends.All;

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Singular_values_follow_the_scalar_recursion(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (1, 1), (1, 12), (12, 1), (30, 30), (20, 60), (60, 20) })
            foreach (int steps in new[] { 0, 1, Orthogonalization.MuonSteps, 8 })
                DistanceFromRecursion(rows, columns, steps, ScalarQuintics.Muon).ShouldBeAtMost(Rounding, $"{rows}×{columns}, {steps} steps");
    }

    [Theory]
    [InlineData(1e-6, 0, 0)]
    [InlineData(0, -1e-6, 0)]
    [InlineData(0, 0, 1e-6)]
    public void A_coefficient_in_error_by_a_millionth_would_be_seen(double a, double b, double c)
    {
        var (trueA, trueB, trueC) = ScalarQuintics.Muon;
        DistanceFromRecursion(20, 60, Orthogonalization.MuonSteps, (trueA + a, trueB + b, trueC + c)).ShouldBeAtLeast(1000 * Rounding);
    }

    [Fact]
    public void Values_from_a_hundredth_of_the_norm_up_end_in_the_interval_of_Muon()
    {
        double[] ends = [.. ScalarQuintics.Grid(Start, 2000).Select(Iterated)];
        ends.Min().ShouldBeWithin(Slack, of: Lowest);
        ends.Max().ShouldBeWithin(Slack, of: Highest);
        ScalarQuintics.Grid(1e-8, 2000).Select(Iterated).Max().ShouldBeAtMost(Ceiling);
    }

    /// <summary>The control: with a coefficient in error the interval of the test above is left.</summary>
    [Theory]
    [InlineData(0.02, 0, 0)]
    [InlineData(-0.02, 0, 0)]
    [InlineData(0, 0.02, 0)]
    [InlineData(0, -0.02, 0)]
    [InlineData(0, 0, 0.02)]
    [InlineData(0, 0, -0.02)]
    public void A_coefficient_in_error_by_a_fiftieth_would_miss_the_interval(double a, double b, double c)
    {
        var wrong = (ScalarQuintics.Muon.A + a, ScalarQuintics.Muon.B + b, ScalarQuintics.Muon.C + c);
        double[] ends = [.. ScalarQuintics.Grid(Start, 2000).Select(s => ScalarQuintics.Run(s, Orthogonalization.MuonSteps, _ => wrong))];
        bool seen = Math.Abs(ends.Min() - Lowest) > Slack || Math.Abs(ends.Max() - Highest) > Slack;
        seen.ShouldBeTrue();
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Singular_values_of_random_gradients_end_in_the_interval(string backend)
    {
        using var inForce = Backends.Use(backend);
        int above = 0;
        Properties.Hold(MatrixCase.Any, c =>
        {
            var g = c.Matrix();
            double norm = Measures.FrobeniusNorm(g);
            double[] before = ExactMeasures.SingularValues(g);
            double[] after = ExactMeasures.SingularValues(Orthogonalization.NewtonSchulz(g));
            after[0].ShouldBeAtMost(Ceiling);
            int count = before.Count(s => s >= Start * norm);
            // The steps do not keep the order of the values, so the interval must hold as many as it should, wherever in the order they come.
            after.Count(s => s >= Lowest - Slack).ShouldBeGreaterThanOrEqualTo(count);
            if (count == before.Length)
            {
                after[0].ShouldBeAtMost(Highest + Slack);
                after[^1].ShouldBeAtLeast(Lowest - Slack);
                above++;
            }
        }, count: 100);
        above.ShouldBeGreaterThan(30);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e-310)]
    [InlineData(1e-9)]
    [InlineData(1e200)]
    public void The_size_of_the_gradient_does_not_matter(double scale)
    {
        var g = Spectra.Gaussian(6, 9, seed: 1);
        // Entries of 1e-310 are subnormal and carry 14 digits.
        const double subnormalDigits = 1e-10;
        Spectra.Distance(Orthogonalization.NewtonSchulz(g.Times(scale)), Orthogonalization.NewtonSchulz(g)).ShouldBeAtMost(subnormalDigits);
    }

    /// <summary>The control: a guard of 1e-7 added to the norm, as Muon's first code had it, shrinks such a gradient to nothing.</summary>
    [Fact]
    public void A_guard_added_to_the_norm_would_be_seen()
    {
        var g = Spectra.Gaussian(6, 9, seed: 1).Times(1e-200);
        double top = ExactMeasures.OperatorNorm(g), norm = Measures.FrobeniusNorm(g);
        Iterated(top / (norm + 1e-7)).ShouldBeAtMost(1e-100);
        Iterated(top / norm).ShouldBeAtLeast(Lowest - Slack);
        ExactMeasures.OperatorNorm(Orthogonalization.NewtonSchulz(g)).ShouldBeAtLeast(Lowest - Slack);
    }

    [Fact]
    public void Zero_in_zero_out()
    {
        Orthogonalization.NewtonSchulz(new Matrix<double>(3, 5)).Elements().ShouldAllBe(x => x == 0);
        Orthogonalization.NewtonSchulz(new Matrix<float>(5, 3)).Elements().ShouldAllBe(x => x == 0);
        Orthogonalization.NewtonSchulz(new Matrix<double>(0, 5)).ToString().ShouldBe("0×5");
    }

    [Fact]
    public void A_tall_gradient_is_the_transpose_of_a_wide_one_bit_for_bit()
    {
        var wide = Spectra.Gaussian(7, 19, seed: 2);
        Orthogonalization.NewtonSchulz(wide.Transposed()).Elements().ShouldBe(Orthogonalization.NewtonSchulz(wide).Transposed().Elements());
    }

    [Fact]
    public void The_gradient_is_left_as_it_was_and_a_slice_is_taken_as_its_copy()
    {
        var surroundings = Spectra.Gaussian(12, 20, seed: 3);
        var slice = surroundings.Slice(2, 3, 6, 11);
        double[] before = surroundings.Elements();
        Spectra.Distance(Orthogonalization.NewtonSchulz(slice), Orthogonalization.NewtonSchulz(slice.Clone())).ShouldBeAtMost(Rounding);
        surroundings.Elements().ShouldBe(before);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Single_precision_follows_the_recursion_to_its_own_rounding(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (float scale in new[] { 1f, 1e-30f, 1e30f })
        {
            double[] s = ScalarQuintics.Grid(0.1, 12);
            var (u, vt) = Spectra.Directions(18, 12, seed: 4);
            var g = Spectra.Compose(u, s, vt).ToSingle().Times(scale);
            var expected = Expected(u, s, vt, Orthogonalization.MuonSteps, ScalarQuintics.Muon);
            Spectra.Distance(Orthogonalization.NewtonSchulz(g).ToDouble(), expected).ShouldBeAtMost(SingleRounding);
        }
    }

    [Fact]
    public void A_negative_number_of_steps_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Orthogonalization.NewtonSchulz(Matrix.Identity<double>(2), steps: -1));

    private static double Iterated(double s) => ScalarQuintics.Run(s, Orthogonalization.MuonSteps, _ => ScalarQuintics.Muon);

    /// <summary>‖NS(G) − U p(S) Vᵀ‖_F for a G built from its singular values, p run on each of them alone.</summary>
    private static double DistanceFromRecursion(int rows, int columns, int steps, (double A, double B, double C) triple)
    {
        double[] s = ScalarQuintics.Grid(1e-3, Math.Max(2, Math.Min(rows, columns)))[..Math.Min(rows, columns)];
        var (u, vt) = Spectra.Directions(rows, columns, seed: 5);
        return Spectra.Distance(Orthogonalization.NewtonSchulz(Spectra.Compose(u, s, vt).Times(17), steps), Expected(u, s, vt, steps, triple));
    }

    private static Matrix<double> Expected(Matrix<double> u, double[] s, Matrix<double> vt, int steps, (double A, double B, double C) triple)
    {
        double norm = Math.Sqrt(s.Sum(x => x * x));
        return Spectra.Compose(u, Array.ConvertAll(s, x => ScalarQuintics.Run(x / norm, steps, _ => triple)), vt);
    }
}
