using SpecGD.Numerics;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Tests.Sweeps;

public class EstimateTests
{
    /// <summary>Tables print quantiles of Student's t to three digits after the point.</summary>
    private const double TableRounding = 5.1e-4;

    /// <summary>A few roundings of double precision.</summary>
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(0.975, 1, 12.706)]
    [InlineData(0.975, 2, 4.303)]
    [InlineData(0.975, 4, 2.776)]
    [InlineData(0.975, 9, 2.262)]
    [InlineData(0.975, 30, 2.042)]
    [InlineData(0.995, 4, 4.604)]
    [InlineData(0.95, 7, 1.895)]
    public void Quantiles_are_those_of_the_tables(double p, double degrees, double t) =>
        (Math.Abs(SpecialFunctions.StudentQuantile(p, degrees) - t) <= TableRounding).ShouldBeTrue($"{SpecialFunctions.StudentQuantile(p, degrees)}");

    [Theory]
    [InlineData(0.3)]
    [InlineData(-2.5)]
    [InlineData(-40)]
    public void Probabilities_have_their_closed_forms_for_one_and_two_degrees_of_freedom(double t)
    {
        double cauchy = t < -1 ? Math.Atan(-1 / t) / Math.PI : 0.5 + (Math.Atan(t) / Math.PI);
        double two = t < 0 ? 1 / (Math.Sqrt(2 + (t * t)) * (Math.Sqrt(2 + (t * t)) - t)) : 0.5 + (t / (2 * Math.Sqrt(2 + (t * t))));
        const double relative = 1e-9; // the incomplete beta function of the library, far in the tail

        (Math.Abs((SpecialFunctions.StudentProbability(t, 1) / cauchy) - 1) <= relative).ShouldBeTrue($"{SpecialFunctions.StudentProbability(t, 1)} {cauchy}");
        (Math.Abs((SpecialFunctions.StudentProbability(t, 2) / two) - 1) <= relative).ShouldBeTrue($"{SpecialFunctions.StudentProbability(t, 2)} {two}");
    }

    [Fact]
    public void The_interval_is_Students()
    {
        // Mean 3, s = √2.5, n = 5: half a width of 2.776445 · √2.5/√5.
        var estimate = Estimate.Of([1, 2, 3, 4, 5], 0.95);

        (estimate.Count, estimate.Mean).ShouldBe((5, 3.0));
        double half = 2.7764451051977987 * Math.Sqrt(2.5 / 5);
        (Math.Abs(estimate.Upper - 3 - half) <= 1e-8).ShouldBeTrue($"{estimate}"); // the library's quantile has nine digits
        (Math.Abs(3 - estimate.Lower - half) <= 1e-8).ShouldBeTrue($"{estimate}");
    }

    [Fact]
    public void Of_logarithms_the_mean_is_geometric_and_the_interval_a_factor()
    {
        var estimate = Estimate.Of([1e-4, 1e-2, 1], 0.9, logarithmic: true);

        (Math.Abs((estimate.Mean / 1e-2) - 1) <= Rounding).ShouldBeTrue($"{estimate}");
        (Math.Abs((estimate.Upper * estimate.Lower / 1e-4) - 1) <= Rounding).ShouldBeTrue($"{estimate}");
        double.IsNaN(Estimate.Of([1, 0], 0.9, logarithmic: true).Mean).ShouldBeTrue("zero has no logarithm");
    }

    [Fact]
    public void One_value_has_a_mean_and_no_interval()
    {
        var estimate = Estimate.Of([7], 0.95);

        estimate.Mean.ShouldBe(7);
        double.IsNaN(estimate.Lower).ShouldBeTrue();
        double.IsNaN(estimate.Upper).ShouldBeTrue();
    }

    /// <summary>At the true mean, a 90 % interval misses one time in ten; of 4000 draws the count has a standard deviation of 19.</summary>
    [Fact]
    public void Intervals_cover_the_truth_as_often_as_they_say()
    {
        var random = new SpecGD.Numerics.Random.TorchRandom(11);
        int missed = 0;
        for (int i = 0; i < 4000; i++)
        {
            var draws = random.Normal(1, 5).AsSpan().ToArray();
            var estimate = Estimate.Of(draws, 0.9);
            missed += estimate.Lower > 0 || estimate.Upper < 0 ? 1 : 0;
        }
        missed.ShouldBeInRange(400 - (4 * 19), 400 + (4 * 19));
    }

    [Fact]
    public void Paired_and_Welch_have_their_closed_forms()
    {
        // Differences 1, 2, 3: t = 2/(1/√3) = 2√3, and two-sided p = 1 − t/√(2 + t²) for two degrees of freedom.
        var paired = Significance.Paired([1, 2, 3])!;
        double t = 2 * Math.Sqrt(3);
        (Math.Abs(paired.T - t) <= Rounding).ShouldBeTrue($"{paired}");
        (Math.Abs(paired.P - (1 - (t / Math.Sqrt(2 + (t * t))))) <= 1e-9).ShouldBeTrue($"{paired}");

        // Equal variances 1 and equal sizes 3: four degrees of freedom and t = −3/√(2/3).
        var welch = Significance.Welch([1, 2, 3], [4, 5, 6])!;
        (Math.Abs(welch.T + (3 / Math.Sqrt(2.0 / 3))) <= Rounding).ShouldBeTrue($"{welch}");
        (Math.Abs(welch.DegreesOfFreedom - 4) <= Rounding).ShouldBeTrue($"{welch}");

        // Sizes 2 and 4, variances 2 and 20/3: a = 1, b = 5/3, ν = (8/3)²/(1 + 25/27).
        var uneven = Significance.Welch([0, 2], [0, 2, 4, 6])!;
        (Math.Abs(uneven.DegreesOfFreedom - (64.0 / 9 / (1 + (25.0 / 27)))) <= Rounding).ShouldBeTrue($"{uneven}");
    }

    [Fact]
    public void Repetitions_of_the_same_seeds_are_paired_and_others_are_not()
    {
        Dictionary<string, double> a = new() { ["0"] = 1, ["1"] = 11, ["2"] = 21 }, b = new() { ["0"] = 0, ["1"] = 9, ["2"] = 20 };

        Significance.Between(a, b)!.Name.ShouldBe(Significance.PairedName);
        Significance.Between(a, new Dictionary<string, double> { ["0"] = 0, ["7"] = 9, ["2"] = 20 })!.Name.ShouldBe(Significance.WelchName);
        Significance.Between(a, a).ShouldBeNull("nothing differs, so there is no statistic");
        Significance.Between(new Dictionary<string, double> { ["0"] = 1 }, new Dictionary<string, double> { ["0"] = 2 }).ShouldBeNull("one pair says nothing");
    }
}
