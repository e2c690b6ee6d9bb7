using System.Collections.Concurrent;
using System.Text;
using SkiaSharp;

namespace SpecGD.Figures.Fonts;

/// <summary>
/// The font of figures: an upright and an italic face from files, and faces to take characters from that they lack. A character that no face has is
/// spelled out (<see cref="Spelled"/>): a figure shows no empty box.
/// </summary>
public sealed class FigureFont
{
    /// <summary>The font that figures are made for.</summary>
    public const string Preferred = "Liberation Serif";

    /// <summary>Environment variable that names the font file to use where no option does.</summary>
    public const string FileVariable = "SPECGD_FONT";

    private static readonly Lazy<FigureFont> OfPackage = new(() => new FigureFont(PackageFont.Family, null, PackageFont.Face, null, []));
    private static readonly Lazy<FigureFont> OfMachine = new(() => Among(FontFiles.Installed()));

    private readonly SKTypeface _upright;
    private readonly SKTypeface? _italic;
    private readonly IReadOnlyList<SKTypeface> _others;
    private readonly ConcurrentDictionary<(string Text, bool Italic), double> _widths = new();

    private FigureFont(string name, string? file, SKTypeface upright, SKTypeface? italic, IReadOnlyList<SKTypeface> others)
    {
        (Name, File, _upright, _italic, _others) = (name, file, upright, italic, others);
        using var font = new FontPiece("x", upright, false).At(1);
        (Ascent, Descent) = (-font.Metrics.Ascent, font.Metrics.Descent);
    }

    /// <summary>The font that comes along, and nothing of this machine: with it pictures are the same everywhere.</summary>
    public static FigureFont Package => OfPackage.Value;

    /// <summary>Its family.</summary>
    public string Name { get; }

    /// <summary>The file of its upright face; null for the font that comes along.</summary>
    public string? File { get; }

    /// <summary>Where it is not one that figures are made for: a sentence that says so and how to get that; else null.</summary>
    public string? Hint { get; private init; }

    /// <summary>Whether there are letters that are italic by themselves, and not slanted ones.</summary>
    public bool HasItalics => _italic is not null;

    /// <summary>How far letters reach above and below the line, in units of the size.</summary>
    internal double Ascent { get; }

    /// <inheritdoc cref="Ascent"/>
    internal double Descent { get; }

    /// <summary>
    /// The font of this machine: the file that is asked for, or that <see cref="FileVariable"/> names; else the first serif family with italics among the
    /// system's font files; else the font that comes along.
    /// </summary>
    /// <param name="file">A font file, such as a paper's own; null for none. Its italic face is looked for beside it.</param>
    /// <exception cref="BadInputException">The file that was asked for is missing or no font, or Skia does not run on this system.</exception>
    public static FigureFont Find(string? file = null)
    {
        file ??= Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } named ? named : null;
        try
        {
            return file is null ? OfMachine.Value : Load(file, FontFiles.Installed());
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException)
        {
            throw new BadInputException($"Figures cannot be drawn, since the native library of SkiaSharp is not one for this system ({(e.InnerException ?? e).Message.Split('\n')[0]}); "
                + "--no-figures leaves them out.", e);
        }
    }

    /// <summary>The best font among some files, by their names.</summary>
    internal static FigureFont Among(IReadOnlyDictionary<string, string> files)
    {
        foreach (var family in FontFiles.Families)
        {
            if (Face(files, family.Upright) is not { } upright || Face(files, family.Italic) is not { } italic)
                continue;
            return new FigureFont(family.Name, files[family.Upright], upright, italic, Others(files));
        }
        return new FigureFont(PackageFont.Family, null, PackageFont.Face, null, Others(files))
        {
            Hint = $"Figures use {PackageFont.Family}, the font that comes along, since no serif family with italics was found among the font files of this machine; "
                + "a paper's own font is taken with --font FILE.",
        };
    }

    /// <summary>Width of a text in units of the font size.</summary>
    internal double Ems(string text, bool italic) =>
        _widths.GetOrAdd((text, italic), key => Pieces(key.Text, key.Italic).Sum(piece => piece.Ems()));

    /// <summary>A text in the faces that have its characters.</summary>
    internal IReadOnlyList<FontPiece> Pieces(string text, bool italic)
    {
        var pieces = new List<FontPiece>();
        var joined = new StringBuilder();
        (SKTypeface Face, bool Slanted)? last = null;
        foreach (var character in text.EnumerateRunes())
        {
            var (drawn, face, slanted) = Found(character, italic);
            if (last is { } before && before != (face, slanted))
                Flush(before);
            last = (face, slanted);
            joined.Append(drawn);
        }
        if (last is { } end)
            Flush(end);
        return pieces;

        void Flush((SKTypeface Face, bool Slanted) how)
        {
            pieces.Add(new FontPiece(joined.ToString(), how.Face, how.Slanted));
            joined.Clear();
        }
    }

    private (string Drawn, SKTypeface Face, bool Slanted) Found(Rune character, bool italic)
    {
        string drawn = character.ToString();
        if (italic && _italic is not null && Has(_italic, character))
            return (drawn, _italic, false);
        if (Has(_upright, character))
            return (drawn, _upright, italic);
        if (_others.FirstOrDefault(face => Has(face, character)) is { } other)
            return (drawn, other, italic);
        return (Spelled.Out(character), italic && _italic is not null ? _italic : _upright, italic && _italic is null);
    }

    private static bool Has(SKTypeface face, Rune character)
    {
        using var font = new SKFont(face);
        return font.ContainsGlyph(character.Value);
    }

    private static FigureFont Load(string file, IReadOnlyDictionary<string, string> installed)
    {
        string path = Path.GetFullPath(file);
        if (!System.IO.File.Exists(path))
            throw new BadInputException($"There is no font file {file}; a .ttf or .otf file was expected.");
        if (SKTypeface.FromFile(path) is not { } upright || upright.GlyphCount == 0)
            throw new BadInputException($"{file} is no font that can be read; a .ttf or .otf file was expected.");
        var beside = FontFiles.In([Path.GetDirectoryName(path)!]);
        string stem = Path.GetFileNameWithoutExtension(path), ending = Path.GetExtension(path);
        string[] names = [stem.Replace("-Regular", "-Italic", StringComparison.OrdinalIgnoreCase), stem + "-Italic", stem + " Italic", stem + "Italic", stem + "i"];
        var italic = names.Where(name => name != stem).Select(name => Face(beside, name + ending)).FirstOrDefault(face => face is not null && face.FamilyName == upright.FamilyName);
        return new FigureFont(upright.FamilyName, path, upright, italic, Others(installed));
    }

    private static SKTypeface[] Others(IReadOnlyDictionary<string, string> files) =>
        [.. FontFiles.WithMathematics.Select(name => Face(files, name)).OfType<SKTypeface>(), PackageFont.Face];

    private static SKTypeface? Face(IReadOnlyDictionary<string, string> files, string name) =>
        files.TryGetValue(name, out string? path) && SKTypeface.FromFile(path) is { GlyphCount: > 0 } face ? face : null;
}
