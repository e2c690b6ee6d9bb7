using System.CommandLine;

namespace SpecGD.Cli.Commands;

/// <summary>The options that say what is drawn, for every verb that draws.</summary>
internal sealed class DrawingOptions
{
    private readonly Option<bool> _noFigures, _keepFrames;

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="withoutFigures">What --no-figures leaves to do, or null for a verb that does nothing but draw.</param>
    public DrawingOptions(Command command, string? withoutFigures)
    {
        _noFigures = new Option<bool>("--no-figures") { Description = withoutFigures };
        _keepFrames = new Option<bool>("--keep-frames") { Description = "keep the frames of animations as PNG, in figures/NAME-frames/" };
        if (withoutFigures is not null)
            command.Options.Add(_noFigures);
        command.Options.Add(_keepFrames);
    }

    /// <summary>What the command line asks for.</summary>
    public Drawing Of(ParseResult parsed) => parsed.GetValue(_noFigures) ? Drawing.Nothing
        : parsed.GetValue(_keepFrames) ? Drawing.FiguresAndFrames
        : Drawing.Figures;
}
