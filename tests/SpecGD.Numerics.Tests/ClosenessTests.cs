namespace SpecGD.Numerics.Tests;

/// <summary>A comparison that cannot fail tests nothing.</summary>
public class ClosenessTests
{
    [Theory]
    [InlineData(1.0, 0.0, 1.0)]
    [InlineData(1.5, 0.5, 1.0)]
    [InlineData(-0.0, 0.0, 0.0)]
    public void Values_within_the_tolerance_pass(double actual, double allowed, double expected) =>
        Should.NotThrow(() => actual.ShouldBeWithin(allowed, of: expected));

    [Theory]
    [InlineData(1.5000001, 0.5, 1.0)]
    [InlineData(double.NaN, 1e300, 1.0)]
    [InlineData(1.0, double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0, 1.0)]
    public void Values_beyond_it_and_NaN_fail(double actual, double allowed, double expected) =>
        Should.Throw<ShouldAssertException>(() => actual.ShouldBeWithin(allowed, of: expected));

    [Fact]
    public void NaN_is_not_at_most_anything()
    {
        Should.Throw<ShouldAssertException>(() => double.NaN.ShouldBeAtMost(1));
        Should.Throw<ShouldAssertException>(() => 1.1.ShouldBeAtMost(1));
        Should.NotThrow(() => 1.0.ShouldBeAtMost(1));
    }
}
