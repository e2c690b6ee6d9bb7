using System.Buffers.Binary;

namespace SpecGD.Figures.Animations;

/// <summary>
/// Writes an animation in the format GIF89a, frame by frame, that repeats for ever: the first frame whole, and of each further one the rectangle in which
/// it differs from the one before.
/// </summary>
internal sealed class GifWriter
{
    private const byte ExtensionMark = 0x21, ImageMark = 0x2C, EndMark = 0x3B, ControlLabel = 0xF9, ApplicationLabel = 0xFF, KeepFrame = (1 << 2) | 1;

    /// <summary>The number of what stays as it was: long runs of it take few bytes.</summary>
    private const byte Unchanged = 0xFF;

    /// <summary>Flags of the screen: a table of 256 colours, of eight bits each.</summary>
    private const byte ScreenFlags = 0xF7;

    private const int TableSize = 256, MillisecondsPerUnit = 10, ColorBits = 8;

    private readonly Stream _stream;
    private readonly int _width, _height;
    private byte[]? _before;

    /// <summary>Begins an animation of a size in pixels with some colours.</summary>
    public GifWriter(Stream stream, int width, int height, GifColors colors)
    {
        (_stream, _width, _height) = (stream, width, height);
        stream.Write("GIF89a"u8);
        Number(width);
        Number(height);
        stream.Write([ScreenFlags, 0, 0]);
        for (int i = 0; i < TableSize; i++)
        {
            int color = i < colors.Colors.Count ? colors.Colors[i] : 0;
            stream.Write([(byte)(color >> 16), (byte)(color >> 8), (byte)color]);
        }
        stream.Write([ExtensionMark, ApplicationLabel, 11]);
        stream.Write("NETSCAPE2.0"u8);
        stream.Write([3, 1, 0, 0, 0]);
    }

    /// <summary>Adds a frame, as numbers of colours row by row; it stands for so long, in whole hundredths of a second.</summary>
    public void Add(byte[] dots, int milliseconds)
    {
        var (left, top, width, height) = _before is null ? (0, 0, _width, _height) : Difference(_before, dots);
        _stream.Write([ExtensionMark, ControlLabel, 4, KeepFrame]);
        Number(milliseconds / MillisecondsPerUnit);
        _stream.Write([Unchanged, 0, ImageMark]);
        Number(left);
        Number(top);
        Number(width);
        Number(height);
        _stream.Write([0, ColorBits]);
        byte[] part = new byte[width * height];
        for (int row = 0; row < height; row++)
            Changed(((top + row) * _width) + left, dots, part.AsSpan(row * width, width));
        GifCompression.Write(part, ColorBits, _stream);
        _before = dots;
    }

    private void Changed(int from, byte[] dots, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
            row[i] = _before is not null && _before[from + i] == dots[from + i] ? Unchanged : dots[from + i];
    }

    /// <summary>Ends the animation.</summary>
    public void End() => _stream.WriteByte(EndMark);

    /// <summary>The rectangle outside of which two frames are the same; of one dot where they are the same altogether.</summary>
    private (int Left, int Top, int Width, int Height) Difference(byte[] before, byte[] after)
    {
        int left = _width, top = _height, right = -1, bottom = -1;
        for (int row = 0; row < _height; row++)
        {
            var one = before.AsSpan(row * _width, _width);
            var other = after.AsSpan(row * _width, _width);
            int same = one.CommonPrefixLength(other);
            if (same == _width)
                continue;
            int last = _width - 1;
            while (one[last] == other[last])
                last--;
            (left, right, top, bottom) = (Math.Min(left, same), Math.Max(right, last), Math.Min(top, row), row);
        }
        return right < 0 ? (0, 0, 1, 1) : (left, top, right - left + 1, bottom - top + 1);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        _stream.Write(bytes);
    }
}
