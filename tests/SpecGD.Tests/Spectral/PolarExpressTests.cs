using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

public class PolarExpressTests
{
    /// <summary>sup |1 − σ| after six steps, as the specification prints it to two digits (2.56e-3 and 5.59e-3), and the half digit of that.</summary>
    private const double SixStepsAtOnePerCent = 2.6e-3, SixStepsAtOnePerMille = 5.6e-3, HalfDigit = 5e-5;

    /// <summary>What 8, 8 and 12 steps reach for smallest normalised values of 1e-2, 1e-3, 1e-4.</summary>
    private const double Converged = 1e-9;

    /// <summary>The slope of seven steps at 1e-3 is below 5,000, on ε·60 of the products.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The same with ε of 1.2e-7 and values from 1e-2 up, whose slope is below 500; convergence takes most of it back.</summary>
    private const double SingleRounding = 1e-4;

    public static TheoryData<string> AllBackends => Backends.All;

    public static TheoryData<double, int, double> Suprema => new()
    {
        { 1e-2, 6, SixStepsAtOnePerCent },
        { 1e-3, 6, SixStepsAtOnePerMille },
        { 1e-2, 8, Converged },
        { 1e-3, 8, Converged },
        { 1e-4, 12, Converged },
    };

    [Theory]
    [MemberData(nameof(Suprema))]
    public void The_recursion_on_one_value_stays_within_the_bound_of_the_specification(double lowest, int steps, double bound) =>
        Supremum(ScalarQuintics.Grid(lowest, 5000), steps).ShouldBeAtMost(bound);

    [Theory]
    [InlineData(1e-2, SixStepsAtOnePerCent)]
    [InlineData(1e-3, SixStepsAtOnePerMille)]
    public void The_bound_after_six_steps_is_reached(double lowest, double bound) =>
        Supremum(ScalarQuintics.Grid(lowest, 5000), steps: 6).ShouldBeWithin(HalfDigit, of: bound);

    /// <summary>The controls: one step fewer is not enough, and the safety factor is not forgotten.</summary>
    [Theory]
    [InlineData(1e-2, 7)]
    [InlineData(1e-3, 7)]
    [InlineData(1e-4, 11)]
    public void One_step_fewer_has_not_converged(double lowest, int steps) =>
        Supremum(ScalarQuintics.Grid(lowest, 5000), steps).ShouldBeAtLeast(100 * Converged);

