using System.Buffers.Binary;
using System.Globalization;
using System.Xml;

namespace SpecGD.Figures.Report;

/// <summary>What a picture is stored as.</summary>
public enum PictureFormat
{
    /// <summary>Scalable Vector Graphics.</summary>
    Svg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>Graphics Interchange Format: an animation.</summary>
    Gif,
}

/// <summary>A picture's bytes with the size in which it is meant to be seen.</summary>
/// <param name="Format">What the bytes are.</param>
/// <param name="Bytes">The file's content.</param>
/// <param name="Width">Width in CSS pixels, of which 96 are an inch.</param>
/// <param name="Height">Height in CSS pixels.</param>
public sealed record PictureFile(PictureFormat Format, ReadOnlyMemory<byte> Bytes, int Width, int Height)
{
    /// <summary>PNG figures are drawn at 200 dots an inch (<see cref="Rendering.FigurePicture"/>), which is about two dots a CSS pixel.</summary>
    private const int PngDotsPerPixel = 2;

    private const int LargestSide = 1 << 16, PngHeader = 24, GifHeader = 10;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The picture as a URI that holds it.</summary>
    public string DataUri => $"data:image/{(Format == PictureFormat.Svg ? "svg+xml" : Format.ToString().ToLowerInvariant())};base64,"
        + Convert.ToBase64String(Bytes.Span);

    /// <summary>Reads a picture; its ending says what it is.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is not what its ending says.</exception>
    public static PictureFile Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The picture {path} cannot be read: {e.Message}", e);
        }
        var format = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".SVG" => PictureFormat.Svg,
            ".PNG" => PictureFormat.Png,
            ".GIF" => PictureFormat.Gif,
            _ => throw new BadInputException($"{path} is no picture that a report can hold; these end in .svg, .png or .gif."),
        };
        return SizeOf(format, bytes) is ( > 0 and <= LargestSide, > 0 and <= LargestSide) size
            ? new PictureFile(format, bytes, size.Width, size.Height)
            : throw new BadInputException($"{path} is no {format.ToString().ToUpperInvariant()} picture with a width and a height.");
    }

    private static (int Width, int Height)? SizeOf(PictureFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        PictureFormat.Svg => SvgSize(bytes),
        PictureFormat.Png when bytes.Length >= PngHeader && bytes.StartsWith(PngSignature) =>
            (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]) / PngDotsPerPixel, BinaryPrimitives.ReadInt32BigEndian(bytes[20..]) / PngDotsPerPixel),
        PictureFormat.Gif when bytes.Length >= GifHeader && bytes.StartsWith("GIF8"u8) =>
            (BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])),
        _ => null,
    };

    private static (int Width, int Height)? SvgSize(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(bytes.ToArray()),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "svg")
                return null;
            string[] box = (reader.GetAttribute("viewBox") ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            return (Length(reader.GetAttribute("width")) ?? Length(box.ElementAtOrDefault(2)),
                    Length(reader.GetAttribute("height")) ?? Length(box.ElementAtOrDefault(3))) is ({ } width, { } height)
                ? (width, height)
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A length without a unit, or in pixels, to the whole pixel.</summary>
    private static int? Length(string? text) =>
        double.TryParse(
            text?.EndsWith("px", StringComparison.Ordinal) == true ? text[..^2] : text,
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out double length)
        && length is >= 1 and <= LargestSide
            ? (int)Math.Round(length)
            : null;
}
