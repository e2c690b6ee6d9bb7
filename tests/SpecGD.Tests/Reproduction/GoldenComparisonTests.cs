using SpecGD.Reproduction.Golden;

namespace SpecGD.Tests.Reproduction;

public class GoldenComparisonTests
{
    [Fact]
    public void The_largest_deviation_of_a_quantity_is_kept_with_its_place()
    {
        var comparison = new GoldenComparison();
        comparison.Relative("loss", "step 1", 2, 2.02, 0.1);
        comparison.Relative("loss", "step 2", -4, -4.2, 0.1);
        comparison.Relative("loss", "step 3", 0, 0, 0.1);

        var finding = comparison.Findings.ShouldHaveSingleItem();
        finding.Place.ShouldBe("step 2");
        finding.Largest.ShouldBe(0.05, 1e-12);
        finding.Compared.ShouldBe(3);
        comparison.Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1.0, double.NaN)]
    [InlineData(1.0, double.PositiveInfinity)]
    [InlineData(0.0, 1e-30)]
    [InlineData(1.0, 1.2)]
    public void What_is_beyond_or_no_number_fails(double expected, double actual)
    {
        var comparison = new GoldenComparison();
        comparison.Relative("x", "here", expected, actual, 0.1);

        comparison.Holds.ShouldBeFalse();
        comparison.Findings[0].Beyond.ShouldBe(1);
    }

    [Fact]
    public void Decades_and_small_numbers_have_their_own_measure()
    {
        var comparison = new GoldenComparison();
        comparison.Decades("loss", "late", 1e-5, 2e-5, 0.31);
        comparison.Decades("loss", "later", 1e-5, 1e-5, 0.31);
        comparison.Small("rounding", "end", -3e-16, 1e-15);
        comparison.Holds.ShouldBeTrue();

        comparison.Decades("loss", "latest", 1e-5, 3e-5, 0.31);
        comparison.Decades("loss", "lost", 1e-5, -1e-5, 0.31);
        comparison.Small("rounding", "end", 2e-15, 1e-15);
        comparison.Findings.Select(f => f.Beyond).ShouldBe([2, 1]);
    }

    [Theory]
    [InlineData(1e-12, true)]
    [InlineData(3e-20, true)]
    [InlineData(1.9e-12, true)]
    [InlineData(2.1e-12, false)]
    [InlineData(0, false)]
    [InlineData(-1e-12, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void An_upper_bound_lets_smaller_numbers_pass_and_nothing_else(double actual, bool holds)
    {
        var comparison = new GoldenComparison();
        comparison.DecadesAbove("loss", "late", 1e-12, actual, decades: 0.3);
        comparison.Holds.ShouldBe(holds);
    }

    [Fact]
    public void A_comparison_of_nothing_does_not_hold() => new GoldenComparison().Holds.ShouldBeFalse();
}
