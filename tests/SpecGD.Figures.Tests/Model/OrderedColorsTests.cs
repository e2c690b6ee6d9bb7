using System.Globalization;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Model;

public class OrderedColorsTests
{
    /// <summary>Of twelve blocks neighbours differ by this share of white's lightness at least: the order is seen without colours.</summary>
    private const double LeastStep = 0.03;

    /// <summary>The lightest keeps this ratio of contrast to white paper, which is that of the palette's lightest colour, sky blue, less a fifth.</summary>
    private const double LeastContrast = 1.8;

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    public void Each_is_lighter_than_the_one_before_and_none_is_lost_on_white(int count)
    {
        double[] lightness = [.. Enumerable.Range(0, count).Select(i => Lightness(OrderedColors.Of(i, count)))];

        lightness.Zip(lightness.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First > LeastStep);
        (1.05 / (Luminance(OrderedColors.Of(count - 1, count)) + 0.05) >= LeastContrast).ShouldBeTrue();
    }

    [Fact]
    public void One_alone_is_the_darkest_and_there_is_none_beyond()
    {
        OrderedColors.Of(0, 1).ShouldBe("#440154");
        OrderedColors.Of(0, 12).ShouldBe("#440154");
        OrderedColors.Of(11, 12).ShouldBe("#7AD151");
        Should.Throw<ArgumentOutOfRangeException>(() => OrderedColors.Of(2, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => OrderedColors.Of(-1, 2));
    }

    /// <summary>CIE lightness as a share of white's.</summary>
    private static double Lightness(string color)
    {
        double y = Luminance(color);
        return y > 0.008856 ? (1.16 * Math.Cbrt(y)) - 0.16 : 9.033 * y;
    }

    /// <summary>Relative luminance of an sRGB colour.</summary>
    private static double Luminance(string color)
    {
        double[] linear =
        [
            .. Enumerable.Range(0, 3).Select(i => int.Parse(color.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
                .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)),
        ];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }
}
