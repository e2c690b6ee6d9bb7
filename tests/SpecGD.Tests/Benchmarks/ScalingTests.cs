using SpecGD.Benchmarks;
using SpecGD.Numerics;
using SpecGD.Spectral;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Benchmarks;

/// <summary>Exponents of times that are known, by a clock that only the work moves.</summary>
public class ScalingTests
{
    /// <summary>The clock counts in 1e-12 s, and adds up to some 1e5 s.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Products summed in two orders, through a polynomial whose slope at zero is 3.4 to the fifth power.</summary>
    private const double FiveStepsRounding = 1e-12;

    [Theory]
    [InlineData(1.0)]
    [InlineData(3.0)]
    [InlineData(-1.0)]
    public void The_exponent_of_a_power_law_is_found_and_a_constant_share_shows_in_the_last(double exponent)
    {
        var clock = new WorkClock();
        var exact = new ScalingRunner(clock).Run(Series(clock, size => Math.Pow(size, exponent)));
        exact.Fit.Slope.ShouldBeWithin(Rounding, of: exponent);
        exact.LastExponent.ShouldBeWithin(Rounding, of: exponent);

        var burdened = new ScalingRunner(clock).Run(Series(clock, size => 100 + Math.Pow(size, exponent)));
        Math.Abs(burdened.Fit.Slope).ShouldBeLessThan(Math.Abs(exponent), "what does not grow hides the growth");
        ((double)burdened.ToJson()["exponent"]!).ShouldBe(burdened.Fit.Slope);
    }

    [Fact]
    public void The_first_run_of_a_size_does_not_count()
    {
        var clock = new WorkClock();
        var seen = new HashSet<int>();
        var result = new ScalingRunner(clock).Run(Series(clock, size => seen.Add(size) ? 1000 : 2));
        result.Seconds.ShouldBe([2, 2, 2]);
    }

    [Fact]
    public void A_series_over_threads_sets_the_budget_and_leaves_it_as_it_was()
    {
        int before = ThreadBudget.Total;
        var clock = new WorkClock();
        var budgets = new List<int>();
        new ScalingRunner(clock).Run(Series(clock, _ => 1) with
        {
            Sizes = [1, 3],
            SizeIsThreads = true,
            Prepare = size =>
            {
                budgets.Add(ThreadBudget.Total);
                return () => clock.Seconds++;
            },
        });
        budgets.ShouldBe([1, 1, 3], "the first of them to warm up, then each");
        ThreadBudget.Total.ShouldBe(before);
    }

    [Fact]
    public void Series_ascend_have_names_of_their_own_and_their_smallest_work_runs()
    {
        ScalingCatalog.All.Select(series => series.Name).ShouldBeUnique();
        foreach (var series in ScalingCatalog.All)
        {
            series.Sizes.ShouldBe(series.Sizes.Order());
            series.Sizes.ShouldBeUnique();
            series.Prepare(series.Sizes[0])();
        }
        Should.Throw<BadInputException>(() => ScalingCatalog.Named("width")).Message.ShouldContain("length-full");
    }

    /// <summary>The plain quintic is the yardstick of the symmetric one: both must do the same work.</summary>
    [Fact]
    public void Plain_quintic_steps_end_where_the_symmetric_ones_do()
    {
        var g = Spectra.Gaussian(40, 70, 1);
        var plain = new Matrix<double>(40, 70);
        PlainQuintic.Iterate(g, plain, Orthogonalization.MuonSteps);
        plain.AddScaled(-1, Orthogonalization.NewtonSchulz(g));
        plain.LargestMagnitude().ShouldBeAtMost(FiveStepsRounding);

        PlainQuintic.Iterate(g, plain, Orthogonalization.MuonSteps - 1);
        plain.AddScaled(-1, Orthogonalization.NewtonSchulz(g));
        plain.LargestMagnitude().ShouldBeAtLeast(1e-3, "a step less is seen");
    }

    private static ScalingSeries Series(WorkClock clock, Func<int, double> seconds) => new()
    {
        Name = "work",
        Title = "Work",
        Description = "work",
        Parameter = "n",
        Sizes = [10, 20, 40],
        Theory = 1,
        Prepare = size => () => clock.Seconds += seconds(size),
    };

    private sealed class WorkClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000_000_000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }
}
