using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Figures;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Cli.Commands;

/// <summary>What is drawn of a run.</summary>
internal enum Drawing
{
    /// <summary>Nothing: log and table only.</summary>
    Nothing,

    /// <summary>Figures and animations.</summary>
    Figures,

    /// <summary>Figures, animations, and the frames of the animations as pictures.</summary>
    FiguresAndFrames,
}

/// <summary>One run from options to run folder and figures, as <c>run</c> and <c>reproduce</c> both do it.</summary>
internal static class RunSession
{
    private static bool _noticed;

    /// <summary>What came of a run.</summary>
    /// <param name="Result">Log and status.</param>
    /// <param name="Folder">The run folder.</param>
    /// <param name="WallTime">Time of computing and drawing.</param>
    /// <param name="ExitCode">What the process should say of it.</param>
    public sealed record Outcome(RunResult Result, RunFolder Folder, TimeSpan WallTime, int ExitCode);

    /// <summary>Runs the experiment, writes its folder, and draws its figures unless told not to.</summary>
    /// <exception cref="BadInputException">The folder cannot be written, or the options contradict one another.</exception>
    public static Outcome Run(IExperiment experiment, object options, string directory, Drawing drawing, TimeProvider clock)
    {
        var folder = RunFolder.Prepare(directory);
        if (drawing != Drawing.Nothing)
            RunFolder.Prepare(folder.FiguresPath);
        SayWhatIsSlow();
        var started = clock.GetLocalNow();
        long begin = clock.GetTimestamp();
        using var interruption = new Interruption();
        folder.DropFigures(); // those of an earlier run would not belong to the new log
        var result = Terminal.CanRedraw
            ? BarProgress.Show(progress => Compute(experiment, options, progress, interruption))
            : Compute(experiment, options, new LineProgress(Terminal.Error, clock), interruption);
        folder.Write(
            result.Log,
            new Manifest(experiment.Name, Setting.ToJson(options), result.Status, result.Detail, started, clock.GetElapsedTime(begin)));
        if (drawing != Drawing.Nothing)
            Draw(result.Log, folder.FiguresPath, keepFrames: drawing == Drawing.FiguresAndFrames);
        var wall = clock.GetElapsedTime(begin);
        Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{folder.DirectoryPath} written in {wall.TotalSeconds:0.0} s"));
        return new Outcome(result, folder, wall, Explain(result, folder, interruption));
    }

    /// <summary>
    /// Draws every figure and animation of a log into <paramref name="directory"/> and passes on what their maker has to say; gives the files.
    /// </summary>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    public static IReadOnlyList<string> Draw(RunLog log, string directory, bool keepFrames)
    {
        var drawn = FigureCatalog.Draw(log, directory, keepFrames);
        if (drawn.Count == 0)
            Terminal.Remark($"no figure is known for the log {log.RunId}");
        foreach (string hint in drawn.Select(f => f.Hint).OfType<string>().Distinct())
            Terminal.Remark(hint);
        return [.. drawn.SelectMany(f => f.Files)];
    }

    private static RunResult Compute(IExperiment experiment, object options, IProgressReporter progress, Interruption interruption) =>
        experiment.Run(options, new RunContext(progress, interruption.Token));

    private static int Explain(RunResult result, RunFolder folder, Interruption interruption)
    {
        switch (result.Status)
        {
            case RunStatus.Diverged:
                Terminal.Remark($"{result.Detail} What was computed until then is in {folder.LogPath}. A smaller step (--method-lr) may help.");
                return ExitCode.Diverged;
            case RunStatus.Interrupted:
                Terminal.Remark($"{result.Detail} What was computed until then is in {folder.LogPath}; "
                    + "the same command runs it again from the start.");
                return interruption.ExitCode;
            default:
                if (!interruption.Token.IsCancellationRequested)
                    return ExitCode.Done;
                Terminal.Remark($"asked to stop when everything was computed: {folder.DirectoryPath} is whole.");
                return interruption.ExitCode;
        }
    }

    private static void SayWhatIsSlow()
    {
        if (_noticed || Backend.Notice is not { } notice)
            return;
        _noticed = true;
        Terminal.Remark(notice);
    }
}
