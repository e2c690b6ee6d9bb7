using SpecGD.Figures.Drawing;

namespace SpecGD.Figures.Tests.Drawing;

public class ThinningTests
{
    [Fact]
    public void A_curve_of_ordinary_length_is_kept_whole()
    {
        double[] values = new double[Thinning.Limit];
        Thinning.Keep(values.Length, [values]).Count.ShouldBe(Thinning.Limit);
    }

    [Fact]
    public void A_long_curve_keeps_its_ends_its_spikes_and_its_gaps_and_becomes_short()
    {
        const int Rows = 200_000;
        double[] values = [.. Enumerable.Range(0, Rows).Select(i => Math.Sin(i))];
        values[77_777] = 50;
        values[123_456] = -50;
        values[150_001] = double.NaN;
        var kept = Thinning.Keep(Rows, [values]);
        kept.Count.ShouldBeLessThan(Thinning.Limit + 1000);
        kept.ShouldBe(kept.Distinct().Order());
        new[] { 0, 77_777, 123_456, 150_001, Rows - 1 }.ShouldBeSubsetOf(kept);
    }
}
