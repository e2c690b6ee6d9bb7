using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class ReluSpectrumTests
{
    /// <summary>Sums of some hundred rounded shares.</summary>
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(256, 20)]
    [InlineData(1259, 20)]
    [InlineData(1260, 21)]
    [InlineData(4096, 68)]
    [InlineData(8192, 90)]
    public void Bins_follow_the_number_of_values(int count, int bins) => SpectrumHistogram.BinsFor(count).ShouldBe(bins);

    [Fact]
    public void Each_bar_is_the_share_of_its_values_over_its_width_in_decades()
    {
        double[] edges = SpectrumHistogram.Edges(1, 1000, 3);
        for (int i = 0; i < 4; i++)
            (Math.Abs(edges[i] - Math.Pow(10, i)) <= Rounding * edges[i]).ShouldBeTrue($"edge {i} is {edges[i]}");
        // Two values in [1, 10), one in [100, 1000], each decade one bin; zero counts in the first bin.
        double[] density = SpectrumHistogram.Density([2, 3, 1000, 0], edges);
        double[] expected = [0.75, 0, 0.25];
        density.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= Rounding);
    }

    [Fact]
    public void The_density_of_measured_values_integrates_to_one_and_counts_every_value_once()
    {
        double[] values = JsonNumber.All(TinyRuns.ReluSpectrum().Sections["rows"]![2]!["singular_values"]);
        double[] edges = SpectrumHistogram.Edges(values.Min(), values.Max(), 20), density = SpectrumHistogram.Density(values, edges);
        double width = Math.Log10(edges[1] / edges[0]);
        (Math.Abs(density.Sum() * width - 1) <= Rounding).ShouldBeTrue($"{density.Sum() * width}");
        // An independent count, bin by bin, for those values that lie well inside a bin.
        for (int i = 0; i < density.Length; i++)
        {
            int inside = values.Count(v => v > edges[i] * (1 + Rounding) && v < edges[i + 1] * (1 - Rounding));
            int around = values.Count(v => v >= edges[i] * (1 - Rounding) && v <= edges[i + 1] * (1 + Rounding));
            (density[i] * width * values.Length is var counted && counted >= inside - Rounding * 1000 && counted <= around + Rounding * 1000)
                .ShouldBeTrue($"bin {i}: {counted}");
        }
    }

    [Fact]
    public void Each_dimension_is_a_frame_with_the_largest_value_marked_and_named()
    {
        var log = TinyRuns.ReluSpectrum();
        var animation = new ReluSpectrumAnimation().Compose(log).ShouldHaveSingleItem();
        animation.FrameMilliseconds.ShouldBe(833);
        animation.Frames.Count.ShouldBe(3);
        var row = log.Sections["rows"]![2]!;
        animation.Frames[2].Title.ToString().ShouldBe(FormattableString.Invariant($"d = 16,  st(A) = {(double)row["stable_rank"]!:0.00}"));
        var mark = animation.Frames[2].Panels[0].Curves[1].ShouldBeOfType<VerticalLine>();
        mark.X.ShouldBe((double)row["largest"]!);
        mark.Label.ToString().ShouldStartWith("largest, σ_1 = ");
        animation.Frames.Select(frame => (frame.Panels[0].X.From, frame.Panels[0].X.To)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void The_grid_shows_every_dimension_on_the_same_axes()
    {
        var figure = new ReluSpectrumFigure().Compose(TinyRuns.ReluSpectrum()).ShouldNotBeNull();
        figure.Panels.Count.ShouldBe(3);
        figure.Panels.Select(panel => (panel.X, panel.Y)).Distinct().Count().ShouldBe(1);
        figure.Panels.ShouldAllBe(panel => panel.Key == KeyPlacement.None, "a key below could seem to be another panel's");
        figure.Panels.ShouldAllBe(panel => panel.Title.ToString().Contains("σ_1 = "));
        figure.Panels[0].Y.Label.ToString().ShouldBe("Density per decade of σ");
    }
}
