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
    /// <param name="WallTime">Time of computing; of a run that was there already the run's own.</param>
    /// <param name="ExitCode">What the process should say of it.</param>
    public sealed record Outcome(RunResult Result, RunFolder Folder, TimeSpan WallTime, int ExitCode)
    {
        /// <summary>Whether the folder held the run already.</summary>
        public bool WasThere { get; init; }

        /// <summary>What is to be said below the result, such as which figures are missing; null for nothing.</summary>
        public string? Afterword { get; init; }

        /// <summary>Whether the folder holds this result; false where a finished run stays in it, since this one was interrupted.</summary>
        public bool IsInFolder { get; init; } = true;
    }

    /// <summary>Says what is to be said below a result; nothing where there is nothing.</summary>
    public static void SayAfterword(string? afterword)
    {
        if (afterword is not null)
            Terminal.Remark(afterword);
    }

    /// <summary>The option that asks for a fresh start.</summary>
    public static Option<bool> FreshOption() => new("--fresh")
    {
        Description = "compute everything again, and delete the run that is in the folder, also one of another experiment or of other settings",
    };

    /// <summary>How a run is to be done, whatever the experiment.</summary>
    /// <param name="Directory">The run folder.</param>
    /// <param name="Drawing">What to draw.</param>
    /// <param name="Fresh">Whether to compute again what an earlier run of the same settings and code has computed.</param>
    public sealed record Request(string Directory, Drawing Drawing, bool Fresh)
    {
        /// <summary>Whether only what needs attention is told: no line of an ended task, none of a folder that was written.</summary>
        public bool IsBrief { get; init; }

        /// <summary>What is to be said before anything is computed; null for nothing.</summary>
        public string? Remark { get; init; }

        /// <summary>How figures are drawn, where something is chosen.</summary>
        public DrawingStyle Style { get; init; } = DrawingStyle.Usual;
        /// <summary>Whether the folder was made for this very run, so that whatever else is in it was changed from outside and is computed again.</summary>
        public bool IsOwnFolder { get; init; }

        /// <summary>Names of files that others keep in the run folder beside the run.</summary>
        public IReadOnlyList<string> Companions { get; init; } = [];
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
        var identity = IdentityOf(experiment, options);
        RunHolding Held() => RunHolding.Of(request.Directory, identity, request.Companions);
        if (!request.IsOwnFolder)
            Held().Require(request.Fresh); // before anything is written
        var folder = RunFolder.Prepare(request.Directory);
        using var claim = folder.Claim();
        var held = Held();
        if (!request.IsOwnFolder)
            held.Require(request.Fresh);
        if (request.Drawing != Drawing.Nothing)
            RunFolder.Prepare(folder.FiguresPath);
        long begin = clock.GetTimestamp();
        var interruption = Interruption.Heed();
        if (!request.Fresh && folder.FindFinished(identity) is { } log)
        {
            KeptWork.In(folder.DirectoryPath, identity, clock).Drop(); // where the process was killed after its last write
            return Finished(log, folder, request, interruption);
        }
        SayWhatIsSlow();
        var kept = Begin(folder, held, identity, request.Fresh, clock);
        if (request.Remark is { } remark)
            Terminal.Remark(remark);
        var started = clock.GetLocalNow();
        var result = Compute(experiment, options, kept, clock, interruption, request.IsBrief);
        var computing = clock.GetElapsedTime(begin);
        if (result.Status == RunStatus.Interrupted && held is { IsAnothers: false, Status: RunStatus.Finished })
            return Kept(result, folder, kept, computing, interruption);
        ChangedSettings.Note(result.Log, options);
        folder.DropFigures(); // those of an earlier run would not belong to the new log
        folder.Write(
            result.Log,
            new Manifest(
                experiment.Name, Setting.ToJsonAsUsed(experiment.Used(options, result.Log)), result.Status, result.Detail, started, computing)
            {
                Asked = identity.Options,
                Diverged = result.DivergedMethods,
            },
            result.Log.Methods.Count > 0 ? null : experiment.Summarise(result.Log).Rows);
        if (result.Status == RunStatus.Interrupted)
            kept.Flush();
        else
            kept.Drop();
        if (request.Drawing != Drawing.Nothing && result.Status == RunStatus.Interrupted)
            Terminal.Remark("drawing what was computed until then (Ctrl-C once more ends at once)");
        string? missing = request.Drawing == Drawing.Nothing
            ? null
            : Draw(result.Log, folder, request, result.Status == RunStatus.Interrupted ? CancellationToken.None : interruption.Token);
        var wall = clock.GetElapsedTime(begin);
        if (!request.IsBrief && !interruption.Token.IsCancellationRequested)
            Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{folder.DirectoryPath} written in {wall.TotalSeconds:0.0} s"));
        return new Outcome(result, folder, computing, Explain(experiment, result, folder, interruption, missing is null)) { Afterword = missing };
    }

    /// <summary>What decides the numbers of the run.</summary>
    public static RunIdentity IdentityOf(IExperiment experiment, object options) => new(experiment.Name, Setting.ToJson(options));

    /// <summary>What was kept of the run; says what is deleted for it, or what will be replaced.</summary>
    private static KeptWork Begin(RunFolder folder, RunHolding held, RunIdentity identity, bool isFresh, TimeProvider clock)
    {
        var kept = KeptWork.In(folder.DirectoryPath, identity, clock);
        string further = string.Concat(folder.FurtherFigures.Select(name => $", {name}/"));
        if (held.IsAnothers)
        {
            Terminal.Remark($"{(isFresh ? "--fresh deletes" : "deleting")} what {folder.DirectoryPath} holds: {RunRemoval.Words(folder, held)}");
            RunRemoval.Remove(folder, held);
        }
        else if (held.Status == RunStatus.Finished)
            Terminal.Remark($"{folder.DirectoryPath} holds this run{(held.Run == HeldRun.OtherVersion ? ", computed by another version of the program" : "")}: "
                + $"it is computed again, and replaced when that has finished{(further.Length > 0 ? $" (with its {further[2..]})" : "")}");
        if (isFresh)
            kept.Drop();
        else if (kept.IsContinuation)
            Terminal.Remark($"going on with what an interrupted run left in {folder.DirectoryPath} (--fresh begins again)");
        return kept;
    }

    /// <summary>The outcome where a run that was to replace a finished one was interrupted: the finished one stays, and what was computed is kept beside it.</summary>
    private static Outcome Kept(RunResult result, RunFolder folder, KeptWork kept, TimeSpan wall, Interruption interruption)
    {
        kept.Flush();
        Terminal.Remark($"{result.Detail} The finished run stays in {folder.DirectoryPath}; the same command, without --fresh, continues with the new one.");
        return new Outcome(result, folder, wall, interruption.ExitCode) { IsInFolder = false };
    }

    /// <summary>Runs the experiment with progress on display, without a folder; with the exit code that says how it ended.</summary>
    public static (RunResult Result, int ExitCode) Compute(IExperiment experiment, object options, KeptWork kept, TimeProvider clock)
    {
        SayWhatIsSlow();
        var interruption = Interruption.Heed();
        var result = Compute(experiment, options, kept, clock, interruption);
        return (result, CodeOf(result.Status, interruption));
    }

    private static RunResult Compute(
        IExperiment experiment, object options, KeptWork kept, TimeProvider clock, Interruption interruption, bool isBrief = false)
    {
        RunResult With(IProgressReporter progress) => experiment.Run(options, new RunContext(progress, interruption.Token) { Kept = kept });
        return Terminal.CanRedraw ? BarProgress.Show(With, clear: isBrief, interruption.Token) : With(new LineProgress(Terminal.Error, clock, endsAreTold: !isBrief));
    }

    /// <summary>The outcome where the folder holds the run already; its figures are drawn only where there are none.</summary>
    private static Outcome Finished(RunLog log, RunFolder folder, Request request, Interruption interruption)
    {
        if (!request.IsBrief)
            Terminal.Remark($"{folder.DirectoryPath} holds this run already (--fresh computes it again)");
        bool wanted = request.Drawing == Drawing.FiguresAndFrames
            || (request.Drawing == Drawing.Figures && (!folder.HasFigures || request.Style != DrawingStyle.Usual));
        string? missing = wanted ? Draw(log, folder, request, interruption.Token) : null;
        if (wanted && missing is null && !request.IsBrief)
            Terminal.Remark($"its figures are drawn: {folder.FiguresPath}");
        var manifest = Manifest.Read(Path.Combine(folder.DirectoryPath, RunFolder.ManifestName));
        return new Outcome(new RunResult(log, RunStatus.Finished, null) { DivergedMethods = manifest.Diverged }, folder, manifest.WallTime, missing is null ? ExitCode.Done : interruption.ExitCode)
        {
            WasThere = true,
            Afterword = missing,
        };
    }

    /// <summary>Draws what a run folder should have; where that was asked to stop, what is missing, which the next call draws.</summary>
    private static string? Draw(RunLog log, RunFolder folder, Request request, CancellationToken stop)
    {
        string? missing = null;
        folder.Draw(() =>
        {
            var drawn = Draw(
                log, folder.FiguresPath, request.Drawing == Drawing.FiguresAndFrames, stop, request.Style, $" Log and table in {folder.DirectoryPath} are whole.");
            missing = drawn.Missing;
            return drawn.IsWhole;
        });
        return missing;
    }

    /// <summary>What was drawn.</summary>
    /// <param name="Files">The files.</param>
    /// <param name="Missing">Where it was asked to stop, what is missing and what is not, to be said below the result; else null.</param>
    public readonly record struct Drawn(IReadOnlyList<string> Files, string? Missing = null)
    {
        /// <summary>False where it was asked to stop.</summary>
        public bool IsWhole => Missing is null;
    }

    /// <summary>
    /// Draws every figure and animation of a log into <paramref name="directory"/>, with progress on display. Asked to stop it gives back what is missing, and in <paramref name="whole"/> what is not.
    /// </summary>
    /// <exception cref="BadInputException">A part of the log has not the form that it should have.</exception>
    public static Drawn Draw(RunLog log, string directory, bool keepFrames, CancellationToken stop, DrawingStyle? style = null, string whole = "")
    {
        try
        {
            var drawn = DrawingDisplay.Show(TimeProvider.System, progress => FigureCatalog.Draw(log, directory, keepFrames, style, progress, stop));
            if (drawn.Count == 0)
                Terminal.Remark(FigureCatalog.WhyNone(log));
            return new Drawn([.. drawn.SelectMany(f => f.Files)]);
        }
        catch (DrawingStoppedException e)
        {
            return new Drawn([], Missing: $"stopped while figures were drawn: {string.Join(", ", e.Missing)} {Counted.Noun(e.Missing.Count, "is")} missing; "
                + $"the same command draws what is missing.{whole}");
        }
    }

    private static int CodeOf(RunStatus status, Interruption interruption) => status switch
    {
        RunStatus.Diverged => ExitCode.Diverged,
        RunStatus.Interrupted => interruption.ExitCode,
        _ => interruption.Token.IsCancellationRequested ? interruption.ExitCode : ExitCode.Done,
    };

    private static int Explain(IExperiment experiment, RunResult result, RunFolder folder, Interruption interruption, bool isDrawn)
    {
        if (result.Status == RunStatus.Diverged)
            Terminal.Remark($"{result.Detail} What was computed is in {folder.LogPath}. {SmallerStep(experiment)}".TrimEnd());
        else if (result.Status == RunStatus.Interrupted)
            Terminal.Remark($"{result.Detail} What was computed until then is in {folder.LogPath}; the same command resumes it.");
        else if (interruption.Token.IsCancellationRequested && isDrawn) // else the drawing has told it
            Terminal.Remark($"asked to stop when everything was computed: log and table in {folder.DirectoryPath} are whole.");
        return CodeOf(result.Status, interruption);
    }

    /// <summary>What may help, with the options of the experiment that set a step.</summary>
    private static string SmallerStep(IExperiment experiment)
    {
        string[] options = [.. Setting.Of(experiment.OptionsType).Select(setting => setting.Name).Where(name => name.EndsWith("-lr", StringComparison.Ordinal)).Select(name => $"--{name}")];
        return options.Length > 0 ? $"A smaller step ({string.Join(", ", options)}) may help." : "";
    }

    private static void SayWhatIsSlow()
    {
        if (_noticed || Backend.Notice is not { } notice)
            return;
        _noticed = true;
        Terminal.Remark(notice);
    }
}
