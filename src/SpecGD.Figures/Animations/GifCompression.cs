namespace SpecGD.Figures.Animations;

/// <summary>The compression of GIF: strings that came before have a number, of as many bits as the largest number yet needs, and are written by it (Lempel, Ziv, Welch).</summary>
internal static class GifCompression
{
    private const int MostBits = 12, BlockSize = 255, ByteBits = 8;

    /// <summary>Writes numbers of <paramref name="bits"/> bits to a stream, in blocks, with the empty block that ends them.</summary>
    public static void Write(ReadOnlySpan<byte> numbers, int bits, Stream stream)
    {
        int clear = 1 << bits, end = clear + 1, next = end + 1, size = bits + 1;
        var known = new Dictionary<int, int>();
        var output = new Blocks(stream);
        output.Add(clear, size);
        int prefix = numbers[0];
        foreach (byte number in numbers[1..])
        {
            int longer = (prefix << ByteBits) | number;
            if (known.TryGetValue(longer, out int code))
            {
                prefix = code;
                continue;
            }
            output.Add(prefix, size);
            prefix = number;
            known.Add(longer, next);
            if (next == 1 << size)
                size++;
            if (++next <= 1 << MostBits)
                continue;
            output.Add(clear, Math.Min(size, MostBits));
            known.Clear();
            (next, size) = (end + 1, bits + 1);
        }
        output.Add(prefix, size);
        output.Add(end, size);
        output.End();
    }

    /// <summary>Bits in bytes, the lowest first, and bytes in blocks with their length before them.</summary>
    private sealed class Blocks(Stream stream)
    {
        private readonly byte[] _block = new byte[BlockSize];
        private int _filled, _bits, _held;

        public void Add(int code, int size)
        {
            _bits |= code << _held;
            for (_held += size; _held >= ByteBits; _held -= ByteBits, _bits >>= ByteBits)
                Byte((byte)_bits);
        }

        public void End()
        {
            if (_held > 0)
                Byte((byte)_bits);
            Flush();
            stream.WriteByte(0);
        }

        private void Byte(byte value)
        {
            _block[_filled++] = value;
            if (_filled == BlockSize)
                Flush();
        }

        private void Flush()
        {
            if (_filled == 0)
                return;
            stream.WriteByte((byte)_filled);
            stream.Write(_block, 0, _filled);
            _filled = 0;
        }
    }
}
