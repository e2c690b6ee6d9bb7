using System.Numerics;
using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>
/// A NanoGPT run in a run folder: checkpoints in <c>checkpoints/</c>, and when it ends <c>log.json</c>, <c>tracker.json</c> and the manifest.
/// The same command goes on from the newest checkpoint.
/// </summary>
public sealed class NanoGptRun
{
    /// <summary>Name in manifests, and of the method in the log.</summary>
    public const string Name = "nanogpt";

    /// <summary>Names within the run folder.</summary>
    public const string TrackerName = "tracker.json", CheckpointsName = RunFolder.CheckpointsName;

    private const string IdentityName = "run.json";

    private const string DataKey = "data", InitKey = "init_from", RepeatKey = "repeat";

    private readonly NanoGptOptions _options;
    private readonly IGptTrainer _trainer;
    private readonly RunFolder? _folder;

    /// <summary>Prepares a run: makes or loads its parameters.</summary>
    /// <param name="options">Model and run.</param>
    /// <param name="directory">The run folder.</param>
    /// <param name="data">What to train and validate on.</param>
    /// <param name="fresh">Whether checkpoints of the same run are deleted instead of gone on from.</param>
    /// <exception cref="BadInputException">The options contradict one another, or the folder cannot be written.</exception>
    public NanoGptRun(NanoGptOptions options, string directory, NanoGptData data, bool fresh = false)
        : this(options, directory, data, new NanoGptBeginning(Fresh: fresh))
    {
    }

    /// <summary>
    /// The same, beginning as <paramref name="beginning"/> says, on one rank or several. The first rank alone reads and writes the folder.
    /// </summary>
    /// <param name="options">Model and run.</param>
    /// <param name="directory">The run folder.</param>
    /// <param name="data">What to train and validate on; on all ranks the same.</param>
    /// <param name="beginning">How the run begins.</param>
    /// <param name="collective">The ranks that train together; null for this process alone.</param>
    /// <exception cref="BadInputException">
    /// The options contradict one another, the folder cannot be written, it does not hold the checkpoints that it should, the ranks cannot share a
    /// step's sequences, or the run needs more data than there are.
    /// </exception>
    public NanoGptRun(NanoGptOptions options, string directory, NanoGptData data, NanoGptBeginning beginning, ICollective? collective = null)
    {
        collective ??= SingleProcess.Instance;
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(beginning);
        beginning.Require();
        options = options.FittedTo(data);
        NanoGptPasses.Of(options, data).Require();
        _options = options = options.Resolved();
        Data = data;
        Options = Setting.ToJson(options);
        Options[DataKey] = data.Description;
        NanoGptTrainedOn.Note(Options, data);
        RequireAlike(collective, options.SequencesPerStep, Options.ToJsonString());
        var found = collective.Agree(() => collective.Rank == 0 ? Find(directory, beginning) : null);
        _folder = found?.Folder;
        bool goesOn = collective.Any(collective.Agree(() => found?.GoesOn(beginning, directory) ?? false));
        (_trainer, Engine, var initialise) = options.Precision == GptEngines.F64
            ? Trainer<double>(options, found?.Checkpoints, collective) : Trainer<float>(options, found?.Checkpoints, collective);
        var passedOver = goesOn ? _trainer.Resume() : [];
        if (_trainer.Steps == 0)
        {
            collective.Agree(() => Begin(beginning, initialise, collective.Rank == 0 ? passedOver : null));
            _trainer.ShareParameters();
            if (passedOver.Count > 0 && !_trainer.HasResumed)
                passedOver = [.. passedOver, "No whole checkpoint is left: the run begins again from its first step."];
        }
        Remarks = goesOn || found is null ? passedOver : found.Replace(beginning);
    }

    /// <summary>What is trained on.</summary>
    public NanoGptData Data { get; }

    /// <summary>The run folder.</summary>
    /// <exception cref="InvalidOperationException">On another rank than the first, which has none.</exception>
    public RunFolder Folder => _folder ?? throw new InvalidOperationException("The first rank alone has a run folder.");

    /// <summary>Ranks that train together.</summary>
    public int Ranks => _trainer.Collective.Size;

    /// <summary>What computes loss and gradient, in a phrase.</summary>
    public string Engine { get; }

    /// <summary>Every option with its value, and the data.</summary>
    public JsonObject Options { get; }

    /// <summary>Where the time went since this process began.</summary>
    public GptTimes Times => _trainer.Times;

    /// <summary>What updates what.</summary>
    public IReadOnlyList<RoutedParameter> Routing => _trainer.Routing;

