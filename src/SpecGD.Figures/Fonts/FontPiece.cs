using SkiaSharp;

namespace SpecGD.Figures.Fonts;

/// <summary>Text in one face.</summary>
/// <param name="Text">The text.</param>
/// <param name="Face">The face.</param>
/// <param name="Slanted">Whether the face is upright and is slanted, since there is no italic one.</param>
internal readonly record struct FontPiece(string Text, SKTypeface Face, bool Slanted)
{
    /// <summary>How much an upright face is slanted, as Skia counts it.</summary>
    public const float Slant = -0.2f;

    /// <summary>Size at which widths are measured; they are proportional to it.</summary>
    private const float Measured = 1000;

    /// <summary>The face in a size, in outlines that no resolution bends.</summary>
    public SKFont At(double size) => new(Face, (float)size)
    {
        Hinting = SKFontHinting.None,
        Subpixel = true,
        LinearMetrics = true,
        Edging = SKFontEdging.Antialias,
        SkewX = Slanted ? Slant : 0,
    };

    /// <summary>The width in units of the size.</summary>
    public double Ems()
    {
        using var font = At(Measured);
        return font.MeasureText(Text) / Measured;
    }
}
