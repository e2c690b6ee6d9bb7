using System.CommandLine;
using System.Globalization;
using SpecGD.Figures;
using SpecGD.Figures.Fonts;

namespace SpecGD.Cli.Commands;

/// <summary>The options that say what is drawn, for every verb that draws.</summary>
internal sealed class DrawingOptions
{
    private readonly Option<bool> _noFigures, _keepFrames;
    private readonly Option<double?> _dotsPerInch, _framesPerSecond;
    private readonly Option<FigureFont?> _font = FontOption.Create();

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
        command.Options.Add(_dotsPerInch = Number(
            "--dpi", "resolution of PNG pictures (default 200) and of animations (default 110), in dots per inch",
            DrawingStyle.LeastDotsPerInch, DrawingStyle.MostDotsPerInch));
        command.Options.Add(_framesPerSecond = Number(
            "--fps", "frames per second of animations (default: each has its own, from 1 to 1.5)",
            DrawingStyle.LeastFramesPerSecond, DrawingStyle.MostFramesPerSecond));
        command.Options.Add(_font);
    }

    /// <summary>What the command line asks for.</summary>
    public Drawing Of(ParseResult parsed) => parsed.GetValue(_noFigures) ? Drawing.Nothing
        : parsed.GetValue(_keepFrames) ? Drawing.FiguresAndFrames
        : Drawing.Figures;

    /// <summary>How the command line wants it drawn.</summary>
    public DrawingStyle StyleOf(ParseResult parsed) => new(parsed.GetValue(_dotsPerInch), parsed.GetValue(_framesPerSecond)) { Font = parsed.GetValue(_font) };

    private static Option<double?> Number(string name, string description, double least, double most)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
        return new Option<double?>(name)
        {
            Description = $"{description}; {range}",
            HelpName = "X",
            CustomParser = argument => double.TryParse(
                argument.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
                ? value
                : throw new BadInputException($"{name} is {argument.Tokens[0].Value}; a number {range} was expected."),
        };
    }
}