    /// <summary>Sentences on what was found in the folder.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Trains, and on the first rank writes what came of it.</summary>
    public GptTrainingOutcome Train(IProgressReporter progress, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(clock);
        if (_folder is null)
            return _trainer.Run(SilentProgress.Instance, cancellation);
        var started = clock.GetLocalNow();
        long begin = clock.GetTimestamp();
        var task = progress.Begin($"{Name} {_options.Preset}", _options.Plan().Steps);
        using var events = new TrainingEvents(task, EventSource(), Folder.DirectoryPath, clock);
        var outcome = _trainer.Run(events, cancellation);
        AtomicFile.Write(Path.Combine(Folder.DirectoryPath, TrackerName), _trainer.Tracker.ToJson().ToJsonString());
        var log = Log();
        if (outcome.Status == RunStatus.Interrupted)
            log.NoteInterrupted(outcome.Detail);
        Folder.Write(log, new Manifest(Name, Options, outcome.Status, outcome.Detail, started, clock.GetElapsedTime(begin))
        {
            Diverged = outcome.Status == RunStatus.Diverged || Divergence.Of(log.Methods).Any(end => end.IsDiverged) ? [.. log.Methods.Keys] : [],
        });
        return outcome;
    }

    /// <summary>What the run in <paramref name="folder"/> was trained on; null where that is no folder of a run.</summary>
    /// <exception cref="BadInputException">It is one, and what it says of itself cannot be read.</exception>
    public static NanoGptTrainedOn? TrainedOn(string folder)
    {
        string identity = Path.Combine(folder, CheckpointsName, IdentityName);
        return File.Exists(identity) ? NanoGptTrainedOn.Of(LenientJson.ReadObject(identity, "the identity of a run")["options"]) : null;
    }

    /// <summary>Whether there is a checkpoint to go back to.</summary>
    public bool HasCheckpoint => new GptCheckpoints(Path.Combine(Folder.DirectoryPath, CheckpointsName)).Folders.Count > 0;

    /// <summary>Throws unless every rank gets as many of a step's sequences.</summary>
    /// <exception cref="BadInputException">The number of ranks does not divide them.</exception>
    public static void RequireShares(ICollective collective, int sequences)
    {
        ArgumentNullException.ThrowIfNull(collective);
        collective.Agree(() =>
        {
            if (sequences % collective.Size != 0)
                throw new BadInputException(
                    $"{Counted.Of(sequences, "sequence")} of a step cannot be shared by {Counted.Of(collective.Size, "rank")}: the number of ranks must divide --sequences.");
        });
    }

    private static void RequireAlike(ICollective collective, int sequences, string settings)
    {
        RequireShares(collective, sequences);
        string first = collective.TextFrom(() => settings);
        collective.Agree(() =>
        {
            if (settings != first)
                throw new BadInputException("The settings or the data differ from those of rank 0; all ranks must be started alike, on the same data.");
        });
    }

