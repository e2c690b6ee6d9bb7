using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// Reads and writes a <see cref="RunLog"/> as JSON:
/// <c>{run_id, config, dataset, methods: {name: {series…}}}</c>, a series being <c>{steps, values}</c>.
/// </summary>
public static class RunLogFile
{
    private static readonly string[] OwnNames = ["run_id", "config", "dataset", "methods"];

    /// <summary>A series as JSON: <c>{steps, values}</c>, values that are not finite as null.</summary>
    public static JsonObject ToJson(Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new JsonObject
        {
            ["steps"] = new JsonArray([.. series.Steps.Select(step => (JsonNode)step)]),
            ["values"] = new JsonArray([.. series.Values.Select(value => double.IsFinite(value) ? (JsonNode)value : null)]),
        };
    }

    /// <summary>The log as JSON text in UTF-8. Values that are not finite become null.</summary>
    public static byte[] Serialize(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("run_id", log.RunId);
            json.WritePropertyName("config");
            log.Config.WriteTo(json);
            json.WritePropertyName("dataset");
            log.Dataset.WriteTo(json);
            json.WriteStartObject("methods");
            foreach (var (name, method) in log.Methods)
            {
                json.WriteStartObject(name);
                if (method.Metadata.Count > 0)
                {
                    json.WritePropertyName("metadata");
                    method.Metadata.WriteTo(json);
                }
                foreach (var (key, value) in method.Properties)
                {
                    json.WritePropertyName(key);
                    if (value is null)
                        json.WriteNullValue();
                    else
                        value.WriteTo(json);
                }
                WriteLevel(json, [.. method.Series], prefixLength: 0);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            foreach (var (key, section) in log.Sections)
            {
                json.WritePropertyName(key);
                section!.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The log that a place stands for: the file itself; of a folder its <c>log.json</c>, else, as the authors' scripts name theirs, the one other
    /// JSON file in it.
    /// </summary>
    /// <exception cref="BadInputException">The folder has no such file, or several.</exception>
    public static string Find(string place)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        string own = Path.Combine(place, RunFolder.LogName);
        if (!Directory.Exists(place) || File.Exists(own))
            return Directory.Exists(place) ? own : place;
        string[] files = [.. Directory.EnumerateFiles(place, "*.json").Order(StringComparer.Ordinal)];
        string? damaged = null;
        string[] others = [.. files.Where(file => IsMeantAsLog(file, ref damaged))];
        return others switch
        {
            [var only] => only, // where it is damaged, reading it says how
            [] => throw new BadInputException($"The folder {place} has no run log: neither {RunFolder.LogName} nor another JSON file with methods and their series."
                + (damaged is null ? "" : $" {damaged}")),
            _ => throw new BadInputException($"The folder {place} has {others.Length} run logs: name one of "
                + $"{string.Join(", ", others.Take(MostNamed).Select(Path.GetFileName))}{(others.Length > MostNamed ? ", …" : "")}."),
        };
    }

    /// <summary>Names of files that a message lists.</summary>
    private const int MostNamed = 4;

    /// <summary>
    /// Whether a file has what only a log has, its trajectories or its name, even where a series of it is damaged: it is then for the reader to say
    /// what is wrong. A file that is no JSON leaves its complaint in <paramref name="damaged"/>.
    /// </summary>
    private static bool IsMeantAsLog(string path, ref string? damaged)
    {
        try
        {
            var root = LenientJson.ReadObject(path, "a run log");
            return root["methods"] is JsonObject { Count: > 0 } || (root["run_id"] is JsonValue && Sections(root).Length > 0);
        }
        catch (BadInputException e)
        {
            damaged ??= e.Message;
            return false;
        }
    }

    private static string[] Sections(JsonObject root) =>
        [.. root.Where(p => !OwnNames.Contains(p.Key) && p.Value is JsonObject or JsonArray).Select(p => p.Key)];

    /// <summary>Reads a log from a file, ours or the authors'.</summary>
    /// <exception cref="BadInputException">The file is missing, is not JSON, or has no methods with series.</exception>
    public static RunLog Read(string path)
    {
        var root = LenientJson.ReadObject(path, "a run log");
        string[] sections = Sections(root);
        var methods = root["methods"] as JsonObject ?? [];
        if (methods.Count == 0 && sections.Length == 0)
            throw new BadInputException($"{path} is no run log: it has no object 'methods' with one entry for each trajectory.");
        var log = new RunLog(root["run_id"] is JsonValue id && id.TryGetValue(out string? text) ? text : Path.GetFileNameWithoutExtension(path))
        {
            Config = root["config"]?.DeepClone() as JsonObject ?? [],
            Dataset = root["dataset"]?.DeepClone() as JsonObject ?? [],
        };
        foreach (string section in sections)
            log.Sections.Add(section, root[section]!.DeepClone());
        foreach (var (name, node) in methods)
        {
            if (node is not JsonObject entry)
                throw new BadInputException($"{path}: 'methods.{name}' must be an object of series.");
            var method = new MethodLog { Metadata = entry["metadata"]?.DeepClone() as JsonObject ?? [] };
            foreach (var (key, value) in entry)
                if (value is JsonValue or JsonArray)
                    method.Properties.Add(key, value.DeepClone());
            ReadLevel(path, entry, "", method);
            log.Methods.Add(name, method);
        }
        if (log.Interrupted is null && WhereStopped(path) is { } where)
            log.NoteInterrupted(where);
        return log;
    }

    /// <summary>Where a run was stopped whose log does not say so itself, as those of earlier versions do not: by the manifest beside it.</summary>
    private static string? WhereStopped(string path)
    {
        string manifest = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, RunFolder.ManifestName);
        if (Path.GetFileName(path) != RunFolder.LogName || !File.Exists(manifest))
            return null;
        try
        {
            return Manifest.Read(manifest) is { Status: RunStatus.Interrupted } read ? read.Detail ?? "The run was interrupted." : null;
        }
        catch (BadInputException)
        {
            return null; // it is for the reader of manifests to say what is wrong with it
        }
    }

    /// <summary>The series that <see cref="ToJson"/> made of one; NaN where a value is null.</summary>
    /// <param name="node">An object <c>{steps, values}</c>.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="BadInputException">It is something else, or its lists are not what those of a series are.</exception>
    public static Series FromJson(JsonNode? node, string place) =>
        node is JsonObject series && series["steps"] is JsonArray steps && series["values"] is JsonArray values
            ? ReadSeries(place, steps, values)
            : throw new BadInputException($"{place} is no series: it must be an object with the lists 'steps' and 'values'.");

    /// <summary>Writes the series whose names share the first <paramref name="prefixLength"/> characters; a further dot opens an object.</summary>
    private static void WriteLevel(Utf8JsonWriter json, KeyValuePair<string, Series>[] series, int prefixLength)
    {
        foreach (var group in series.GroupBy(s => s.Key[prefixLength..].Split('.')[0]))
        {
            json.WriteStartObject(group.Key);
            var members = group.ToArray();
            if (members is [var only] && only.Key.Length == prefixLength + group.Key.Length)
                WriteSeries(json, only.Value);
            else
                WriteLevel(json, members, prefixLength + group.Key.Length + 1);
            json.WriteEndObject();
        }
    }

    private static void WriteSeries(Utf8JsonWriter json, Series series)
    {
        json.WriteStartArray("steps");
        foreach (int step in series.Steps)
            json.WriteNumberValue(step);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (double value in series.Values)
        {
            if (double.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        }
        json.WriteEndArray();
    }

    private static void ReadLevel(string path, JsonObject level, string prefix, MethodLog method)
    {
        foreach (var (key, node) in level)
        {
            if (node is not JsonObject inner)
                continue;
            if (inner["steps"] is JsonArray steps && inner["values"] is JsonArray values)
            {
                if (!method.Series.TryAdd(prefix + key, ReadSeries($"{path}: '{prefix}{key}'", steps, values)))
                    throw new BadInputException($"{path} has the series '{prefix}{key}' twice.");
            }
            else if (prefix.Length > 0 || key != "metadata")
                ReadLevel(path, inner, $"{prefix}{key}.", method);
        }
    }

    private static Series ReadSeries(string place, JsonArray steps, JsonArray values)
    {
        if (steps.Count != values.Count)
            throw new BadInputException($"{place} has {Counted.Of(steps.Count, "step")} but {Counted.Of(values.Count, "value")}; the two must be as many.");
        var series = new Series();
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is not JsonValue stepNode || !stepNode.TryGetValue(out int step))
                throw new BadInputException($"{place}: step {i} is {steps[i]?.ToJsonString() ?? "null"}, not a whole number.");
            if (i > 0 && step <= series.Steps[^1])
                throw new BadInputException($"{place}: step {step} follows step {series.Steps[^1]}; steps must ascend.");
            double value = double.NaN;
            if (values[i] is { } valueNode && !(valueNode is JsonValue number && number.TryGetValue(out value)))
                throw new BadInputException($"{place}: value {i} is {valueNode.ToJsonString()}, not a number.");
            series.Add(step, value);
        }
        return series;
    }
}
