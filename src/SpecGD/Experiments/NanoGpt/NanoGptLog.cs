using System.Text.Json.Nodes;
using SpecGD.Models.Gpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What the log of a NanoGPT run holds beside its losses, and how runs are set beside one another.</summary>
public static class NanoGptLog
{
    /// <summary>Series of the losses.</summary>
    public const string TrainingLoss = "train_loss", ValidationLoss = "val_loss";

    /// <summary>Numbers of the dataset: training tokens of a step, width of the residual stream, loss of a model of frequencies alone.</summary>
    public const string TokensPerStep = "tokens_per_step", Width = "width", UnigramEntropy = "unigram_entropy";

    /// <summary>Properties of a method: what updates the matrices within the blocks, and the nonlinearity of the MLP.</summary>
    public const string Optimizer = "optimizer", Mlp = "mlp";

    /// <summary>The log of a run under the name <see cref="NanoGptRun.Name"/>, with the tracker's record as a section.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="resolved">The same as they are noted, with the data.</param>
    /// <param name="data">What was trained on.</param>
    /// <param name="trainer">The run.</param>
    public static RunLog Of(NanoGptOptions options, JsonObject resolved, NanoGptData data, IGptTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(resolved);
        ArgumentNullException.ThrowIfNull(trainer);
        var config = new JsonObject { ["experiment"] = NanoGptRun.Name };
        foreach (var (key, value) in resolved)
            config[key] = value?.DeepClone();
        var log = new RunLog($"{NanoGptRun.Name}-{options.Preset}-{options.Optimizer}-{options.Mlp}-{options.Seed}")
        {
            Config = config,
            Dataset = DatasetOf(options, data, trainer.Shape),
        };
        log.Sections["routing"] = new JsonArray([.. RoutingView.Rows(trainer.Routing)]);
        log.Sections[TrackerView.SectionName] = trainer.Tracker.ToJson();
        log.Methods.Add(NanoGptRun.Name, MethodOf(options, trainer));
        return log;
    }

    /// <summary>The numbers that figures and claims need beside the series.</summary>
    public static JsonObject DatasetOf(NanoGptOptions options, NanoGptData data, GptShape shape)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        return new JsonObject
        {
            [TokensPerStep] = options.TokensPerStep(),
            [Width] = shape.Width,
            ["layers"] = shape.Layers,
            ["vocabulary"] = shape.Vocabulary,
            [UnigramEntropy] = data.UnigramEntropy,
        };
    }

    /// <summary>The losses with what tells the run from others.</summary>
    public static MethodLog MethodOf(NanoGptOptions options, IGptTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(trainer);
        var method = new MethodLog
        {
            Properties = new JsonObject { [Optimizer] = options.Optimizer, [Mlp] = options.Mlp, [TokensPerStep] = options.TokensPerStep() },
        };
        foreach (var (name, series) in trainer.Log.Series)
            method.Series.Add(name, series);
        return method;
    }

    /// <summary>
    /// Reads a run folder, whose <c>tracker.json</c> stands for the record in its log and may stand alone, a log, or the file of a tracker.
    /// </summary>
    /// <exception cref="BadInputException">There is no such file, or it is not what it should be.</exception>
    public static RunLog Read(string path)
    {
        if (!Directory.Exists(path))
            return RunLogFile.Read(path);
        string logPath = Path.Combine(path, RunFolder.LogName), trackerPath = Path.Combine(path, NanoGptRun.TrackerName);
        if (!File.Exists(trackerPath))
            return File.Exists(logPath)
                ? RunLogFile.Read(logPath)
                : throw new BadInputException(
                    $"{path} holds neither {RunFolder.LogName} nor {NanoGptRun.TrackerName}: it is no folder of a NanoGPT run that has ended.");
        var log = File.Exists(logPath) ? RunLogFile.Read(logPath) : new RunLog(NameOf(path));
        log.Sections[TrackerView.SectionName] = LenientJson.ReadObject(trackerPath, "a tracker's record");
        return log;
    }

    /// <summary>Name of a folder or file, whatever way leads to it.</summary>
    public static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    /// <summary>
    /// Several runs in one log, to be compared by their losses: each under the name of its optimizer, MLP and, where two share these, its folder.
    /// </summary>
    /// <param name="runs">The runs with the names of their folders.</param>
    public static RunLog Compare(IReadOnlyList<(string Folder, RunLog Log)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var together = new RunLog(string.Join('-', runs.Select(run => run.Folder)))
        {
            Config = new JsonObject { ["experiment"] = NanoGptAblation.ExperimentName },
        };
        foreach (var (folder, log) in runs)
        {
            if (log.Methods.Values.FirstOrDefault(m => m.Find(TrainingLoss) is not null || m.Find(ValidationLoss) is not null) is not { } method)
                throw new BadInputException($"{folder} holds no losses of a NanoGPT run; 'specgd nanogpt train' writes them into its log.json.");
            together.Methods.Add(NameFor(folder, log, method, together), Described(log, method));
            if (log.Interrupted is { } where)
                together.NoteInterrupted(where);
        }
        return together;
    }

    private static string NameFor(string folder, RunLog log, MethodLog method, RunLog together)
    {
        string name = $"{Text(log, method, Optimizer) ?? folder} {Text(log, method, Mlp)}".TrimEnd();
        for (int copy = 1; together.Methods.ContainsKey(name); copy++)
            name = copy == 1 ? $"{name} ({folder})" : $"{name} {copy}";
        return name;
    }

    private static MethodLog Described(RunLog log, MethodLog method)
    {
        var described = new MethodLog
        {
            Properties = new JsonObject
            {
                [Optimizer] = Text(log, method, Optimizer),
                [Mlp] = Text(log, method, Mlp),
                [TokensPerStep] = log.DatasetNumber(TokensPerStep),
            },
        };
        foreach (var (name, series) in method.Series)
            described.Series.Add(name, series);
        return described;
    }

    /// <summary>A word of the method's own, or of the run's settings.</summary>
    private static string? Text(RunLog log, MethodLog method, string name) =>
        method.Properties[name] is JsonValue value && value.TryGetValue(out string? text) ? text : log.ConfigText(name);
}
