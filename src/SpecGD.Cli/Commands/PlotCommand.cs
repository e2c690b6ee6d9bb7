using System.CommandLine;
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
        var output = new Option<string?>("--output") { Description = "folder for the figures (default: figures/ beside the log)", HelpName = "DIR" };
        var command = new Command(
            "plot",
            "Draw the figures and animations of a run folder or a log again, without running; also logs that the authors' scripts wrote.")
        {
            source,
            output,
        };
        var drawing = new DrawingOptions(command, withoutFigures: null);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(source)!;
            string logPath = RunLogFile.Find(path);
            var log = RunLogFile.Read(logPath);
            string target = parsed.GetValue(output) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(logPath))!, RunFolder.FiguresName);
            RunFolder.Prepare(target);
            using var interruption = new Interruption();
            var drawn = RunSession.Draw(log, target, keepFrames: drawing.Of(parsed) == Drawing.FiguresAndFrames, interruption.Token);
            foreach (string file in drawn.Files)
                Console.Out.WriteLine(Path.GetRelativePath(Directory.GetCurrentDirectory(), file));
            return !drawn.IsWhole ? interruption.ExitCode : drawn.Files.Count > 0 ? ExitCode.Done : ExitCode.BadInput;
        });
        return command;
    }
}
