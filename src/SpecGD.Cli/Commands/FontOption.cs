using System.CommandLine;
using SpecGD.Figures.Fonts;

namespace SpecGD.Cli.Commands;

/// <summary>The option that names the font of figures, for every verb that draws.</summary>
internal static class FontOption
{
    /// <summary>The option; a file that is no font is refused before anything is computed.</summary>
    public static Option<FigureFont?> Create() => new("--font")
    {
        Description = $"font file of the figures (.ttf or .otf), such as a paper's own; {FigureFont.FileVariable} does the same (default: a serif of this machine, which 'specgd doctor' names)",
        HelpName = "FILE",
        CustomParser = argument => FigureFont.Find(argument.Tokens[0].Value),
    };
}
