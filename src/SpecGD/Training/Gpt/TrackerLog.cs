using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// What the tracker recorded, nested as in the authors' file: sections within sections, and in the innermost <c>{key: {steps, values}}</c>,
/// where a key may have dots. A value that does not exist is left out.
/// </summary>
public sealed class TrackerLog : IStateful
{
    /// <summary>The section of nr of a weight's gradient over st of what enters the weight.</summary>
    public const string RatiosName = "nr_over_st";

    /// <summary>Its name in files and checkpoints of earlier versions.</summary>
    internal const string EarlierRatiosName = "verdict";

    private readonly OrderedDictionary<string, OrderedDictionary<string, Series>> _sections = [];

    /// <summary>A log of measures taken every so many steps.</summary>
    public TrackerLog(int interval) => Interval = interval;

    /// <summary>Steps between two measures.</summary>
    public int Interval { get; }

    /// <summary>Names of the sections, levels joined by dots.</summary>
    public IEnumerable<string> Sections => _sections.Keys;

    /// <summary>The series of a section by their keys; empty where there is no such section.</summary>
    public IReadOnlyDictionary<string, Series> this[string section] => _sections.TryGetValue(section, out var series) ? series : [];

    /// <summary>Appends a value, unless it does not exist or is not finite.</summary>
    /// <param name="section">The section, levels joined by dots: <c>gradient.mlp</c>.</param>
    /// <param name="key">The series within it; empty where the section is one series itself.</param>
    /// <param name="step">The step.</param>
    /// <param name="value">The value.</param>
    public void Record(string section, string key, int step, double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
            return;
        if (!_sections.TryGetValue(section, out var series))
            _sections.Add(section, series = []);
        if (!series.TryGetValue(key, out var one))
            series.Add(key, one = new Series());
        one.Add(step, number);
    }

    /// <summary>The authors' file.</summary>
    public JsonObject ToJson()
    {
        var root = new JsonObject { ["interval"] = Interval };
        foreach (var (section, series) in _sections)
        {
            var levels = section.Split('.');
            var parent = root;
            foreach (string level in levels.SkipLast(1))
                parent = (JsonObject)(parent[level] ??= new JsonObject());
            parent[levels[^1]] = series.Count == 1 && series.TryGetValue("", out var itself)
                ? RunLogFile.ToJson(itself)
                : new JsonObject(series.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)RunLogFile.ToJson(s.Value))));
        }
        return root;
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonObject(_sections.Select(section => KeyValuePair.Create(
        section.Key, (JsonNode?)new JsonObject(section.Value.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)RunLogFile.ToJson(s.Value)))))));

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        _sections.Clear();
        foreach (var (section, series) in state as JsonObject ?? throw new FormatException("A saved tracker is not an object."))
        {
            var restored = new MethodLog();
            SeriesState.Restore(restored, series!);
            _sections.Add(section == EarlierRatiosName ? RatiosName : section, restored.Series);
        }
    }
}
