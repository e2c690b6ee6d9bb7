using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public class GemmRateTests
{
    /// <summary>Sums of 96 terms in another order differ by a few of the ε·n that the error is counted in.</summary>
    private const double FewRoundings = 4;

    [Fact]
    public void The_rate_is_a_positive_finite_number()
    {
        double rate = GemmRate.Measure<double>(size: 48, TimeSpan.FromMilliseconds(5), TimeProvider.System);
        double.IsFinite(rate).ShouldBeTrue();
        rate.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_backend_in_force_multiplies_like_the_managed_one()
    {
        GemmRate.Error<double>(96).ShouldBeAtMost(FewRoundings);
        GemmRate.Error<float>(96).ShouldBeAtMost(FewRoundings);
        using (Backend.Use(Backend.Managed))
            GemmRate.Error<double>(96).ShouldBe(0);
    }

    [Fact]
    public void No_clock_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => GemmRate.Measure<double>(4, TimeSpan.Zero, null!));
}
