using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
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

    private readonly NanoGptOptions _options;
    private readonly GptTrainer<float> _trainer;

    /// <summary>Prepares a run: makes or loads its parameters.</summary>
    /// <param name="options">Model and run.</param>
    /// <param name="directory">The run folder.</param>
    /// <param name="data">What to train and validate on.</param>
    /// <param name="fresh">Whether checkpoints of the same run are deleted instead of gone on from.</param>
    /// <exception cref="BadInputException">The options contradict one another, or the folder cannot be written.</exception>
    public NanoGptRun(NanoGptOptions options, string directory, NanoGptData data, bool fresh = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        _options = options;
        Data = data;
        Folder = RunFolder.Prepare(directory);
        var parameters = new GptParameters<float>(data.Fit(options.Shape()));
        string kept = Path.Combine(directory, CheckpointsName);
        var checkpoints = new GptCheckpoints(kept);
        _trainer = new GptTrainer<float>(options.Plan(), parameters, options.Routing(), data.Source, data.Validation, checkpoints);
        parameters.Initialise(new TorchRandom((ulong)options.Seed));
        Options = Setting.ToJson(options);
        Options["data"] = data.Description;
        Remarks = GoOn(checkpoints, Path.Combine(kept, IdentityName), fresh);
    }

    /// <summary>What is trained on.</summary>
    public NanoGptData Data { get; }

    /// <summary>The run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Every option with its value, and the data.</summary>
    public JsonObject Options { get; }

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

    /// <summary>Resumes where the checkpoints are of this very run; deletes them else.</summary>
    private IReadOnlyList<string> GoOn(GptCheckpoints checkpoints, string identityPath, bool fresh)
    {
        var identity = new RunIdentity(Name, Options);
        if (!fresh && File.Exists(identityPath) && identity.IsWritten(LenientJson.ReadObject(identityPath, "the identity of a run")))
            return _trainer.Resume();
        bool others = checkpoints.Folders.Count > 0;
        checkpoints.Clear();
        AtomicFile.Write(identityPath, identity.ToJson().ToJsonString());
        return others && !fresh ? ["The checkpoints in the folder were of other settings or another version; they are deleted."] : [];
    }
}
