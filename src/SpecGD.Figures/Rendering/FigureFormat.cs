namespace SpecGD.Figures.Rendering;

/// <summary>A picture format.</summary>
/// <param name="Name">Its name, and the ending of its files without the dot.</param>
public sealed record FigureFormat(string Name)
{
    /// <summary>For papers.</summary>
    public static FigureFormat Pdf { get; } = new("pdf");

    /// <summary>For slides and mail.</summary>
    public static FigureFormat Png { get; } = new("png");

    /// <summary>For web pages.</summary>
    public static FigureFormat Svg { get; } = new("svg");

    /// <summary>Every format that figures are drawn in.</summary>
    public static IReadOnlyList<FigureFormat> All { get; } = [Pdf, Png, Svg];
}
