namespace SpecGD.Figures.Animations;

/// <summary>
/// The 255 colours of an animation, or fewer; the last number of the format is left for what stays as it was. Figures have few colours with shades where lines meet the paper: the commonest ones are taken as they are, and
/// what is left of the places goes to the middles of boxes of the others, the box that is farthest spread divided first.
/// </summary>
internal sealed class GifColors
{
    /// <summary>Colours at most, and those of them that are taken as they are.</summary>
    private const int Most = 255, Commonest = 128;

    private const int BytesPerDot = 4, Channels = 3;

    private readonly int[] _colors;
    private readonly Dictionary<int, byte> _nearest = [];

    private GifColors(int[] colors)
    {
        _colors = colors;
        foreach (var (i, color) in colors.Index())
            _nearest.TryAdd(color, (byte)i);
    }

    /// <summary>The colours as 0xRRGGBB.</summary>
    public IReadOnlyList<int> Colors => _colors;

    /// <summary>A picture of four bytes a dot as numbers of the nearest colours.</summary>
    public byte[] Of(ReadOnlySpan<byte> dots)
    {
        byte[] numbers = new byte[dots.Length / BytesPerDot];
        for (int i = 0; i < numbers.Length; i++)
        {
            int color = ColorAt(dots, i * BytesPerDot);
            if (!_nearest.TryGetValue(color, out numbers[i]))
                _nearest.Add(color, numbers[i] = Nearest(color));
        }
        return numbers;
    }

    private byte Nearest(int color) => (byte)Enumerable.Range(0, _colors.Length).MinBy(i => Distance(_colors[i], color));

    private static int Distance(int one, int other) => Enumerable.Range(0, Channels).Sum(channel => Square(Part(one, channel) - Part(other, channel)));

    private static int Square(int value) => value * value;

    private static int Part(int color, int channel) => (color >> (8 * channel)) & byte.MaxValue;

    private static int ColorAt(ReadOnlySpan<byte> dots, int at) => (dots[at] << 16) | (dots[at + 1] << 8) | dots[at + 2];

    /// <summary>Counts the colours of pictures.</summary>
    internal sealed class Counter
    {
        private readonly Dictionary<int, long> _counts = [];

        /// <summary>Counts those of a picture of four bytes a dot.</summary>
        public void Add(ReadOnlySpan<byte> dots)
        {
            for (int at = 0; at < dots.Length; at += BytesPerDot)
            {
                int color = ColorAt(dots, at);
                _counts[color] = _counts.GetValueOrDefault(color) + 1;
            }
        }

        /// <summary>The colours for all that was counted.</summary>
        public GifColors Choose()
        {
            int[] all = [.. _counts.OrderByDescending(color => color.Value).ThenBy(color => color.Key).Select(color => color.Key)];
            if (all.Length <= Most)
                return new GifColors(all);
            var boxes = new List<int[]> { all[Commonest..] };
            while (boxes.Count < Most - Commonest && boxes.Index().MaxBy(box => Spread(box.Item).Width) is var widest && widest.Item.Length > 1)
            {
                int channel = Spread(widest.Item).Channel;
                int[] sorted = [.. widest.Item.OrderBy(color => Part(color, channel)).ThenBy(color => color)];
                boxes[widest.Index] = sorted[..(sorted.Length / 2)];
                boxes.Add(sorted[(sorted.Length / 2)..]);
            }
            return new GifColors([.. all[..Commonest], .. boxes.Select(Middle)]);
        }

        private static (int Width, int Channel) Spread(int[] box) =>
            Enumerable.Range(0, Channels).Select(channel => (box.Max(color => Part(color, channel)) - box.Min(color => Part(color, channel)), channel)).MaxBy(spread => spread.Item1);

        private int Middle(int[] box)
        {
            double weight = box.Sum(color => (double)_counts[color]);
            return Enumerable.Range(0, Channels).Sum(channel => (int)Math.Round(box.Sum(color => _counts[color] * (double)Part(color, channel)) / weight) << (8 * channel));
        }
    }
}
