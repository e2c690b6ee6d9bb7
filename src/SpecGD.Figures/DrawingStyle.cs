using SpecGD.Figures.Fonts;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures;

/// <summary>What a user may choose of how pictures are made; null for what each kind of picture has.</summary>
/// <param name="DotsPerInch">Resolution of PNG pictures and of the frames of animations.</param>
/// <param name="FramesPerSecond">Frame rate of animations.</param>
public sealed record DrawingStyle(double? DotsPerInch = null, double? FramesPerSecond = null)
{
    /// <summary>Ranges within which pictures and GIF files give something to look at.</summary>
    public const double LeastDotsPerInch = 30, MostDotsPerInch = 1200, LeastFramesPerSecond = 0.01, MostFramesPerSecond = 50;

    /// <summary>Ranges of the width in inches and of the size of text in points.</summary>
    public const double LeastWidth = 1, MostWidth = 60, LeastFontSize = 4, MostFontSize = 48;

    /// <summary>Nothing chosen.</summary>
    public static DrawingStyle Usual { get; } = new();

    /// <summary>Width of figures in inches.</summary>
    public double? Width { get; init; }

    /// <summary>Size of the text in points.</summary>
    public double? FontSize { get; init; }

    /// <summary>The formats to draw; those that are not among them are left as they are.</summary>
    public IReadOnlyList<FigureFormat>? Formats { get; init; }

    /// <summary>The font; null for that of this machine.</summary>
    public FigureFont? Font { get; init; }
}
