namespace SpecGD.Numerics.Tests;

public class SpecialFunctionsTests
{
    /// <summary>A rational approximation in double precision: a few ulps.</summary>
    private const double Rounding = 1e-15;

    /// <summary>Abramowitz and Stegun, table 7.1, with more digits.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(6, 1)]
    public void The_error_function_has_its_tabulated_values_and_is_odd(double x, double value)
    {
        SpecialFunctions.Erf(x).ShouldBeWithin(Rounding * value, of: value);
        SpecialFunctions.Erf(-x).ShouldBe(-SpecialFunctions.Erf(x));
    }

    [Fact]
    public void The_error_function_ends_at_one()
    {
        SpecialFunctions.Erf(double.PositiveInfinity).ShouldBe(1);
        SpecialFunctions.Erf(double.NegativeInfinity).ShouldBe(-1);
        double.IsNaN(SpecialFunctions.Erf(double.NaN)).ShouldBeTrue();
    }
}
