using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Index">Its place in the sweep, from 0.</param>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Options">The options record.</param>
/// <param name="Identity">What decides its numbers.</param>
/// <param name="Key">Name of its folder: the experiment and a mark made of all options.</param>
public sealed record SweepTask(int Index, SweepPart Part, IExperiment Experiment, object Options, RunIdentity Identity, string Key)
{
    /// <summary>What tells it from the other tasks of its part, in words.</summary>
    public string Label =>
        $"{Part.Name}: {string.Join(' ', Part.Varying.Select(option => $"{option}={AxisText.Of(Identity.Options[option])}"))}";
}

/// <summary>Turns a sweep into its tasks.</summary>
public static class SweepExpansion
{
    /// <summary>Most tasks of a sweep; beyond this a grid is a mistake.</summary>
    public const int MostTasks = 1_000_000;

    /// <summary>Characters of the mark made of a task's options: 64 bits.</summary>
    private const int KeyLength = 16;

    /// <summary>
    /// The tasks in the order of the file: parts, then entries of the list, then the grid with its last option running fastest. Combinations
    /// that are the same run by all their options are one task of the part that comes first.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="BadInputException">
    /// An experiment or option is unknown, a value is not one of its option, the analysis names what there will not be, or there are too many tasks.
    /// </exception>
    public static IReadOnlyList<SweepTask> Expand(SweepDefinition sweep, string file)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        double count = sweep.Parts.Sum(part => part.List.Count * part.Grid.Aggregate(1.0, (product, axis) => product * axis.Value.Count));
        if (count > MostTasks)
            throw new BadInputException($"{file} asks for {count:0} tasks; at most {MostTasks} make a sweep.");
        var tasks = new List<SweepTask>();
        var keys = new HashSet<(string Part, string Key)>();
        foreach (var part in sweep.Parts)
        {
            var experiment = NamedExperiment(part, file);
            var settings = Setting.Of(experiment.OptionsType).ToDictionary(setting => setting.Name);
            CheckPlan(part, settings, file);
            int first = tasks.Count;
            foreach (var combination in Combinations(part))
            {
                var task = Task(tasks.Count, part, experiment, settings, combination, file);
                if (keys.Add((part.Name, task.Key)))
                    tasks.Add(task);
            }
            PlanNames.Require(part, [.. tasks.Skip(first)], file);
        }
        return tasks;
    }

    /// <summary>The name of the folder of a run: the experiment and a mark made of all its options.</summary>
    public static string KeyOf(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Experiment}\n{identity.Options.ToJsonString()}"));
        return $"{identity.Experiment}-{Convert.ToHexStringLower(hash)[..KeyLength]}";
    }

    private static IExperiment NamedExperiment(SweepPart part, string file)
    {
        try
        {
            return ExperimentCatalog.Named(part.Experiment);
        }
        catch (BadInputException e)
        {
            throw new BadInputException($"{file}: {e.Message}", e);
        }
    }

    private static void CheckPlan(SweepPart part, Dictionary<string, Setting> settings, string file)
    {
        var plan = part.Analysis;
        foreach (string? option in plan.Baseline.Keys.Where(axis => axis != AnalysisPlan.MethodAxis).Append(plan.Tune))
            if (option is not null && !part.Varying.Contains(option))
                throw new BadInputException(
                    $"{file}: the part '{part.Name}' names '{option}' in 'tune' or 'baseline', but varies only {string.Join(", ", part.Varying)}.{Spelling.Hint(option, part.Varying)}");
        if (plan.Replicate != new AnalysisPlan().Replicate && !settings.ContainsKey(plan.Replicate))
            throw new BadInputException($"{file}: the experiment {part.Experiment} has no option '{plan.Replicate}' to take repetitions from.{Spelling.Hint(plan.Replicate, settings.Keys)}");
    }

    private static IEnumerable<JsonObject> Combinations(SweepPart part)
    {
        foreach (var entry in part.List)
        {
            IEnumerable<JsonObject> combinations = [Joined(part.Options, entry)];
            foreach (var (option, values) in part.Grid)
                combinations = combinations.SelectMany(_ => values, (some, value) => Joined(some, new JsonObject { [option] = value.DeepClone() }));
            foreach (var combination in combinations)
                yield return combination;
        }
    }

    private static JsonObject Joined(JsonObject some, JsonObject more)
    {
        var joined = (JsonObject)some.DeepClone();
        foreach (var (name, value) in more)
            joined[name] = value?.DeepClone();
        return joined;
    }

    private static SweepTask Task(
        int index, SweepPart part, IExperiment experiment, Dictionary<string, Setting> settings, JsonObject combination, string file)
    {
        var given = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, value) in combination)
        {
            var place = new JsonPlace(file, $"{part.Name}: the option '{name}'", value);
            if (!settings.TryGetValue(name, out var setting))
                throw new BadInputException(
                    $"{file}: the part '{part.Name}' gives the unknown option '{name}'; {experiment.Name} has {string.Join(", ", settings.Keys)}.{Spelling.Hint(name, settings.Keys)}");
            given.Add(name, OptionValue.Texts(setting, place));
        }
        try
        {
            object options = Setting.Resolve(experiment.OptionsType, given);
            var identity = new RunIdentity(experiment.Name, Setting.ToJson(options));
            return new SweepTask(index, part, experiment, options, identity, KeyOf(identity));
        }
        catch (BadInputException e)
        {
            throw new BadInputException($"{file}: {part.Name}: {e.Message}", e);
        }
    }
}
