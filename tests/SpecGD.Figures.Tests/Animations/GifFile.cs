using System.Buffers.Binary;

namespace SpecGD.Figures.Tests.Animations;

/// <summary>What a GIF says of itself, read by the letter of the GIF89a specification.</summary>
internal sealed record GifFile(int Width, int Height, IReadOnlyList<int> HundredthsPerFrame, int? Repeats)
{
    public static GifFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        bytes[..6].SequenceEqual("GIF89a"u8).ShouldBeTrue("a GIF of 1989, which can move");
        int width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        int at = 13 + ColorTable(bytes[10]);
        var delays = new List<int>();
        int? repeats = null;
        int delay = 0;
        while (bytes[at] != 0x3B)
        {
            if (bytes[at] == 0x21 && bytes[at + 1] == 0xF9)
                delay = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 4)..]);
            else if (bytes[at] == 0x21 && bytes[at + 1] == 0xFF && bytes.Slice(at + 3, 11).SequenceEqual("NETSCAPE2.0"u8))
                repeats = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 16)..]);
            if (bytes[at] == 0x2C)
            {
                delays.Add(delay);
                at = AfterBlocks(bytes, at + 10 + ColorTable(bytes[at + 9]) + 1);
            }
            else
            {
                at = AfterBlocks(bytes, at + 2);
            }
        }
        return new GifFile(width, height, delays, repeats);
    }

    private static int ColorTable(byte packed) => (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);

    private static int AfterBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (bytes[at] != 0)
            at += bytes[at] + 1;
        return at + 1;
    }
}
