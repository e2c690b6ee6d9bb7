using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>
/// One experiment of the paper (or of ours): a name, an options record, and what turns options into
/// a log. Implementations are found by themselves.
/// </summary>
public interface IExperiment
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    string Summary { get; }

    /// <summary>Whether <c>specgd run</c> offers it; one that has a verb of its own, or that only <c>reproduce</c> makes, is not.</summary>
    bool IsOffered { get; }

    /// <summary>The options record, whose settings carry <see cref="SettingAttribute"/>.</summary>
    Type OptionsType { get; }

    /// <summary>Name of a run with these options, fit for a folder.</summary>
    string RunId(object options);

    /// <summary>The options with what stands for unset values put in, as far as it is known before the run.</summary>
    object Resolve(object options);

    /// <summary>The options as the run used them: resolved, with what followed from the data.</summary>
    object Used(object options, RunLog log);

    /// <summary>Runs it. Divergence and interruption are outcomes, not exceptions: what was computed until then is in the log.</summary>
    /// <exception cref="BadInputException">The options contradict one another.</exception>
    RunResult Run(object options, RunContext context);

    /// <summary>What the numbers of a log say, from the log alone; of a run that was stopped before its end the numbers, and no verdict on them.</summary>
    RunSummary Summarise(RunLog log);

    /// <summary>How the losses ended that a log has, of the methods of its sections too.</summary>
    /// <exception cref="BadInputException">A section has not the form that it should have.</exception>
    IReadOnlyList<LossEnd> EndsOf(RunLog log);

    /// <summary>What names the things in the sections of its logs.</summary>
    RecordKeys RecordKeys { get; }

    /// <summary>The names of methods and series in the log of a run with these options; null where they are known only after it.</summary>
    LogNames? NamesOf(object options);

    /// <summary>
    /// Names of the files and folders that a run of it keeps in its folder beside log, table, manifest and figures; a * stands for any number of
    /// characters. They go with the run.
    /// </summary>
    IReadOnlyList<string> Companions { get; }
}

/// <summary>What a run is given besides its options.</summary>
/// <param name="Progress">Where it tells how far it is.</param>
/// <param name="Cancellation">Asks it to stop between two steps.</param>
public sealed record RunContext(IProgressReporter Progress, CancellationToken Cancellation)
{
    /// <summary>No display, never cancelled.</summary>
    public static RunContext Silent { get; } = new(SilentProgress.Instance, CancellationToken.None);

    /// <summary>What an earlier run of the same kind left unfinished, and where this one keeps what it has done.</summary>
    public KeptWork Kept { get; init; } = KeptWork.None;

    /// <summary>Where a task that begins now is shown: nowhere once the run was asked to stop, since nothing is told of what is not begun.</summary>
    internal IProgressReporter ProgressOfNext => Cancellation.IsCancellationRequested ? SilentProgress.Instance : Progress;
}

/// <summary>A log and how the run ended.</summary>
/// <param name="Log">What was recorded.</param>
/// <param name="Status">Diverged if a trajectory left the numbers or the losses of all did (<see cref="Divergence"/>); interrupted if any was.</param>
/// <param name="Detail">Sentences where the run did not finish, else null.</param>
public sealed record RunResult(RunLog Log, RunStatus Status, string? Detail)
{
    /// <summary>The methods that diverged, by their names in the log, whatever became of the run.</summary>
    public IReadOnlyList<string> DivergedMethods { get; init; } = [];
}

/// <summary>A table and the sentences that its numbers support.</summary>
/// <param name="Keys">
/// The columns that say what a row is of, such as a method or a dimension. They follow from the options alone; every other column is measured.
/// </param>
/// <param name="Rows">One object a row; every row has the same columns, whose names are the headings.</param>
/// <param name="Sentences">What the numbers say.</param>
public sealed record RunSummary(IReadOnlyList<string> Keys, IReadOnlyList<JsonObject> Rows, IReadOnlyList<string> Sentences)
{
    /// <summary>The columns that judge what was measured, such as whether a statement holds: they rest on all of the run.</summary>
    public IReadOnlyList<string> Verdicts { get; init; } = [];

    /// <summary>
    /// The numbers that are of something that diverged, and no results, by the place of the row and the column; null where the table does not tell them
    /// apart, so that a run that diverged has none but such.
    /// </summary>
    public IReadOnlyCollection<(int Row, string Column)>? Diverged { get; init; }

    /// <summary>The same of a run that was stopped before its end: the numbers that there are, and nothing that is concluded from them.</summary>
    public RunSummary WithoutConclusions() => new(
        Keys,
        [.. Rows.Select(row => new JsonObject(row.Where(cell => !Verdicts.Contains(cell.Key)).Select(cell => KeyValuePair.Create(cell.Key, cell.Value?.DeepClone()))))],
        []);
}

/// <summary>An experiment with its options record.</summary>
/// <typeparam name="TOptions">The record; its parameterless constructor gives the defaults.</typeparam>
public abstract class Experiment<TOptions> : IExperiment
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public virtual bool IsOffered => true;

    /// <inheritdoc/>
    public virtual RecordKeys RecordKeys => RecordKeys.None;

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Companions => [];

    /// <inheritdoc/>
    public virtual IReadOnlyList<LossEnd> EndsOf(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Divergence.Of(log.Methods);
    }

    /// <inheritdoc/>
    public Type OptionsType => typeof(TOptions);

    /// <inheritdoc/>
    public RunSummary Summarise(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var summary = Conclude(log);
        return log.Interrupted is null ? summary : summary.WithoutConclusions();
    }

    /// <summary>What the numbers of the log of a whole run say, from the log alone.</summary>
    protected abstract RunSummary Conclude(RunLog log);

    /// <summary>Name of a run with these options, fit for a folder.</summary>
    public abstract string RunId(TOptions options);

    /// <summary>Runs it. The log of a run that was stopped before its end says so (<see cref="RunLog.Interrupted"/>).</summary>
    public RunResult Run(TOptions options, RunContext context)
    {
        var result = Compute(options, context);
        if (result.Status == RunStatus.Interrupted)
            result.Log.NoteInterrupted(result.Detail);
        return result;
    }

    /// <summary>Runs it.</summary>
    protected abstract RunResult Compute(TOptions options, RunContext context);

    /// <summary>The options with what stands for unset values put in, as far as it is known before the run.</summary>
    public virtual TOptions Resolve(TOptions options) => options;

    /// <summary>The options as the run used them: resolved, with what followed from the data.</summary>
    public virtual TOptions Used(TOptions options, RunLog log) => Resolve(options);

    /// <summary>The names of methods and series in the log of a run with these options; null where they are known only after it.</summary>
    public virtual LogNames? NamesOf(TOptions options) => null;

    LogNames? IExperiment.NamesOf(object options) => NamesOf((TOptions)options);

    object IExperiment.Resolve(object options) => Resolve((TOptions)options);

    object IExperiment.Used(object options, RunLog log) => Used((TOptions)options, log);

    string IExperiment.RunId(object options) => RunId((TOptions)options);

    RunResult IExperiment.Run(object options, RunContext context) => Run((TOptions)options, context);
}
