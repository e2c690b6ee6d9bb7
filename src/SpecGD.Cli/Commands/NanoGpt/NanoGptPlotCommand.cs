using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt plot DIR…</c>: the figures of a run, or the losses of several in one figure.</summary>
internal static class NanoGptPlotCommand
{
    /// <summary>Where the comparison of several runs goes.</summary>
    private const string Comparison = "nanogpt-comparison";

    public static Command Build()
    {
        var sources = new Argument<string[]>("RUN")
        {
            Description = "run folders, or a tracker.json or log.json, ours or the authors'; of several the losses are compared",
            HelpName = "DIR|FILE",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output")
        {
            Description = $"folder for the figures (default: figures/ beside the log; of several runs {Comparison}/)",
            HelpName = "DIR",
        };
        var check = new Option<bool>("--check") { Description = "exit code 1 where something that must be seen is not" };
        var font = FontOption.Create();
        var json = new Option<bool>("--json") { Description = "print files, ranks and checks as JSON" };
        var command = new Command(
            "plot",
            "Draw Figures 2 and 5 to 10, nr/st of every weight and the losses of a run, and check what must be seen; of several runs, "
            + "compare their losses.")
        {
            sources,
            output,
            check,
            font,
            json,
        };
        command.SetAction(parsed =>
        {
            var interruption = Interruption.Heed();
            string[] paths = parsed.GetValue(sources)!;
            var log = paths.Length == 1
                ? NanoGptLog.Read(paths[0])
                : NanoGptLog.Compare([.. paths.Select(path => (NanoGptLog.NameOf(path), NanoGptLog.Read(path)))]);
            if (paths.Any(IsCutShort) && log.Interrupted is null)
                log.NoteInterrupted(null);
            string target = parsed.GetValue(output) ?? DefaultOutput(paths);
            FigureFolder.Prepare(target, paths.Length == 1 ? DefaultOutput(paths) : null, [.. paths.Select(path => OutputSource.OfLog(path, NanoGptLog.NameOf(path)))]);
            var drawn = RunSession.Draw(log, target, keepFrames: false, interruption.Token, new DrawingStyle { Font = parsed.GetValue(font) });
            RunSession.SayAfterword(drawn.Missing);
            if (!drawn.IsWhole)
                return interruption.ExitCode;
            bool isCutShort = paths.Any(IsCutShort);
            Print(log, drawn.Files, isCutShort, parsed.GetValue(json));
            return drawn.Files.Count == 0 ? ExitCode.BadInput
                : parsed.GetValue(check) && !isCutShort && !NanoGptPictures.Hold(log) ? ExitCode.Failed
                : ExitCode.Done;
        });
        return command;
    }

    private static string DefaultOutput(string[] paths) => paths.Length > 1 ? Comparison
        : Directory.Exists(paths[0]) ? Path.Combine(paths[0], RunFolder.FiguresName)
        : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(paths[0]))!, RunFolder.FiguresName);

    private static void Print(RunLog log, IReadOnlyList<string> files, bool isCutShort, bool asJson)
    {
        string[] shown = [.. files.Select(file => Path.GetRelativePath(Directory.GetCurrentDirectory(), file))];
        if (asJson)
        {
            var experiment = ExperimentCatalog.Named(log.ConfigText("experiment") ?? NanoGptRun.Name);
            SummaryView.PrintJson(new JsonObject
            {
                ["files"] = new JsonArray([.. shown.Select(file => (JsonNode)file)]),
                ["rows"] = new JsonArray([.. experiment.Summarise(log).Rows]),
                ["checks"] = isCutShort ? [] : NanoGptPictures.ChecksOf(log),
            });
            return;
        }
        foreach (string file in shown)
            Console.Out.WriteLine(file);
        NanoGptPictures.Print(log, claims: !isCutShort);
        if (isCutShort)
            Terminal.Say("The run was cut short, so nothing is concluded from it.");
    }

    /// <summary>Whether the place is the folder of a run that was interrupted or is at work.</summary>
    private static bool IsCutShort(string path) =>
        Path.Combine(path, RunFolder.ManifestName) is var manifest && File.Exists(manifest) && Manifest.Read(manifest).Status == RunStatus.Interrupted;
}
