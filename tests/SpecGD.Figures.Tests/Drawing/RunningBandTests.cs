using SpecGD.Figures.Drawing;

namespace SpecGD.Figures.Tests.Drawing;

public class RunningBandTests
{
    /// <summary>Sums of up to a hundred terms of size ten in double precision.</summary>
    private const double RoundingTolerance = 1e-12;

    [Fact]
    public void Minimum_mean_and_maximum_of_a_short_sequence_are_those_worked_out_by_hand()
    {
        // Windows of reach 1: (1,4) (1,4,2) (4,2,8) (2,8). Means: 5/2, (5/2+3)/2, (3+5)/2, 5.
        var band = RunningBand.Of([1, 4, 2, 8], reach: 1);
        band.Lower.ShouldBe([1, 1, 2, 2]);
        band.Upper.ShouldBe([4, 4, 8, 8]);
        band.Mean.ShouldBe([2.5, 2.75, 4, 5], RoundingTolerance);
    }

    [Fact]
    public void A_wider_reach_takes_in_more_and_stops_at_the_ends()
    {
        // Reach 2: (1,4,2) (1,4,2,8) (all) (4,2,8,0) (2,8,0).
        var band = RunningBand.Of([1, 4, 2, 8, 0], reach: 2);
        band.Lower.ShouldBe([1, 1, 0, 0, 0]);
        band.Upper.ShouldBe([4, 8, 8, 8, 8]);
        band.Mean.ShouldBe([5.5 / 2, 10.5 / 3, 14.5 / 4, 12.0 / 3, 9.0 / 2], RoundingTolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void An_alternation_of_period_two_has_a_flat_band_and_a_flat_mean(int reach)
    {
        double[] alternating = [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? 9.0 : 3.0)];
        var band = RunningBand.Of(alternating, reach);
        band.Lower.ShouldAllBe(value => value == 3);
        band.Upper.ShouldAllBe(value => value == 9);
        band.Mean.ShouldAllBe(value => Math.Abs(value - 6) < RoundingTolerance);
    }

    [Fact]
    public void Values_that_are_not_finite_are_gaps_and_do_not_touch_their_neighbours()
    {
        var band = RunningBand.Of([1, double.NaN, 3, double.PositiveInfinity, 5], reach: 1);
        band.Lower.ShouldBe([1, double.NaN, 1, double.NaN, 3]);
        band.Upper.ShouldBe([3, double.NaN, 5, double.NaN, 5]);
        band.Mean.ShouldBe([2, double.NaN, 3, double.NaN, 4]);
    }

    [Fact]
    public void The_mean_stays_within_the_band_whatever_the_rounding()
    {
        double[] values = [.. Enumerable.Range(0, 5000).Select(i => i < 100 ? 1e12 : 1 + 1e-9 * (i % 2))];
        var band = RunningBand.Of(values, reach: 3);
        Enumerable.Range(0, values.Length).ShouldAllBe(i => band.Lower[i] <= band.Mean[i] && band.Mean[i] <= band.Upper[i]);
    }

    [Fact]
    public void Nothing_and_a_single_value_are_their_own_band()
    {
        RunningBand.Of([], reach: 3).Mean.ShouldBeEmpty();
        RunningBand.Of([double.NaN], reach: 3).Mean.ShouldBe([double.NaN]);
        var band = RunningBand.Of([4], reach: 3);
        (band.Lower[0], band.Mean[0], band.Upper[0]).ShouldBe((4, 4, 4));
    }
}
