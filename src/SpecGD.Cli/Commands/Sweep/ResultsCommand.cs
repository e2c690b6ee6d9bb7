using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Figures;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Sweeps;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary><c>specgd sweep results DIR</c>: what follows from a sweep, as tables, JSON, and a figure over any two axes.</summary>
internal static class ResultsCommand
{
    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var part = new Option<string?>("--part") { Description = "this part of the sweep alone", HelpName = "NAME" };
        var x = new Option<string?>("--x") { Description = "draw a figure over this option, or this metric", HelpName = "AXIS" };
        var y = new Option<string?>("--y")
        {
            Description = "the metric that the figure shows: a series and first, final, min or max, such as loss.final",
            HelpName = "METRIC",
        };
        var by = new Option<string?>("--by") { Description = "an option with a line for each of its values (default: method)", HelpName = "AXIS" };
        var where = new Option<string[]>("--where")
        {
            Description = "only settings with this value of an axis: AXIS=VALUE; may be given again",
            HelpName = "AXIS=VALUE",
        };
        var output = new Option<string?>("--output") { Description = "folder for the figure (default: figures/ of the sweep)", HelpName = "DIR" };
        var font = FontOption.Create();
        var json = new Option<bool>("--json") { Description = "print the results as JSON" };
        var command = new Command("results", "Collect the results of a sweep, print what follows from them, and draw a figure over any two axes.")
        {
            folder, part, x, y, by, where, output, font, json,
        };
        command.SetAction(parsed => Interruption.Guard("stopped before anything was reported; the same command begins again.", stop =>
        {
            var sweep = SweepFolder.Open(parsed.GetValue(folder)!);
            IReadOnlyList<SweepPart> parts = parsed.GetValue(part) is { } name ? [sweep.Definition.Part(name)] : sweep.Definition.Parts;
            var results = Collect(sweep);
            stop.ThrowIfCancellationRequested();
            if (parsed.GetValue(x) is null && parsed.GetValue(y) is null)
            {
                if (parsed.GetValue(by) is not null || parsed.GetValue(where) is { Length: > 0 })
                    throw new BadInputException("--by and --where belong to a figure; say with --x and --y what it shows.");
                SweepView.Print(sweep, results, parsed.GetValue(json), brief: false, parts);
                return SweepView.SayMissing(sweep, results, parts) ? ExitCode.BadInput : ExitCode.Done;
            }
            var request = new SweepFigure.Request(
                parsed.GetValue(x) ?? throw new BadInputException("--y needs --x: the option or metric that the figure runs over."),
                parsed.GetValue(y) ?? throw new BadInputException("--x needs --y: the metric that the figure shows, such as loss.final."),
                parsed.GetValue(by) ?? AnalysisPlan.MethodAxis,
                [.. (parsed.GetValue(where) ?? []).Select(Condition)]);
            var figure = SweepFigure.Compose(sweep.Definition.Part(parsed.GetValue(part)), results, request);
            string target = parsed.GetValue(output) ?? sweep.FiguresPath;
            FigureFolder.Prepare(target, sweep.FiguresPath, [OutputSource.At(sweep.DirectoryPath, sweep.Definition.Name)]);
            return Interruption.Guard($"stopped while a figure was drawn: {figure.Name} is missing; the same command draws it.", within => Draw(figure, target, parsed.GetValue(font), within));
        }));
        return command;
    }

    private static int Draw(Figure figure, string target, FigureFont? font, CancellationToken stop)
    {
        var drawn = FigureWriter.ForThisMachine(font).Write(figure, target, stop);
        foreach (string file in drawn.Files)
            Console.Out.WriteLine(Path.GetRelativePath(Directory.GetCurrentDirectory(), file));
        return ExitCode.Done;
    }

    /// <summary>The results as they are now.</summary>
    public static IReadOnlyList<TaskResult> Collect(SweepFolder sweep)
    {
        var results = SweepCollector.Collect(sweep, SlurmQueue.Of(sweep));
        int missing = results.Count(result => !result.Record.HasResult);
        if (missing > 0)
            Terminal.Remark($"{missing} of {Counted.Of(results.Count, "task")} {Counted.Verb(missing, results.Count, "has")} no result yet; 'specgd sweep status {sweep.DirectoryPath}' tells why");
        return results;
    }

    private static KeyValuePair<string, string> Condition(string text) => text.Split('=', 2) is [{ Length: > 0 } axis, var value]
        ? KeyValuePair.Create(axis, value)
        : throw new BadInputException($"--where takes AXIS=VALUE; '{text}' is not.");
}
