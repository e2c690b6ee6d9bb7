using System.CommandLine;
using System.Globalization;
using SpecGD.Figures;
using SpecGD.Figures.Description;
using SpecGD.Figures.Rendering;

namespace SpecGD.Cli.Commands;

/// <summary>The options that fit figures into a paper or onto a slide.</summary>
internal sealed class PaperOptions
{
    private readonly Option<string[]> _formats;
    private readonly Option<double?> _width, _fontSize;

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    public PaperOptions(Command command)
    {
        string[] names = [.. FigureFormat.All.Select(format => format.Name)];
        _formats = new Option<string[]>("--format")
        {
            Description = "draw these formats alone (default: all)",
            HelpName = string.Join('|', names),
            AllowMultipleArgumentsPerToken = true,
            CustomParser = argument =>
            [
                .. argument.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(format => names.Contains(format) ? format
                    : throw new BadInputException($"--format is {format}; {string.Join(", ", names)} or several of them were expected.{Spelling.Hint(format, names)}")),
            ],
        };
        _width = new Option<double?>("--width")
        {
            Description = $"width of a figure, such as 8.5cm, 85mm, 3.35in or 241pt; panels that become too narrow stand one below the other; up to {DrawingStyle.MostWidth} inches",
            HelpName = "LENGTH",
            CustomParser = argument => Length.Inches(argument.Tokens[0].Value) is { } inches and >= DrawingStyle.LeastWidth and <= DrawingStyle.MostWidth ? inches
                : throw new BadInputException($"--width is {argument.Tokens[0].Value}; a length from {DrawingStyle.LeastWidth}in to {DrawingStyle.MostWidth}in was expected, such as 8.5cm."),
        };
        _fontSize = new Option<double?>("--font-size")
        {
            Description = $"size of the text in points (default 12), from {DrawingStyle.LeastFontSize} to {DrawingStyle.MostFontSize}; lines grow and shrink with it",
            HelpName = "PT",
            CustomParser = argument => double.TryParse(argument.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double size)
                && size is >= DrawingStyle.LeastFontSize and <= DrawingStyle.MostFontSize ? size
                : throw new BadInputException($"--font-size is {argument.Tokens[0].Value}; a number from {DrawingStyle.LeastFontSize} to {DrawingStyle.MostFontSize} was expected."),
        };
        command.Options.Add(_formats);
        command.Options.Add(_width);
        command.Options.Add(_fontSize);
    }

    /// <summary>A style with what the command line asks for.</summary>
    public DrawingStyle Of(ParseResult parsed, DrawingStyle style) => style with
    {
        Formats = parsed.GetValue(_formats) is { Length: > 0 } names ? [.. FigureFormat.All.Where(format => names.Contains(format.Name))] : null,
        Width = parsed.GetValue(_width),
        FontSize = parsed.GetValue(_fontSize),
    };
}
