namespace SpecGD.Figures;

/// <summary>What a user may choose of how pictures are made; null for what each kind of picture has.</summary>
/// <param name="DotsPerInch">Resolution of PNG pictures and of the frames of animations.</param>
/// <param name="FramesPerSecond">Frame rate of animations.</param>
public sealed record DrawingStyle(double? DotsPerInch = null, double? FramesPerSecond = null)
{
    /// <summary>Ranges within which gnuplot and GIF files give something to look at.</summary>
    public const double LeastDotsPerInch = 30, MostDotsPerInch = 1200, LeastFramesPerSecond = 0.01, MostFramesPerSecond = 50;

    /// <summary>Nothing chosen.</summary>
    public static DrawingStyle Usual { get; } = new();
}
