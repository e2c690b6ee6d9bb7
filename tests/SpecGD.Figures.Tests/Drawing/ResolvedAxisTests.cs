using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Drawing;

public class ResolvedAxisTests
{
    /// <summary>Places are shares of the axis, found with a handful of roundings.</summary>
    private const double PlaceTolerance = 1e-12;

    private static readonly Axis Linear = new("linear"), Logarithmic = new("logarithmic") { Logarithmic = true };

    [Theory]
    [InlineData(0.2, 62.4, 0, 70, 10)]
    [InlineData(-3, 3, -3, 3, 1)]
    [InlineData(1, 1.0001, 1, 1.0001, 2e-5)]
    [InlineData(0, 1e7, 0, 1e7, 2e6)]
    [InlineData(5, 5, 2, 8, 1)]
    [InlineData(0, 0, -0.6, 0.6, 0.2)]
    public void Linear_ends_are_rounded_outward_to_tics_at_round_numbers(double low, double high, double from, double to, double step)
    {
        var axis = ResolvedAxis.Of(Linear, low, high, roundEnds: true, mostTics: 9);
        axis.From.ShouldBe(from, PlaceTolerance);
        axis.To.ShouldBe(to, PlaceTolerance);
        axis.Step.ShouldBe(step, PlaceTolerance);
    }

    [Theory]
    [InlineData(3e-15, 20, 1e-15, 100, 100)]
    [InlineData(5e-6, 27, 1e-6, 100, 10)]
    [InlineData(1e-3, 1, 1e-3, 1, 10)]
    [InlineData(1, 1, 1, 10, 10)]
    [InlineData(double.Epsilon, double.MaxValue, 1e-300, 1e300, 1e100)]
    public void Logarithmic_ends_are_powers_of_ten_and_tics_are_not_too_many(double low, double high, double from, double to, double step)
    {
        var axis = ResolvedAxis.Of(Logarithmic, low, high, roundEnds: true, mostTics: 9);
        (axis.From, axis.To, axis.Step).ShouldBe((from, to, step));
        axis.TicLabels.Count.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Ends_that_were_asked_for_stay()
    {
        var axis = ResolvedAxis.Of(Linear with { From = 0, To = 999.5, WholeNumbers = true }, 3, 5000, roundEnds: true, mostTics: 10);
        (axis.From, axis.To, axis.Step).ShouldBe((0, 999.5, 100));
    }

    [Fact]
    public void Steps_carry_tics_at_whole_numbers_only()
    {
        var axis = ResolvedAxis.Of(Linear with { From = 0, To = 3, WholeNumbers = true }, 0, 3, roundEnds: false, mostTics: 10);
        axis.TicLabels.Select(label => label.ToString()).ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public void Given_tics_are_the_only_ones_and_leave_the_ends_to_the_data()
    {
        var axis = ResolvedAxis.Of(Logarithmic with { Tics = [128, 256, 1024] }, 128, 1024, roundEnds: true, mostTics: 9);
        (axis.From, axis.To, axis.HasPowers).ShouldBe((128, 1024, false));
        axis.TicLabels.Select(label => label.ToString()).ShouldBe(["128", "256", "1024"]);
        axis.Place(256).ShouldBe(1.0 / 3, PlaceTolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_data_there_is_still_an_axis(bool logarithmic)
    {
        var axis = ResolvedAxis.Of(Linear with { Logarithmic = logarithmic }, double.NaN, double.NaN, roundEnds: true, mostTics: 9);
        axis.To.ShouldBeGreaterThan(axis.From);
    }

    [Fact]
    public void Places_follow_the_scale()
    {
        ResolvedAxis.Of(Linear, 0, 10, roundEnds: true, mostTics: 9).Place(2.5).ShouldBe(0.25, PlaceTolerance);
        ResolvedAxis.Of(Logarithmic, 1e-4, 1, roundEnds: true, mostTics: 9).Place(0.01).ShouldBe(0.5, PlaceTolerance);
    }

    [Fact]
    public void Ends_that_cannot_be_are_refused_with_the_axis()
    {
        Refused(Logarithmic with { From = 0 }).ShouldContain("'logarithmic'");
        Refused(Linear with { From = 2, To = 1 }).ShouldContain("from 2 to 1");

        static string Refused(Axis axis) => Assert.Throws<ArgumentException>(() => ResolvedAxis.Of(axis, 1, 2, roundEnds: true, mostTics: 9)).Message;
    }
}
