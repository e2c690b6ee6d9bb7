using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Sweeps.Analysis;

/// <summary>One number of a log.</summary>
/// <param name="Keys">What it is of, by the names of the experiment's keys; of a series of a method that method.</param>
/// <param name="Series">What was measured: the names that lead to it, with dots between.</param>
/// <param name="Step">The training step; null where there is none.</param>
/// <param name="Index">Its place in a list, from 0, such as that of a singular value; null where it is in none.</param>
/// <param name="Value">The number; NaN where the log has none.</param>
public sealed record RecordedValue(IReadOnlyDictionary<string, string> Keys, string Series, int? Step, int? Index, double Value)
{
    /// <summary>The key of the series of methods.</summary>
    public const string Method = AnalysisPlan.MethodAxis;

    private const string StepKey = "step", Rows = "rows";

    /// <summary>The names of an experiment's keys, in the order of columns.</summary>
    public static IReadOnlyList<string> KeysOf(IExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return experiment.RecordKeys.Names is { Count: > 0 } names ? [.. names.Where(name => name != StepKey)] : [Method];
    }

    /// <summary>Every number that a log has of its methods, or, of an experiment without methods, in its sections.</summary>
    /// <exception cref="BadInputException">A series in a section is damaged.</exception>
    public static IEnumerable<RecordedValue> All(IExperiment experiment, RunLog log)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(log);
        return log.Methods.Count > 0
            ? log.Methods.SelectMany(method => method.Value.Series.SelectMany(series => OfSeries(new() { [Method] = method.Key }, series.Key, series.Value)))
            : Within(log.Sections, new Place(experiment.RecordKeys, [], [], ""));
    }

    private static IEnumerable<RecordedValue> OfSeries(Dictionary<string, string> keys, string name, Series series) =>
        series.Steps.Select((step, i) => new RecordedValue(keys, name, step, null, series.Values[i]));

    private static IEnumerable<RecordedValue> Within(JsonNode? node, Place place) => node switch
    {
        JsonObject { Count: 2 } series when series.ContainsKey("steps") && series.ContainsKey("values") =>
            OfSeries(place.Keys, place.Name, RunLogFile.FromJson(series, $"The log's '{place.Name}'")),
        JsonObject members => OfMembers(members, place),
        JsonArray { Count: > 0 } rows when rows[0] is JsonObject => rows.SelectMany(row => Within(row, place.OfRows())),
        JsonArray list => list.Select((item, i) => new RecordedValue(place.Keys, place.Name, place.Step, i, JsonNumber.Of(item) ?? double.NaN)),
        _ when JsonNumber.Of(node) is { } number => [new RecordedValue(place.Keys, place.Name, place.Step, null, number)],
        _ => [],
    };

    private static IEnumerable<RecordedValue> OfMembers(JsonObject members, Place place)
    {
        if (place.Last is { } last && place.Declared.Members.TryGetValue(last, out string? key))
            return members.SelectMany(member => Within(member.Value, place.Of(key, member.Key)));
        var named = members.Where(member => place.Declared.Columns.Contains(member.Key) && member.Value is JsonValue).ToArray();
        var inside = named.Aggregate(place, (at, column) => at.With(column.Key, AxisText.Of(column.Value)));
        return members.Except(named).SelectMany(member => Within(member.Value, inside.Into(member.Key)));
    }

    /// <summary>A place in the sections.</summary>
    /// <param name="Declared">What names things.</param>
    /// <param name="Keys">What is known of the place.</param>
    /// <param name="Names">The names that lead to it and are no keys.</param>
    /// <param name="Last">The last of them; empty at the top, null behind a key.</param>
    private sealed record Place(RecordKeys Declared, Dictionary<string, string> Keys, string[] Names, string? Last)
    {
        public string Name => string.Join('.', Names);

        public int? Step => Keys.TryGetValue(StepKey, out string? text) && int.TryParse(text, out int step) ? step : null;

        public Place Into(string name) => this with { Names = [.. Names, name], Last = name };

        /// <summary>Into a row of the list; the name of a list at the top, or of one that is called rows, says nothing.</summary>
        public Place OfRows() => Last == Rows || (Names.Length == 1 && Keys.Count == 0) ? this with { Names = Names[..^1] } : this;

        public Place With(string key, string value) => this with { Keys = new(Keys) { [key] = value } };

        /// <summary>Into a member of an object that has one for each value of the key; its name says nothing where it is the key's plural.</summary>
        public Place Of(string key, string value) => With(key, value) with { Names = Last == key + "s" ? Names[..^1] : Names, Last = null };
    }
}
