using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>Reads sweep files. The schema is described, key by key, in docs/sweep.md.</summary>
public static class SweepFile
{
    private static readonly string[] PartKeys =
        ["experiment", "options", "grid", "list", "metrics", "replicate", "scale", "confidence", "baseline", "tune", "objective", "quick"];

    /// <summary>Reads the sweep in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="quick">Whether the smaller settings of the file's <c>quick</c> objects replace the others.</param>
    /// <exception cref="BadInputException">
    /// The file cannot be read, or something in it is not as it must be; the sentence says what and where.
    /// </exception>
    public static SweepDefinition Read(string path, bool quick = false) =>
        Of(LenientJson.ReadObject(path, "a sweep file"), path, Path.GetFileNameWithoutExtension(path), quick);

    /// <summary>The sweep that <paramref name="json"/> describes.</summary>
    /// <param name="json">The object of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="name">Name of a sweep that gives itself none.</param>
    /// <param name="quick">Whether the smaller settings are meant.</param>
    /// <exception cref="BadInputException">Something is not as it must be.</exception>
    public static SweepDefinition Of(JsonObject json, string file, string name, bool quick)
    {
        ArgumentNullException.ThrowIfNull(json);
        var source = (JsonObject)json.DeepClone();
        bool severalParts = source.ContainsKey("parts");
        bool replaced = Replace(source, quick);
        foreach (var part in source["parts"] as JsonArray ?? [])
            replaced |= part is JsonObject inner && Replace(inner, quick);
        if (quick && !replaced)
            throw new BadInputException($"{file} has no 'quick' settings, so --quick has nothing to choose.");
        var root = new JsonPlace(file, "", source);
        root.Only(severalParts ? ["name", "description", "parts"] : ["name", "description", "parts", .. PartKeys]);
        name = root.Find("name")?.Text ?? name;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name.StartsWith('.'))
            throw new BadInputException($"{file}: the name '{name}' cannot name a folder; letters, digits, '-', '_' and '.' can.");
        source["name"] = name;
        SweepPart[] parts = severalParts
            ? [.. root.Get("parts").Elements.Select(place => Part(place, place.Get("name").Text, ["name", .. PartKeys]))]
            : [Part(root, name, ["name", "description", "parts", .. PartKeys])];
        if (parts.GroupBy(part => part.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BadInputException($"{file} has two parts called '{twice.Key}'.");
        return new SweepDefinition(name, root.Find("description")?.Text ?? "", parts, source);
    }

    /// <summary>Takes the object <c>quick</c> away, and where it is meant, puts each of its values in the place of the one beside it.</summary>
    private static bool Replace(JsonObject json, bool quick)
    {
        if (json["quick"] is not JsonObject smaller)
            return false;
        json.Remove("quick");
        if (!quick)
            return true;
        foreach (var (key, value) in smaller)
        {
            if (value is JsonObject changed && json[key] is JsonObject present)
                foreach (var (name, inner) in changed)
                    present[name] = inner?.DeepClone();
            else
                json[key] = value?.DeepClone();
        }
        return true;
    }

    private static SweepPart Part(JsonPlace place, string name, string[] keys)
    {
        place.Only(keys);
        KeyValuePair<string, IReadOnlyList<JsonNode>>[] grid =
        [
            .. (place.Find("grid")?.Members ?? []).Select(axis => KeyValuePair.Create(axis.Key, Once(axis.Value, OptionValue.Values(axis.Value)))),
        ];
        JsonObject[] list = [.. (place.Find("list") is { } entries ? Once(entries, [.. entries.Elements.Select(Combination)]) : [])];
        if (grid.Length == 0 && list.Length == 0)
            throw place.Bad("has neither a 'grid' nor a 'list' with options in it, so there is nothing to sweep over");
        var options = place.Find("options");
        var fixedOptions = options is null ? [] : Combination(options);
        var part = new SweepPart(name, place.Get("experiment").Text, fixedOptions, grid, list.Length > 0 ? list : [[]], Plan(place));
        foreach (string option in part.Varying.Where(fixedOptions.ContainsKey))
            throw place.Bad($"gives the option '{option}' both one value in 'options' and several in 'grid' or 'list'");
        foreach (string option in grid.Select(axis => axis.Key).Where(option => list.Any(entry => entry.ContainsKey(option))))
            throw place.Bad($"gives the option '{option}' both in 'grid' and in 'list'");
        return part;
    }

    /// <summary>The values of a list, of which none may come twice, however it is written.</summary>
    private static IReadOnlyList<T> Once<T>(JsonPlace place, IReadOnlyList<T> values)
        where T : JsonNode
    {
        Repetition.Refuse([.. values.Select(AxisText.Of)], $"{place.File}: {place.Path}", value => value);
        return values;
    }

    private static JsonObject Combination(JsonPlace place)
    {
        _ = place.Members;
        return (JsonObject)place.Node!.DeepClone();
    }

    private static AnalysisPlan Plan(JsonPlace place)
    {
        var defaults = new AnalysisPlan();
        string scale = place.Find("scale")?.Text ?? "linear";
        if (scale is not ("linear" or "log"))
            throw place.Get("scale").Wrong("linear or log");
        double confidence = place.Find("confidence")?.Number ?? defaults.Confidence;
        if (confidence is not (> 0 and < 1))
            throw place.Get("confidence").Wrong("a number between 0 and 1");
        return new AnalysisPlan
        {
            Metrics = [.. (place.Find("metrics")?.Elements ?? []).SelectMany(element => Metric.Named(element.Text)).Distinct()],
            Replicate = place.Find("replicate")?.Text ?? defaults.Replicate,
            Logarithmic = scale == "log",
            Confidence = confidence,
            Baseline = (place.Find("baseline")?.Members ?? []).ToDictionary(axis => axis.Key, axis => AxisText.Of(axis.Value.Node)),
            Tune = place.Find("tune")?.Text,
            Objective = place.Find("objective") is { } objective ? Metric.Named(objective.Text)[0] : defaults.Objective,
        };
    }
}

/// <summary>The sweeps that come with the program, by name.</summary>
public static class ShippedSweeps
{
    private const string Prefix = "sweep.";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedSweeps).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(),
    ];

    /// <summary>The text of the sweep file called <paramref name="name"/>.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(ShippedSweeps).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new BadInputException($"There is no shipped sweep '{name}'; there is {string.Join(", ", Names)}.{Spelling.Hint(name, Names)}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The sweep called <paramref name="name"/>.</summary>
    public static SweepDefinition Read(string name, bool quick) => SweepFile.Of(JsonNode.Parse(Text(name))!.AsObject(), name, name, quick);
}
