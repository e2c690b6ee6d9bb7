namespace SpecGD.Figures.Gnuplot;

/// <summary>A picture format.</summary>
/// <param name="Name">Its name in scripts and the ending of its files, without the dot.</param>
/// <param name="Terminal">The gnuplot terminal that draws it.</param>
public sealed record FigureFormat(string Name, string Terminal)
{
    /// <summary>For papers.</summary>
    public static FigureFormat Pdf { get; } = new("pdf", "pdfcairo");

    /// <summary>For slides and mail.</summary>
    public static FigureFormat Png { get; } = new("png", "pngcairo");

    /// <summary>For web pages.</summary>
    public static FigureFormat Svg { get; } = new("svg", "svg");

    /// <summary>Every format that figures are drawn in.</summary>
    public static IReadOnlyList<FigureFormat> All { get; } = [Pdf, Png, Svg];
}
