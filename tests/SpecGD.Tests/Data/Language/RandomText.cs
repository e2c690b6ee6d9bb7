using System.Text;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Data.Language;

/// <summary>Text that mixes scripts, spaces of every kind, contractions and bytes that are no UTF-8; the same for the same seed.</summary>
internal sealed class RandomText(uint seed)
{
    private static readonly (int From, int To)[] BasicPlane =
    [
        (' ', '~'), (' ', '~'), ('\t', '\r'), (' ', ' '), ('\'', '\''), (0x80, 0x24f), (0x300, 0x36f), (0x370, 0x6ff), (0x900, 0xdff), (0x1680, 0x1680),
        (0x2000, 0x206f), (0x2070, 0x218f), (0x3000, 0x30ff), (0x4e00, 0x4fff), (0xe000, 0xe0ff), (0xfe00, 0xfefe), (0xfff0, 0xfffd),
    ];

    private static readonly (int From, int To)[] Beyond = [(0x10000, 0x103ff), (0x1d400, 0x1d7ff), (0x1f300, 0x1f64f), (0x20000, 0x200ff)];

    private static readonly string[] Words = ["'s", "'ll", " the", "\n\n", "   ", "\t", " don't", " 2024", "'re", " ' ", "aaaa"];

    private readonly MersenneTwister _random = new(seed);

    public int Below(int count) => (int)(_random.NextUInt32() % (uint)count);

    /// <summary>Text of characters, those beyond the Basic Plane only where asked for.</summary>
    public string Next(int length, bool beyond)
    {
        var ranges = beyond ? [.. BasicPlane, .. Beyond] : BasicPlane;
        var text = new StringBuilder();
        var range = ranges[Below(ranges.Length)];
        for (int i = 0; i < length; i++)
        {
            if (Below(4) == 0)
                range = ranges[Below(ranges.Length)];
            if (Below(8) == 0)
                text.Append(Words[Below(Words.Length)]);
            text.Append(char.ConvertFromUtf32(range.From + Below(range.To - range.From + 1)));
        }
        return text.ToString();
    }

    /// <summary>The same as bytes, some of them changed to anything.</summary>
    public byte[] NextBytes(int length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Next(length, beyond: true));
        for (int i = Below(4); i > 0 && bytes.Length > 0; i--)
            bytes[Below(bytes.Length)] = (byte)Below(256);
        return bytes;
    }
}
