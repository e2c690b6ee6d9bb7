namespace SpecGD.Figures.Fonts;

/// <summary>The font files of this machine, by the names under which systems and distributions keep them. No list of fonts is asked for: containers have none.</summary>
internal static class FontFiles
{
    /// <summary>Serif families with italics, best first: the widths of Times, then others. Each by the names of its upright and its italic file.</summary>
    public static IReadOnlyList<FontFamily> Families { get; } =
    [
        new("Liberation Serif", "LiberationSerif-Regular.ttf", "LiberationSerif-Italic.ttf"),
        new("Times New Roman", "times.ttf", "timesi.ttf"),
        new("Times New Roman", "Times New Roman.ttf", "Times New Roman Italic.ttf"),
        new("Times New Roman", "Times_New_Roman.ttf", "Times_New_Roman_Italic.ttf"),
        new("Tinos", "Tinos-Regular.ttf", "Tinos-Italic.ttf"),
        new("STIX Two Text", "STIXTwoText-Regular.ttf", "STIXTwoText-Italic.ttf"),
        new("STIX Two Text", "STIXTwoText-Regular.otf", "STIXTwoText-Italic.otf"),
        new("STIX Two Text", "STIXTwoText.ttf", "STIXTwoText-Italic.ttf"),
        new("FreeSerif", "FreeSerif.ttf", "FreeSerifItalic.ttf"),
        new("DejaVu Serif", "DejaVuSerif.ttf", "DejaVuSerif-Italic.ttf"),
        new("Noto Serif", "NotoSerif-Regular.ttf", "NotoSerif-Italic.ttf"),
    ];

    /// <summary>Files that are looked into for characters that the font of a figure lacks, those with the most of mathematics first.</summary>
    public static IReadOnlyList<string> WithMathematics { get; } =
    [
        "DejaVuSerif.ttf", "STIXTwoMath-Regular.otf", "STIXTwoMath.otf", "cambria.ttc", "DejaVuSans.ttf", "FreeSerif.ttf", "NotoSansMath-Regular.ttf", "seguisym.ttf",
        "Apple Symbols.ttf", "Arial Unicode.ttf",
    ];

    /// <summary>How deep folders of fonts are nested, at most.</summary>
    private const int Deepest = 5;

    /// <summary>The folders that the system keeps fonts in.</summary>
    private static IEnumerable<string> Folders
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsWindows())
                return [Environment.GetFolderPath(Environment.SpecialFolder.Fonts), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Microsoft", "Windows", "Fonts")];
            return OperatingSystem.IsMacOS()
                ? [Path.Combine(home, "Library", "Fonts"), "/Library/Fonts", "/System/Library/Fonts/Supplemental", "/System/Library/Fonts"]
                : [Path.Combine(home, ".local", "share", "fonts"), Path.Combine(home, ".fonts"), "/usr/local/share/fonts", "/usr/share/fonts", "/usr/share/texmf/fonts"];
        }
    }

    /// <summary>Every font file of the system by its name, without regard to case; of two with one name the first.</summary>
    public static IReadOnlyDictionary<string, string> Installed() => In(Folders);

    /// <summary>Every font file in some folders by its name.</summary>
    public static IReadOnlyDictionary<string, string> In(IEnumerable<string> folders)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Deepest, IgnoreInaccessible = true };
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string folder in folders.Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", options).Where(IsFont).Order(StringComparer.Ordinal))
                found.TryAdd(Path.GetFileName(file), file);
        }
        return found;
    }

    private static bool IsFont(string file) => Path.GetExtension(file).ToUpperInvariant() is ".TTF" or ".OTF" or ".TTC";
}

/// <summary>A family of fonts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Upright">Name of the file with the upright face.</param>
/// <param name="Italic">Name of the file with the italic face.</param>
internal sealed record FontFamily(string Name, string Upright, string Italic);