    /// <summary>What trains parameters of a type, the engine in a phrase, and what gives the parameters their first values.</summary>
    private (IGptTrainer Trainer, string Engine, Action<NanoGptBeginning> Initialise) Trainer<T>(NanoGptOptions options, GptCheckpoints? checkpoints, ICollective collective)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var engine = collective.Agree(() => GptEngines.Of<T>(options));
        var parameters = new GptParameters<T>(Data.Fit(options.Shape()));
        var trainer = new GptTrainer<T>(options.Plan(), parameters, engine, options.Routing(), Data.Source, Data.Validation, checkpoints, collective) { Tokenizer = Data.Tokenizer };
        return (trainer, engine.Description, beginning => beginning.Initialise(parameters, options.Seed));
    }

    private KeptRun Find(string directory, NanoGptBeginning beginning)
    {
        if (beginning.InitDescription() is { } weights)
            Options[InitKey] = weights;
        RequireOwn(directory, beginning);
        var held = RunHolding.Of(directory, new RunIdentity(Name, Options), Companions);
        var folder = RunFolder.Prepare(directory);
        string kept = Path.Combine(directory, CheckpointsName);
        return KeptRun.In(folder, held, new GptCheckpoints(kept), Path.Combine(kept, IdentityName), new RunIdentity(Name, Deciding(Options)));
    }

    /// <summary>Throws where the folder holds another experiment's run or files of nobody's.</summary>
    /// <param name="directory">The folder, which need not exist.</param>
    /// <param name="isFresh">Whether the user said that a run in it may be deleted.</param>
    /// <exception cref="BadInputException">It does.</exception>
    public static void RequireFolder(string directory, bool isFresh)
    {
        var holding = RunHolding.Of(directory, new RunIdentity(Name, []), Companions);
        if (holding.Experiment != Name)
            holding.Require(isFresh);
    }

    /// <summary>Throws where the folder holds a finished run of other settings; those of checkpoints, where there are any, decide.</summary>
    private void RequireOwn(string directory, NanoGptBeginning beginning)
    {
        string kept = Path.Combine(directory, CheckpointsName);
        if (beginning.KeepOthers && !(Directory.Exists(kept) && Directory.EnumerateFileSystemEntries(kept).Any()))
            RunHolding.Of(directory, new RunIdentity(Name, Options), Companions).Require(beginning.Fresh);
    }

    /// <summary>What a run of this kind keeps beside log and figures.</summary>
    internal static IReadOnlyList<string> Companions { get; } =
        [$"{CheckpointsName}/{IdentityName}", .. GptCheckpoints.Patterns.Select(pattern => $"{CheckpointsName}/{pattern}"), TrackerName, EventFile.Prefix + "*"];

    /// <summary>
    /// The options that decide what has been computed. Whether the data are read again is not among them: a run whose data ran out may go on with them.
    /// </summary>
    private static JsonObject Deciding(JsonObject options)
    {
        var deciding = (JsonObject)options.DeepClone();
        deciding.Remove(RepeatKey);
        return deciding;
    }

    /// <summary>Weights of a run at its start, on the first rank, where <paramref name="passedOver"/> is not null.</summary>
    private void Begin(NanoGptBeginning beginning, Action<NanoGptBeginning> initialise, IReadOnlyList<string>? passedOver)
    {
        if (passedOver is null)
            return;
        if (beginning.Resume)
            throw new BadInputException(
                string.Join(' ', passedOver.Append($"{Path.Combine(Folder.DirectoryPath, CheckpointsName)} has no whole checkpoint to go on from.")));
        initialise(beginning);
    }

    /// <summary>What becomes TensorBoard events.</summary>
    private TrainingEvents.Source EventSource() => new(_trainer.Log, _trainer.Tracker, Routing, _options.TokensPerStep(), _trainer.Steps);

    /// <summary>The log so far.</summary>
    public RunLog Log() => NanoGptLog.Of(_options, Options, Data, _trainer);

    /// <summary>What the folder of checkpoints holds, in view of the run that is asked for.</summary>
    private sealed record KeptRun(RunFolder Folder, GptCheckpoints Checkpoints, string IdentityPath, RunIdentity Identity, bool IsSame, bool IsOtherVersion)
    {
        public static KeptRun In(RunFolder folder, RunHolding held, GptCheckpoints checkpoints, string identityPath, RunIdentity identity)
        {
            var written = File.Exists(identityPath) ? LenientJson.ReadObject(identityPath, "the identity of a run") : null;
            bool sameOptions = written?["options"]?.ToJsonString() == identity.Options.ToJsonString();
            bool same = written is not null && identity.IsWritten(written);
            return new KeptRun(folder, checkpoints, identityPath, identity, same, sameOptions && !same) { Held = held };
        }

        /// <summary>The run that the folder holds, finished or not.</summary>
        public required RunHolding Held { get; init; }

        private bool Any => Checkpoints.Folders.Count > 0;

        /// <summary>Whether the run goes on from what is there.</summary>
        /// <exception cref="BadInputException">It should, and cannot; or it cannot, and what is there must not be lost.</exception>
        public bool GoesOn(NanoGptBeginning beginning, string directory)
        {
            if (beginning.Fresh)
                return false;
            if (beginning.Resume && !Any)
                throw Nothing(directory);
            if (IsSame || (IsOtherVersion && beginning.Resume))
                return true;
            if (Any && (beginning.Resume || beginning.KeepOthers))
                throw IsOtherVersion ? OfOtherVersion(directory) : OfOtherSettings(directory);
            return false;
        }

        /// <summary>Makes the folder this run's own, without a checkpoint; a fresh one takes the place of whatever run it holds.</summary>
        /// <returns>Sentences on what was deleted.</returns>
        public IReadOnlyList<string> Replace(NanoGptBeginning beginning)
        {
            bool deletesAll = beginning.Fresh && Held.Run is not (HeldRun.Nothing or HeldRun.Foreign);
            string[] remarks =
                deletesAll ? [$"--fresh deletes what {Folder.DirectoryPath} holds: {RunRemoval.Words(Folder, Held)}"]
                : Any ? ["The checkpoints in the folder were of other settings or another version; they are deleted."]
                : [];
            if (deletesAll)
                RunRemoval.Remove(Folder, Held);
            Directory.CreateDirectory(Path.GetDirectoryName(IdentityPath)!);
            Checkpoints.Clear();
            AtomicFile.Write(IdentityPath, Identity.ToJson().ToJsonString());
            return remarks;
        }

        private static BadInputException Nothing(string directory) =>
            new($"There is no checkpoint in {directory} to go on from; without --resume the run begins.");

        private static BadInputException OfOtherVersion(string directory) =>
            new($"The checkpoints in {directory} are of another version of this program: --resume continues from them nevertheless, "
                + "--fresh deletes them and begins again.");

        private BadInputException OfOtherSettings(string directory) =>
            new($"The checkpoints in {directory} are of a run with other settings{Difference()}: give those, name another --output, "
                + "or begin again with --fresh, which deletes them.");

        /// <summary>The first setting that differs, as a clause; nothing where it is not known.</summary>
        private string Difference()
        {
            if (!File.Exists(IdentityPath) || LenientJson.ReadObject(IdentityPath, "the identity of a run")["options"] is not JsonObject theirs)
                return "";
            return Identity.DifferenceFrom(theirs) is { } difference ? $" ({difference})" : "";
        }
    }
}
