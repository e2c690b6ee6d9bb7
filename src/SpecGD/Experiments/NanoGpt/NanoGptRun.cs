using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
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
    public const string TrackerName = "tracker.json", CheckpointsName = "checkpoints";

    private const string IdentityName = "run.json";

    private const string DataKey = "data", InitKey = "init_from";

    private readonly NanoGptOptions _options;
    private readonly GptTrainer<float> _trainer;

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

    /// <summary>The same, beginning as <paramref name="beginning"/> says.</summary>
    /// <exception cref="BadInputException">
    /// The options contradict one another, the folder cannot be written, or it does not hold the checkpoints that it should.
    /// </exception>
    public NanoGptRun(NanoGptOptions options, string directory, NanoGptData data, NanoGptBeginning beginning)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(beginning);
        beginning.Require();
        _options = options = options.WithStepsFor(data);
        Data = data;
        Folder = RunFolder.Prepare(directory);
        Options = Setting.ToJson(options);
        Options[DataKey] = data.Description;
        if (beginning.InitDescription() is { } weights)
            Options[InitKey] = weights;
        string kept = Path.Combine(directory, CheckpointsName);
        var checkpoints = new GptCheckpoints(kept);
        var found = KeptRun.In(checkpoints, Path.Combine(kept, IdentityName), new RunIdentity(Name, Options));
        bool goesOn = found.GoesOn(beginning, directory);
        var parameters = new GptParameters<float>(data.Fit(options.Shape()));
        _trainer = new GptTrainer<float>(options.Plan(), parameters, options.Routing(), data.Source, data.Validation, checkpoints)
        {
            Tokenizer = data.Tokenizer,
        };
        var passedOver = goesOn ? _trainer.Resume() : [];
        if (beginning.Resume && _trainer.Optimizer.Steps == 0)
            throw new BadInputException($"{string.Join(' ', passedOver.Append($"{kept} has no whole checkpoint to go on from."))}");
        if (_trainer.Optimizer.Steps == 0)
            beginning.Initialise(parameters, options.Seed);
        Remarks = goesOn ? passedOver : found.Replace(beginning);
    }

    /// <summary>What is trained on.</summary>
    public NanoGptData Data { get; }

    /// <summary>The run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Every option with its value, and the data.</summary>
    public JsonObject Options { get; }

    /// <summary>Where the time went since this process began.</summary>
    public GptTimes Times => _trainer.Times;

    /// <summary>What updates what.</summary>
    public IReadOnlyList<RoutedParameter> Routing => _trainer.Optimizer.Table;

    /// <summary>Sentences on what was found in the folder.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Trains, and writes what came of it.</summary>
    public GptTrainingOutcome Train(IProgressReporter progress, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(clock);
        var started = clock.GetLocalNow();
        long begin = clock.GetTimestamp();
        var task = progress.Begin($"{Name} {_options.Preset}", _options.Plan().Steps);
        using var events = new TrainingEvents(task, EventSource(), Folder.DirectoryPath, clock);
        var outcome = _trainer.Run(events, cancellation);
        AtomicFile.Write(Path.Combine(Folder.DirectoryPath, TrackerName), _trainer.Tracker.ToJson().ToJsonString());
        Folder.Write(Log(), new Manifest(Name, Options, outcome.Status, outcome.Detail, started, clock.GetElapsedTime(begin)));
        return outcome;
    }

    /// <summary>What becomes TensorBoard events.</summary>
    private TrainingEvents.Source EventSource() => new(_trainer.Log, _trainer.Tracker, Routing, _options.TokensPerStep(), _trainer.Optimizer.Steps);

    /// <summary>The log so far.</summary>
    public RunLog Log() => NanoGptLog.Of(_options, Options, Data, _trainer);

    /// <summary>A line of the routing table.</summary>
    public static JsonObject Row(RoutedParameter line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return new JsonObject
        {
            ["tensor"] = line.Name,
            ["shape"] = string.Join('×', line.Shape),
            ["parameters"] = line.Count,
            ["optimizer"] = line.Optimizer,
            ["learning rate"] = line.LearningRate,
            ["reason"] = line.Reason,
        };
    }

    /// <summary>What the folder of checkpoints holds, in view of the run that is asked for.</summary>
    private sealed record KeptRun(GptCheckpoints Checkpoints, string IdentityPath, RunIdentity Identity, bool IsSame, bool IsOtherVersion)
    {
        public static KeptRun In(GptCheckpoints checkpoints, string identityPath, RunIdentity identity)
        {
            var written = File.Exists(identityPath) ? LenientJson.ReadObject(identityPath, "the identity of a run") : null;
            bool sameOptions = written?["options"]?.ToJsonString() == identity.Options.ToJsonString();
            bool same = written is not null && identity.IsWritten(written);
            return new KeptRun(checkpoints, identityPath, identity, same, sameOptions && !same);
        }

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

        /// <summary>Makes the folder this run's own, without a checkpoint.</summary>
        public IReadOnlyList<string> Replace(NanoGptBeginning beginning)
        {
            bool others = Any;
            Checkpoints.Clear();
            AtomicFile.Write(IdentityPath, Identity.ToJson().ToJsonString());
            return others && !beginning.Fresh ? ["The checkpoints in the folder were of other settings or another version; they are deleted."] : [];
        }

        private static BadInputException Nothing(string directory) =>
            new($"There is no checkpoint in {directory} to go on from; without --resume the run begins.");

        private static BadInputException OfOtherVersion(string directory) =>
            new($"The checkpoints in {directory} are of another version of this program: --resume goes on from them nevertheless, "
                + "--fresh deletes them and begins again.");

        private BadInputException OfOtherSettings(string directory) =>
            new($"The checkpoints in {directory} are of a run with other settings{Difference()}: give those, name another --output, "
                + "or begin again with --fresh, which deletes them.");

        /// <summary>The first setting that differs, as a clause; nothing where it is not known.</summary>
        private string Difference()
        {
            if (!File.Exists(IdentityPath) || LenientJson.ReadObject(IdentityPath, "the identity of a run")["options"] is not JsonObject theirs)
                return "";
            foreach (string name in theirs.Select(o => o.Key).Union(Identity.Options.Select(o => o.Key)))
                if (theirs[name]?.ToJsonString() != Identity.Options[name]?.ToJsonString())
                    return $" ({name} {Show(theirs[name])} there, {Show(Identity.Options[name])} here)";
            return "";
        }

        private static string Show(JsonNode? value) => value?.ToString() ?? "not set";
    }
}
