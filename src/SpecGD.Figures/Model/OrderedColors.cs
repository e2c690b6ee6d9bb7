using System.Globalization;

namespace SpecGD.Figures.Model;

/// <summary>
/// Colours for things in an order, such as the blocks of a network: from dark violet over blue and green to yellow-green, lighter from each to
/// the next, so that the order is seen without colour vision and in print. The light end of the scale is left out, which white paper would swallow.
/// </summary>
public static class OrderedColors
{
    /// <summary>Points of the scale at equal distances, as red, green and blue.</summary>
    private static readonly (int Red, int Green, int Blue)[] Scale = [(68, 1, 84), (65, 68, 135), (42, 120, 142), (34, 168, 132), (122, 209, 81)];

    /// <summary>The colour of number <paramref name="index"/> of <paramref name="count"/>, as #RRGGBB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public static string Of(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        double place = count == 1 ? 0 : (Scale.Length - 1) * (double)index / (count - 1);
        int below = Math.Min((int)place, Scale.Length - 2);
        double share = place - below;
        var (from, to) = (Scale[below], Scale[below + 1]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"#{Between(from.Red, to.Red):X2}{Between(from.Green, to.Green):X2}{Between(from.Blue, to.Blue):X2}");

        int Between(int a, int b) => (int)Math.Round(a + (share * (b - a)));
    }
}
