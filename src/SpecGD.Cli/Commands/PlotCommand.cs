using System.CommandLine;
using SpecGD.Figures;
using SpecGD.Figures.Description;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd plot DIR|LOG.json|FIGURE.json</c>: draws the figures of a run again, or one figure from its description, without running anything.</summary>
internal static class PlotCommand
{
    public static Command Build()
    {
        var source = new Argument<string>("RUN")
        {
            Description = "a run folder, or a log of ours (log.json) or of the authors' scripts (UUID.json), or the folder that it lies in; or the description of one figure, "
                + "as it lies in figures/ and can be edited (labels, ranges, colours, size), with its data beside it",
            HelpName = "DIR|LOG.json|FIGURE.json",
        };
        var output = new Option<string?>("--output") { Description = "folder for the figures (default: figures/ beside the log, with --methods figures-NAMES/; beside the description of a figure)", HelpName = "DIR" };
        var methods = new Option<string[]>("--methods")
        {
            Description = "draw these methods of the log alone (default: all)",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "plot",
            "Draw the figures and animations of a run folder or a log again, without running; also logs that the authors' scripts wrote, and one figure after an edit.")
        {
            source,
            output,
            methods,
        };
        var drawing = new DrawingOptions(command, withoutFigures: null);
        var paper = new PaperOptions(command);
        command.SetAction(parsed =>
        {
            var interruption = Interruption.Heed();
            string path = parsed.GetValue(source)!;
            var style = paper.Of(parsed, drawing.StyleOf(parsed));
            if (FigureDescription.IsOne(path))
                return DrawOne(path, parsed.GetValue(output), parsed.GetValue(methods) is { Length: > 0 }, style);
            string logPath = RunLogFile.Find(path);
            string[] chosen = MethodChoice.Names(parsed.GetValue(methods) ?? []);
            var log = MethodChoice.Of(RunLogFile.Read(logPath), chosen);
            string folder = Path.GetDirectoryName(Path.GetFullPath(logPath))!, own = Path.Combine(folder, FolderOf(chosen));
            string target = parsed.GetValue(output) ?? own;
            if (FigureCatalog.Compose(log) is ([], []))
                throw new BadInputException(FigureCatalog.WhyNone(log));
            FigureFolder.Prepare(target, own, [OutputSource.OfLog(logPath, log.RunId)]);
            var drawn = RunSession.Draw(log, target, drawing.Of(parsed) == Drawing.FiguresAndFrames, interruption.Token, style);
            Print(drawn.Files);
            RunSession.SayAfterword(drawn.Missing);
            return drawn.IsWhole ? ExitCode.Done : interruption.ExitCode;
        });
        return command;
    }

    /// <summary>One figure from its description: its pictures alone, so that what was edited stays as it is.</summary>
    private static int DrawOne(string path, string? output, bool hasMethods, DrawingStyle style)
    {
        if (hasMethods)
            throw new BadInputException("--methods is for logs; of the description of a figure, take out the curves that it shall not show.");
        var figure = FigureDescription.Read(path);
        string target = output ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (output is not null)
            FigureFolder.Prepare(output, null, [OutputSource.At(path)]);
        return Interruption.Guard($"stopped while a figure was drawn: {figure.Name} is missing; the same command draws it.", stop =>
        {
            Print(Drawn(figure, path, target, style, stop).Files);
            return ExitCode.Done;
        });
    }

    private static FigureResult Drawn(Figure figure, string path, string target, DrawingStyle style, CancellationToken stop)
    {
        try
        {
            return new FigureWriter(style.Font ?? FigureFont.Find()) { Style = style }.Draw(figure, target, stop);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException($"{path} cannot be drawn: {e.Message.Split(" (Parameter")[0]}", e);
        }
    }

    private static void Print(IEnumerable<string> files)
    {
        foreach (string file in files)
            Console.Out.WriteLine(Path.GetRelativePath(Directory.GetCurrentDirectory(), file));
    }

    /// <summary>Figures of some methods have a folder of their own: beside those of all, nobody could tell which is which.</summary>
    private static string FolderOf(string[] methods) => string.Join('-', methods.Prepend(RunFolder.FiguresName));
}
