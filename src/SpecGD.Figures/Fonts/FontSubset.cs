using System.Buffers.Binary;
using SkiaSharp;

namespace SpecGD.Figures.Fonts;

/// <summary>
/// A font without the outlines of glyphs that a page does not use: SkiaSharp is built without what Skia cuts fonts with, and would put whole files into a
/// page. Glyphs keep their numbers, so that nothing else of the font changes.
/// </summary>
internal static class FontSubset
{
    private const uint Outlines = 0x676C7966, Places = 0x6C6F6361, Header = 0x68656164; // glyf, loca, head

    /// <summary>Tables that a page needs: how glyphs look, how wide they are, and which characters they stand for.</summary>
    private static readonly uint[] Needed =
        [0x4F532F32, 0x636D6170, 0x63767420, 0x6670676D, Outlines, Header, 0x68686561, 0x686D7478, Places, 0x6D617870, 0x6E616D65, 0x706F7374, 0x70726570];

    private const int LongPlacesAt = 50, EntrySize = 16, DirectoryStart = 12, Alignment = 4;

    /// <summary>Flags of a part of a glyph that is made of others.</summary>
    private const int WordArguments = 1, OneScale = 8, More = 32, TwoScales = 64, FourScales = 128, GlyphHeader = 10;

    /// <summary>The face with the outlines of some glyphs; the face itself where its outlines are of another kind.</summary>
    public static SKTypeface Of(SKTypeface face, IEnumerable<ushort> glyphs)
    {
        if (!face.TryGetTableData(Outlines, out byte[] outlines) || !face.TryGetTableData(Places, out byte[] places) || !face.TryGetTableData(Header, out byte[] header))
            return face;
        int[] begins = Begins(places, header[LongPlacesAt + 1] != 0);
        var kept = WithParts(outlines, begins, glyphs);
        var (cut, moved) = Cut(outlines, begins, kept);
        header[LongPlacesAt + 1] = 1;
        var tables = new List<(uint Tag, byte[] Data)>();
        foreach (uint tag in Needed)
        {
            byte[]? data = tag switch { Outlines => cut, Places => moved, Header => header, _ => face.TryGetTableData(tag, out byte[] table) ? table : null };
            if (data is not null)
                tables.Add((tag, data));
        }
        using var file = SKData.CreateCopy(Assembled(tables));
        return SKTypeface.FromData(file) ?? face;
    }

    private static int[] Begins(byte[] places, bool areLong)
    {
        int[] begins = new int[places.Length / (areLong ? sizeof(uint) : sizeof(ushort))];
        for (int i = 0; i < begins.Length; i++)
            begins[i] = areLong ? BinaryPrimitives.ReadInt32BigEndian(places.AsSpan(i * sizeof(uint))) : 2 * BinaryPrimitives.ReadUInt16BigEndian(places.AsSpan(i * sizeof(ushort)));
        return begins;
    }

    /// <summary>The glyphs, the one for what is missing, and all that they are made of.</summary>
    private static HashSet<int> WithParts(byte[] outlines, int[] begins, IEnumerable<ushort> glyphs)
    {
        var kept = new HashSet<int>();
        var open = new Stack<int>(glyphs.Select(glyph => (int)glyph).Append(0));
        while (open.TryPop(out int glyph))
        {
            if (glyph + 1 >= begins.Length || !kept.Add(glyph) || begins[glyph + 1] == begins[glyph])
                continue;
            foreach (int part in Parts(outlines.AsSpan(begins[glyph], begins[glyph + 1] - begins[glyph])))
                open.Push(part);
        }
        return kept;
    }

    private static List<int> Parts(ReadOnlySpan<byte> glyph)
    {
        var parts = new List<int>();
        if (BinaryPrimitives.ReadInt16BigEndian(glyph) >= 0)
            return parts; // it has contours of its own
        for (int at = GlyphHeader, flags = More; (flags & More) != 0;)
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(glyph[at..]);
            parts.Add(BinaryPrimitives.ReadUInt16BigEndian(glyph[(at + 2)..]));
            at += 4 + ((flags & WordArguments) != 0 ? 4 : 2) + ((flags & OneScale) != 0 ? 2 : (flags & TwoScales) != 0 ? 4 : (flags & FourScales) != 0 ? 8 : 0);
        }
        return parts;
    }

    /// <summary>The outlines that are kept, one after the other, and where each glyph's begin.</summary>
    private static (byte[] Outlines, byte[] Places) Cut(byte[] outlines, int[] begins, HashSet<int> kept)
    {
        using var cut = new MemoryStream();
        byte[] places = new byte[begins.Length * sizeof(uint)];
        for (int glyph = 0; glyph < begins.Length; glyph++)
        {
            BinaryPrimitives.WriteInt32BigEndian(places.AsSpan(glyph * sizeof(uint)), (int)cut.Length);
            if (!kept.Contains(glyph))
                continue;
            cut.Write(outlines, begins[glyph], begins[glyph + 1] - begins[glyph]);
            Pad(cut);
        }
        return (cut.ToArray(), places);
    }

    /// <summary>A font file of some tables, in the order of their tags.</summary>
    private static byte[] Assembled(List<(uint Tag, byte[] Data)> tables)
    {
        using var file = new MemoryStream();
        file.SetLength(DirectoryStart + (tables.Count * EntrySize));
        file.Position = file.Length;
        byte[] directory = new byte[file.Length];
        BinaryPrimitives.WriteUInt32BigEndian(directory, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(directory.AsSpan(4), (ushort)tables.Count);
        foreach (var (i, (tag, data)) in tables.Index())
        {
            var entry = directory.AsSpan(DirectoryStart + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt32BigEndian(entry, tag);
            BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)file.Length);
            BinaryPrimitives.WriteUInt32BigEndian(entry[12..], (uint)data.Length);
            file.Write(data);
            Pad(file);
        }
        file.Position = 0;
        file.Write(directory);
        return file.ToArray();
    }

    private static void Pad(MemoryStream stream)
    {
        while (stream.Length % Alignment != 0)
            stream.WriteByte(0);
    }
}
