using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SpecGD.Hardening.Fuzzing;

/// <summary>Makes damaged files of whole ones. Everything is decided by the generator that is passed in.</summary>
public static class Mutation
{
    /// <summary>Most changes to one file: few enough that most of it stays whole and the damage is reached.</summary>
    private const int MostChanges = 4;

    /// <summary>Largest file that is made; longer ones are cut.</summary>
    private const int LongestInput = 1 << 16;

    private static readonly long[] Boundaries =
    [
        0, 1, -1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 1023, 1024, 32767, 32768, 65535, 65536, int.MaxValue, (long)int.MaxValue + 1, uint.MaxValue,
        (long)uint.MaxValue + 1, long.MaxValue, long.MinValue, 211106198978564, 4194305, 100_000_001,
    ];

    private static readonly string[] Words =
    [
        "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "0", "-0", "-1", "1.5", "1e308", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "99999999999999999999999999", "null", "true", "{}", "[]", "\"\"", "\"\\ud800\"", "\"\\u0000\"",
        new string('[', 70), "\"x\"", ",", ":", "}", "]", "\\", "'", "(", ")", "\n", "\r\n", "\0", "é", "￿",
    ];

    /// <summary>A damaged copy of one of <paramref name="seeds"/>, as any file of bytes.</summary>
    public static byte[] OfBytes(Random random, IReadOnlyList<byte[]> seeds) => Change(random, seeds, ChangeBytes);

    /// <summary>A damaged copy of one of <paramref name="seeds"/>, as a text with numbers and quoted words; now and then as bytes.</summary>
    public static byte[] OfText(Random random, IReadOnlyList<byte[]> seeds) =>
        Change(random, seeds, random.Next(8) == 0 ? ChangeBytes : ChangeText);

    private static byte[] Change(Random random, IReadOnlyList<byte[]> seeds, Func<Random, byte[], IReadOnlyList<byte[]>, byte[]> change)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(seeds);
        byte[] bytes = [.. seeds[random.Next(seeds.Count)]];
        for (int left = 1 + random.Next(MostChanges); left > 0; left--)
            bytes = change(random, bytes, seeds);
        return bytes.Length > LongestInput ? bytes[..LongestInput] : bytes;
    }

    private static byte[] ChangeBytes(Random random, byte[] bytes, IReadOnlyList<byte[]> seeds)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        int at = random.Next(bytes.Length);
        switch (random.Next(8))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); return bytes;
            case 1: bytes[at] = (byte)random.Next(256); return bytes;
            case 2: return bytes[..at];
            case 3: return [.. bytes, .. bytes[at..]];
            default: return random.Next(2) == 0 ? SetNumber(random, bytes, at) : MovePart(random, bytes, at, seeds);
        }
    }

    /// <summary>A whole number of one of the usual widths takes a value at the edge of what it can hold, or near the length of the file.</summary>
    private static byte[] SetNumber(Random random, byte[] bytes, int at)
    {
        int width = 1 << random.Next(4);
        if (bytes.Length < width)
            return bytes;
        at = Math.Min(random.Next(2) == 0 ? at / width * width : at, bytes.Length - width);
        long value = random.Next(3) == 0 ? bytes.Length + random.Next(-2, 3) : Boundaries[random.Next(Boundaries.Length)];
        Span<byte> whole = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(whole, value);
        whole[..width].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Takes a part out, doubles it, moves it, or puts a part of another file in.</summary>
    private static byte[] MovePart(Random random, byte[] bytes, int at, IReadOnlyList<byte[]> seeds)
    {
        int end = Math.Min(bytes.Length, at + 1 + random.Next(Math.Max(1, bytes.Length / 4)));
        byte[] part = bytes[at..end];
        switch (random.Next(4))
        {
            case 0: return [.. bytes[..at], .. bytes[end..]];
            case 1: return [.. bytes[..end], .. part, .. bytes[end..]];
            case 2:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length + 1);
                return [.. bytes[..at], .. other[from..]];
            default:
                int to = random.Next(at + 1);
                return [.. bytes[..to], .. part, .. bytes[to..at], .. bytes[end..]];
        }
    }

    private static byte[] ChangeText(Random random, byte[] bytes, IReadOnlyList<byte[]> seeds)
    {
        byte[] word = Encoding.UTF8.GetBytes(random.Next(4) == 0
            ? Boundaries[random.Next(Boundaries.Length)].ToString(CultureInfo.InvariantCulture)
            : Words[random.Next(Words.Length)]);
        int at = random.Next(bytes.Length + 1);
        switch (random.Next(6))
        {
            case 0: return [.. bytes[..at], .. word, .. bytes[at..]];
            case 1 or 2: return Replace(bytes, RunFrom(bytes, at, IsNumber), word);
            case 3: return Replace(bytes, Quoted(bytes, at), random.Next(2) == 0 ? word : QuotedOf(random, seeds));
            default: return bytes.Length == 0 ? word : MovePart(random, bytes, Math.Min(at, bytes.Length - 1), seeds);
        }
    }

    private static byte[] Replace(byte[] bytes, Range part, byte[] by)
    {
        var (from, length) = part.GetOffsetAndLength(bytes.Length);
        return length == 0 ? bytes : [.. bytes[..from], .. by, .. bytes[(from + length)..]];
    }

    private static bool IsNumber(byte b) => b is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'.' or (byte)'e' or (byte)'+';

    /// <summary>The first run of such bytes from a place on, or none.</summary>
    private static Range RunFrom(byte[] bytes, int at, Func<byte, bool> belongs)
    {
        int begin = Array.FindIndex(bytes, at, b => b is >= (byte)'0' and <= (byte)'9');
        if (begin < 0)
            return 0..0;
        int end = begin;
        while (end < bytes.Length && belongs(bytes[end]))
            end++;
        return begin..end;
    }

    /// <summary>The first quoted word from a place on, with its quotes, or none.</summary>
    private static Range Quoted(byte[] bytes, int at)
    {
        int begin = Array.FindIndex(bytes, at, b => b is (byte)'"' or (byte)'\'');
        int end = begin < 0 || begin + 1 >= bytes.Length ? -1 : Array.IndexOf(bytes, bytes[begin], begin + 1);
        return end < 0 ? 0..0 : begin..(end + 1);
    }

    private static byte[] QuotedOf(Random random, IReadOnlyList<byte[]> seeds)
    {
        byte[] other = seeds[random.Next(seeds.Count)];
        return other.Length == 0 ? [] : other[Quoted(other, random.Next(other.Length))];
    }
}
