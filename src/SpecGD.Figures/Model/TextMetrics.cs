namespace SpecGD.Figures.Model;

/// <summary>Widths of texts, so that margins and keys have room in every terminal and font without asking any of them.</summary>
internal static class TextMetrics
{
    /// <summary>Size of a script, in units of the font size.</summary>
    public const double ScriptScale = 0.8;

    /// <summary>DejaVu Serif, the widest font that figures fall back to, is a fifth wider than the Times family.</summary>
    private const double WidestFont = 1.2;

    /// <summary>Characters that the table lacks, estimated from above.</summary>
    private const double OtherCharacter = 0.7, WideCharacter = 1.0;
    private const char FirstWideCharacter = '\u2E80';

    /// <summary>Widths of the characters 32 to 126 in thousandths of the font size: Times Roman, which Liberation Serif shares.</summary>
    private static readonly short[] Times =
    [
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278,
        500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
        921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722,
        556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
        333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500,
        500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
    ];

    /// <summary>Width of <paramref name="text"/> in units of the font size, in the fonts that share the widths of Times.</summary>
    public static double Ems(string text) => text.Sum(Ems);

    /// <summary>How much wider than in Times a text is in <paramref name="font"/>, at most.</summary>
    public static double FontScale(string font) => font is "Liberation Serif" or "Times New Roman" ? 1 : WidestFont;

    private static double Ems(char c) => c switch
    {
        >= ' ' and <= '~' => Times[c - ' '] / 1000.0,
        >= FirstWideCharacter => WideCharacter,
        _ => OtherCharacter,
    };
}
