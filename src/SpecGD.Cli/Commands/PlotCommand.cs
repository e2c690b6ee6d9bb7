using System.CommandLine;
using SpecGD.Figures;
using SpecGD.Records;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd plot DIR|LOG.json</c>: draws the figures of a run again, without running anything.</summary>
internal static class PlotCommand
{
    public static Command Build()
    {
        var source = new Argument<string>("RUN")
        {
            Description = "a run folder, or a log of ours (log.json) or of the authors' scripts (UUID.json), or the folder that it lies in",
            HelpName = "DIR|LOG.json",
        };
        var output = new Option<string?>("--output") { Description = "folder for the figures (default: figures/ beside the log; with --methods figures-NAMES/)", HelpName = "DIR" };
        var methods = new Option<string[]>("--methods")
        {
            Description = "draw these methods of the log alone (default: all)",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "plot",
            "Draw the figures and animations of a run folder or a log again, without running; also logs that the authors' scripts wrote.")
        {
            source,
            output,
            methods,
        };
        var drawing = new DrawingOptions(command, withoutFigures: null);
        command.SetAction(parsed =>
        {
            var interruption = Interruption.Heed();
            string path = parsed.GetValue(source)!;
            string logPath = RunLogFile.Find(path);
            string[] chosen = MethodChoice.Names(parsed.GetValue(methods) ?? []);
            var log = MethodChoice.Of(RunLogFile.Read(logPath), chosen);
            string folder = Path.GetDirectoryName(Path.GetFullPath(logPath))!, own = Path.Combine(folder, FolderOf(chosen));
            string target = parsed.GetValue(output) ?? own;
            if (FigureCatalog.Compose(log) is ([], []))
                throw new BadInputException(FigureCatalog.WhyNone(log));
            FigureFolder.Prepare(target, own, [OutputSource.OfLog(logPath, log.RunId)]);
            var drawn = RunSession.Draw(log, target, drawing.Of(parsed) == Drawing.FiguresAndFrames, interruption.Token, drawing.StyleOf(parsed));
            foreach (string file in drawn.Files)
                Console.Out.WriteLine(Path.GetRelativePath(Directory.GetCurrentDirectory(), file));
            RunSession.SayAfterword(drawn.Missing);
            return drawn.IsWhole ? ExitCode.Done : interruption.ExitCode;
        });
        return command;
    }

    /// <summary>Figures of some methods have a folder of their own: beside those of all, nobody could tell which is which.</summary>
    private static string FolderOf(string[] methods) => string.Join('-', methods.Prepend(RunFolder.FiguresName));
}