    [SkippableTheory]
    [InlineData(Backends.OpenBlas, 1e-2, 6, SixStepsAtOnePerCent)]
    [InlineData(Backends.OpenBlas, 1e-3, 6, SixStepsAtOnePerMille)]
    [InlineData(Backends.OpenBlas, 1e-2, 8, Converged)]
    [InlineData(Backends.OpenBlas, 1e-3, 8, Converged)]
    [InlineData(Backends.OpenBlas, 1e-4, 12, Converged)]
    [InlineData(Backends.Managed, 1e-3, 6, SixStepsAtOnePerMille)]
    [InlineData(Backends.Managed, 1e-3, 8, Converged)]
    public void Singular_values_of_a_matrix_come_within_the_bound_of_one(string backend, double smallestNormalised, int steps, double bound)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (25, 25), (20, 45), (45, 20) })
        {
            int k = Math.Min(rows, columns);
            double[] s = Normalised(k, smallestNormalised);
            double[] ends = ExactMeasures.SingularValues(Orthogonalization.PolarExpress(Spectra.WithSpectrum(rows, columns, s, seed: 1), steps));
            ends.Select(end => Math.Abs(1 - end)).Max().ShouldBeAtMost(bound);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Singular_values_follow_the_scalar_recursion(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (var (rows, columns) in new[] { (1, 1), (1, 12), (12, 1), (30, 30), (20, 60), (60, 20) })
            foreach (int steps in new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12 })
                DistanceFromRecursion(rows, columns, steps, ScalarQuintics.PolarExpress).ShouldBeAtMost(Rounding, $"{rows}×{columns}, {steps} steps");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    public void A_step_with_a_coefficient_in_error_by_a_millionth_would_be_seen(int wrongStep)
    {
        (double A, double B, double C) Wrong(int step)
        {
            var (a, b, c) = ScalarQuintics.PolarExpress(step);
            return step == wrongStep ? (a, b, c + 1e-6) : (a, b, c);
        }
        DistanceFromRecursion(20, 60, wrongStep + 1, Wrong).ShouldBeAtLeast(1000 * Rounding);
    }

    [Fact]
    public void Without_the_safety_factor_of_the_first_seven_steps_the_result_would_be_another()
    {
        static (double A, double B, double C) WithoutSafety(int step)
        {
            var (a, b, c) = ScalarQuintics.PolarExpress(step);
            return step < 7 ? (a * 1.01, b * Math.Pow(1.01, 3), c * Math.Pow(1.01, 5)) : (a, b, c);
        }
        DistanceFromRecursion(20, 60, 6, WithoutSafety).ShouldBeAtLeast(1e-4);
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Enough_steps_give_the_polar_factor(string backend)
    {
        using var inForce = Backends.Use(backend);
        var g = Spectra.WithSpectrum(30, 18, Normalised(18, 1e-3), seed: 2);
        Spectra.Distance(Orthogonalization.PolarExpress(g), Polar.Of(g)).ShouldBeAtMost(Converged);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e-310)]
    [InlineData(1e200)]
    public void The_size_of_the_gradient_does_not_matter(double scale)
    {
        var g = Spectra.Gaussian(6, 9, seed: 3);
        Spectra.Distance(Orthogonalization.PolarExpress(g.Times(scale)), Orthogonalization.PolarExpress(g)).ShouldBeAtMost(Converged);
    }

    [Fact]
    public void Zero_in_zero_out_and_a_tall_gradient_is_the_transpose_of_a_wide_one()
    {
        Orthogonalization.PolarExpress(new Matrix<double>(3, 5)).Elements().ShouldAllBe(x => x == 0);
        Orthogonalization.PolarExpress(new Matrix<double>(5, 0)).ToString().ShouldBe("5×0");
        var wide = Spectra.Gaussian(7, 19, seed: 4);
        Orthogonalization.PolarExpress(wide.Transposed()).Elements().ShouldBe(Orthogonalization.PolarExpress(wide).Transposed().Elements());
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Single_precision_converges_to_its_own_rounding(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (float scale in new[] { 1f, 1e-30f, 1e30f })
        {
            double[] s = Normalised(15, 1e-2);
            var (u, vt) = Spectra.Directions(15, 22, seed: 5);
            var end = Orthogonalization.PolarExpress(Spectra.Compose(u, s, vt).ToSingle().Times(scale));
            Spectra.Distance(end.ToDouble(), Spectra.Compose(u, Array.ConvertAll(s, _ => 1.0), vt)).ShouldBeAtMost(SingleRounding);
        }
    }

    private static double Supremum(double[] starts, int steps) =>
        starts.Max(s => Math.Abs(1 - ScalarQuintics.Run(s, steps, ScalarQuintics.PolarExpress)));

    /// <summary>k singular values with Σ s² = 1, the smallest the given one, the others between it and the largest.</summary>
    private static double[] Normalised(int k, double smallest)
    {
        double[] s = ScalarQuintics.Grid(smallest, k);
        double rest = Math.Sqrt((1 - (smallest * smallest)) / s.Skip(1).Sum(x => x * x));
        return [.. s.Select((x, i) => i == 0 ? smallest : Math.Max(smallest, x * rest))];
    }

    private static double DistanceFromRecursion(int rows, int columns, int steps, Func<int, (double A, double B, double C)> triple)
    {
        int k = Math.Min(rows, columns);
        double[] s = k == 1 ? [1] : Normalised(k, 1e-3);
        double norm = Math.Sqrt(s.Sum(x => x * x));
        var (u, vt) = Spectra.Directions(rows, columns, seed: 6);
        var expected = Spectra.Compose(u, Array.ConvertAll(s, x => ScalarQuintics.Run(x / norm, steps, triple)), vt);
        return Spectra.Distance(Orthogonalization.PolarExpress(Spectra.Compose(u, s, vt).Times(17), steps), expected);
    }
}
