using System.ComponentModel;
using SpecGD.Numerics.Platform;

namespace SpecGD.Figures.Gnuplot;

/// <summary>The font of the figures.</summary>
/// <param name="Name">Its family.</param>
/// <param name="Hint">Where it is not the preferred one: a sentence that says so and how to get that; else null.</param>
public sealed record FigureFont(string Name, string? Hint)
{
    /// <summary>The font that figures are made for.</summary>
    public const string Preferred = "Liberation Serif";

    private const string Generic = "Serif";

    /// <summary>Families to take in its place, best first: the same widths, then the widest spread.</summary>
    private static readonly string[] Families = [Preferred, "Times New Roman", "DejaVu Serif"];

    private static readonly TimeSpan ListingLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The first of Liberation Serif, Times New Roman and DejaVu Serif that this machine has, by the word of <c>fc-list</c>. Without that program:
    /// Times New Roman on Windows and macOS, which bring it, and Liberation Serif elsewhere, for which drawing takes the nearest font there is.
    /// </summary>
    public static FigureFont Find()
    {
        if (ProgramPath.Candidates("fc-list", []).FirstOrDefault(ProgramPath.IsProgram) is not { } lister)
            return OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? Substitute("Times New Roman") : new FigureFont(Preferred, null);
        try
        {
            var ended = ChildProcess.RunAsync(lister, [":", "family"], Environment.CurrentDirectory, ListingLimit).GetAwaiter().GetResult();
            return ended.ExitCode == 0 ? Among(ended.Output) : new FigureFont(Preferred, null);
        }
        catch (Win32Exception)
        {
            return new FigureFont(Preferred, null);
        }
    }

    /// <summary>The font to use where <c>fc-list : family</c> prints <paramref name="listing"/>: families in lines, parted by commas.</summary>
    internal static FigureFont Among(string listing)
    {
        string[] families = listing.Split(['\n', ',', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var installed = families.ToHashSet(StringComparer.OrdinalIgnoreCase);
        string name = Families.FirstOrDefault(installed.Contains, Generic);
        return name == Preferred ? new FigureFont(name, null) : Substitute(name);
    }

    private static FigureFont Substitute(string name)
    {
        bool hasPackages = !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();
        string install = hasPackages ? "apt-get install fonts-liberation" : "it is at github.com/liberationfonts";
        return new FigureFont(name, $"Figures use the font {name}, since {Preferred} is not installed ({install}).");
    }
}
