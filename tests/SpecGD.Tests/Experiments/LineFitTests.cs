using SpecGD.Experiments;

namespace SpecGD.Tests.Experiments;

public class LineFitTests
{
    /// <summary>A handful of sums of numbers of order one.</summary>
    private const double Rounding = 1e-12;

    [Fact]
    public void Points_on_a_line_give_the_line()
    {
        var line = LineFit.Of([1, 2, 4, 8], [5, 7, 11, 19]);

        (Math.Abs(line.Slope - 2) <= Rounding).ShouldBeTrue($"{line}");
        (Math.Abs(line.Intercept - 3) <= Rounding).ShouldBeTrue($"{line}");
        (Math.Abs(line.Explained - 1) <= Rounding).ShouldBeTrue($"{line}");
    }

    /// <summary>By hand: Σ(x−1)(y−1) = 1, Σ(x−1)² = 2 and Σ(y−1)² = 2, so the slope is 1/2 and R² = 1/4.</summary>
    [Fact]
    public void Points_off_a_line_give_the_least_squares_one()
    {
        var line = LineFit.Of([0, 1, 2], [0, 2, 1]);

        (Math.Abs(line.Slope - 0.5) <= Rounding).ShouldBeTrue($"{line}");
        (Math.Abs(line.Intercept - 0.5) <= Rounding).ShouldBeTrue($"{line}");
        (Math.Abs(line.Explained - 0.25) <= Rounding).ShouldBeTrue($"{line}");
    }

    [Fact]
    public void A_power_law_is_a_line_between_logarithms()
    {
        double[] x = [1, 3, 10, 50];
        var line = LineFit.OfLogarithms(x, [.. x.Select(a => 7 * Math.Pow(a, -1.5))]);

        (Math.Abs(line.Slope + 1.5) <= Rounding).ShouldBeTrue($"{line}");
        (Math.Abs(Math.Exp(line.Intercept) - 7) <= 7 * Rounding).ShouldBeTrue($"{line}");
    }

    [Fact]
    public void What_no_line_goes_through_is_no_number()
    {
        double.IsNaN(LineFit.Of([2, 2], [1, 3]).Slope).ShouldBeTrue("x does not vary");
        double.IsNaN(LineFit.Of([], []).Slope).ShouldBeTrue("no points");
        double.IsNaN(LineFit.Of([1, 2], [3, 3]).Explained).ShouldBeTrue("there is no variance to explain");
        Should.Throw<ArgumentException>(() => LineFit.Of([1, 2], [1])).Message.ShouldContain("1 for 2");
    }
}
