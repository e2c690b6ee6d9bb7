using System.CommandLine;
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
    public sealed record Outcome(RunResult Result, RunFolder Folder, TimeSpan WallTime, int ExitCode)
    {
        /// <summary>Whether the folder held the run already.</summary>
        public bool WasThere { get; init; }
    }

    /// <summary>The option that asks for a fresh start.</summary>
    public static Option<bool> FreshOption() => new("--fresh")
    {
        Description = "compute everything again, also what a finished or interrupted run of the same settings and program left in the folder",
    };

    /// <summary>How a run is to be done, whatever the experiment.</summary>
    /// <param name="Directory">The run folder.</param>
    /// <param name="Drawing">What to draw.</param>
    /// <param name="Fresh">Whether to compute again what an earlier run of the same settings and code has computed.</param>
    public sealed record Request(string Directory, Drawing Drawing, bool Fresh)
    {
        /// <summary>What asks the run to stop; null for the terminal and the system.</summary>
        public Interruption? Interruption { get; init; }

        /// <summary>Whether only what needs attention is told: no line of an ended task, none of a folder that was written.</summary>
        public bool IsBrief { get; init; }

        /// <summary>What is to be said before anything is computed; null for nothing.</summary>
        public string? Remark { get; init; }

        /// <summary>How figures are drawn, where something is chosen.</summary>
        public DrawingStyle Style { get; init; } = DrawingStyle.Usual;
    }

    /// <summary>
    /// Runs the experiment, writes its folder, and draws its figures unless told not to. A finished run of the same settings and code is read
    /// instead, and an unfinished one continued.
    /// </summary>
    /// <exception cref="BadInputException">The folder cannot be written, or the options contradict one another.</exception>
    public static Outcome Run(IExperiment experiment, object options, Request request, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(request);
        var folder = RunFolder.Prepare(request.Directory);
        using var claim = folder.Claim();
        if (request.Drawing != Drawing.Nothing)
            RunFolder.Prepare(folder.FiguresPath);
        long begin = clock.GetTimestamp();
        var identity = new RunIdentity(experiment.Name, Setting.ToJson(options));
        if (!request.Fresh && folder.FindFinished(identity) is { } log)
        {
            KeptWork.In(folder.DirectoryPath, identity, clock).Drop(); // where the process was killed after its last write
            return Finished(log, folder, request, () => clock.GetElapsedTime(begin));
        }
        SayWhatIsSlow();
        var kept = KeptWork.In(folder.DirectoryPath, identity, clock);
        if (request.Fresh)
            kept.Drop();
        else if (kept.IsContinuation)
            Terminal.Remark($"going on with what an interrupted run left in {folder.DirectoryPath} (--fresh begins again)");
        if (request.Remark is { } remark)
            Terminal.Remark(remark);
        var started = clock.GetLocalNow();
        using var own = request.Interruption is null ? new Interruption() : null;
        var interruption = request.Interruption ?? own!;
        var result = Compute(experiment, options, kept, clock, interruption, request.IsBrief);
        folder.DropFigures(); // those of an earlier run would not belong to the new log
        folder.Write(
            result.Log,
            new Manifest(
                experiment.Name, Setting.ToJson(experiment.Used(options, result.Log)), result.Status, result.Detail, started, clock.GetElapsedTime(begin))
            {
                Asked = identity.Options,
            });
        if (result.Status == RunStatus.Interrupted)
            kept.Flush();
        else
            kept.Drop();
        if (request.Drawing != Drawing.Nothing && result.Status == RunStatus.Interrupted)
            Terminal.Remark("drawing what was computed until then (Ctrl-C once more ends at once)");
        if (request.Drawing != Drawing.Nothing)
            folder.Draw(() => Draw(result.Log, folder.FiguresPath, request.Drawing == Drawing.FiguresAndFrames, request.Style));
        var wall = clock.GetElapsedTime(begin);
        if (!request.IsBrief)
            Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{folder.DirectoryPath} written in {wall.TotalSeconds:0.0} s"));
        return new Outcome(result, folder, wall, Explain(result, folder, interruption));
    }

    /// <summary>Runs the experiment with progress on display, without a folder; with the exit code that says how it ended.</summary>
    public static (RunResult Result, int ExitCode) Compute(IExperiment experiment, object options, KeptWork kept, TimeProvider clock)
    {
        SayWhatIsSlow();
        using var interruption = new Interruption();
        var result = Compute(experiment, options, kept, clock, interruption);
        return (result, CodeOf(result.Status, interruption));
    }

    private static RunResult Compute(
        IExperiment experiment, object options, KeptWork kept, TimeProvider clock, Interruption interruption, bool isBrief = false)
    {
        RunResult With(IProgressReporter progress) => experiment.Run(options, new RunContext(progress, interruption.Token) { Kept = kept });
        return Terminal.CanRedraw ? BarProgress.Show(With, clear: isBrief) : With(new LineProgress(Terminal.Error, clock, endsAreTold: !isBrief));
    }

    /// <summary>The outcome where the folder holds the run already; its figures are drawn only where there are none.</summary>
    private static Outcome Finished(RunLog log, RunFolder folder, Request request, Func<TimeSpan> elapsed)
    {
        if (!request.IsBrief)
            Terminal.Remark($"{folder.DirectoryPath} holds this run already (--fresh computes it again)");
        bool keepFrames = request.Drawing == Drawing.FiguresAndFrames;
        if (keepFrames || (request.Drawing == Drawing.Figures && (!folder.HasFigures || request.Style != DrawingStyle.Usual)))
            folder.Draw(() => Draw(log, folder.FiguresPath, keepFrames, request.Style));
        return new Outcome(new RunResult(log, RunStatus.Finished, null), folder, elapsed(), ExitCode.Done) { WasThere = true };
    }

    /// <summary>
    /// Draws every figure and animation of a log into <paramref name="directory"/> and passes on what their maker has to say; gives the files.
    /// </summary>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    public static IReadOnlyList<string> Draw(RunLog log, string directory, bool keepFrames, DrawingStyle? style = null)
    {
        var drawn = FigureCatalog.Draw(log, directory, keepFrames, style);
        if (drawn.Count == 0)
            Terminal.Remark($"no figure is known for the log {log.RunId}");
        foreach (string hint in drawn.Select(f => f.Hint).OfType<string>().Distinct())
            Terminal.Remark(hint);
        return [.. drawn.SelectMany(f => f.Files)];
    }

    private static int CodeOf(RunStatus status, Interruption interruption) => status switch
    {
        RunStatus.Diverged => ExitCode.Diverged,
        RunStatus.Interrupted => interruption.ExitCode,
        _ => interruption.Token.IsCancellationRequested ? interruption.ExitCode : ExitCode.Done,
    };

    private static int Explain(RunResult result, RunFolder folder, Interruption interruption)
    {
        if (result.Status == RunStatus.Diverged)
            Terminal.Remark($"{result.Detail} What was computed until then is in {folder.LogPath}. A smaller step (--method-lr) may help.");
        else if (result.Status == RunStatus.Interrupted)
            Terminal.Remark($"{result.Detail} What was computed until then is in {folder.LogPath}; the same command goes on from there.");
        else if (interruption.Token.IsCancellationRequested)
            Terminal.Remark($"asked to stop when everything was computed: {folder.DirectoryPath} is whole.");
        return CodeOf(result.Status, interruption);
    }

    private static void SayWhatIsSlow()
    {
        if (_noticed || Backend.Notice is not { } notice)
            return;
        _noticed = true;
        Terminal.Remark(notice);
    }
}
