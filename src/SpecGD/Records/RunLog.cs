using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// Everything one run recorded: the only log type of the project. Its file (<see cref="RunLogFile"/>) has the names and the nesting of the
/// authors' logs, so that their plotting scripts read ours and ours read theirs.
/// </summary>
public sealed class RunLog
{
    /// <summary>An empty log.</summary>
    public RunLog(string runId) => RunId = runId;

    /// <summary>Name of the run.</summary>
    public string RunId { get; }

    /// <summary>The settings of the run, under the authors' names.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>What is constant over the run, such as <c>stable_rank_A</c>.</summary>
    public JsonObject Dataset { get; init; } = [];

    /// <summary>Results that are no series of a method, by their names at the top level of the file, such as <c>rows</c>.</summary>
    public JsonObject Sections { get; init; } = [];

    /// <summary>The trajectories by name, in the order in which figures and tables show them.</summary>
    public OrderedDictionary<string, MethodLog> Methods { get; } = [];

    private const string InterruptedKey = "interrupted";

    /// <summary>Where the run was stopped before its end, in a sentence; null where it was not. From such a log nothing may be concluded.</summary>
    public string? Interrupted => ConfigText(InterruptedKey);

    /// <summary>Notes that the run was stopped before its end, so that whoever reads the log, now or later, knows it.</summary>
    /// <param name="where">Where it stopped, in a sentence.</param>
    public void NoteInterrupted(string? where) => Config[InterruptedKey] = where ?? "The run was interrupted.";

    /// <summary>The objects in the list <paramref name="section"/> of <see cref="Sections"/>; none where there is no such section.</summary>
    /// <exception cref="BadInputException">It is no list of objects: logs come from files of anyone's.</exception>
    public IEnumerable<JsonObject> Rows(string section) => Sections[section] switch
    {
        null => [],
        JsonArray rows => rows.Select((row, i) => row as JsonObject
            ?? throw new BadInputException(FormattableString.Invariant($"The log's '{section}[{i}]' must be an object, not {row?.ToJsonString() ?? "null"}."))),
        var other => throw new BadInputException($"The log's '{section}' must be a list of objects, not {other.ToJsonString()}."),
    };

    /// <summary>The number <paramref name="name"/> of the dataset, or null.</summary>
    public double? DatasetNumber(string name) => JsonNumber.Of(Dataset[name]);

    /// <summary>The text <paramref name="name"/> of the configuration, or null.</summary>
    public string? ConfigText(string name) =>
        Config.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}

/// <summary>The series of one trajectory.</summary>
public sealed class MethodLog
{
    /// <summary>How the trajectory was made: <c>update_kind</c>, <c>lr</c>, <c>start_iter</c>, <c>stop_iter</c>, <c>source</c>.</summary>
    public JsonObject Metadata { get; init; } = [];

    /// <summary>What else the method's entry holds beside its series, such as <c>lr</c> and <c>spectral_layers</c>.</summary>
    public JsonObject Properties { get; init; } = [];

    /// <summary>The series by name; a dot in a name is a level of nesting in the file, so <c>grad_ratio.W1</c> is W1 within grad_ratio.</summary>
    public OrderedDictionary<string, Series> Series { get; } = [];

    /// <summary>The series <paramref name="name"/>, or null where the log has none.</summary>
    public Series? Find(string name) => Series.TryGetValue(name, out var series) ? series : null;

    /// <summary>Appends a record to the series <paramref name="name"/>, making it at the first.</summary>
    public void Record(string name, int step, double value)
    {
        if (!Series.TryGetValue(name, out var series))
            Series.Add(name, series = new Series());
        series.Add(step, value);
    }

    /// <summary>The series <paramref name="name"/> if it holds at least one record; else null.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Series? series)
    {
        series = Find(name) is { Count: > 0 } found ? found : null;
        return series is not null;
    }
}
