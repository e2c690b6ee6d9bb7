using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Settings;

/// <summary>
/// The settings of a run that are not at their defaults. Its log keeps them, so that whoever draws it or draws it again can say what the numbers are of.
/// </summary>
public static class ChangedSettings
{
    /// <summary>Name of the object in the log's configuration; missing where every setting is at its default.</summary>
    public const string LogName = "changed_settings";

    /// <summary>The settings that are not at their defaults, each with its value as text.</summary>
    public static IReadOnlyList<(Setting Setting, string Text)> Of(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. from setting in Setting.Of(options.GetType())
               let text = setting.TextOf(options)
               where text != setting.TextOfDefault
               select (setting, text),
        ];
    }

    /// <summary>Notes them in the log of the run; one of defaults alone stays as it is.</summary>
    public static void Note(RunLog log, object options)
    {
        ArgumentNullException.ThrowIfNull(log);
        var changed = Of(options);
        if (changed.Count > 0)
            log.Config[LogName] = new JsonObject(changed.Select(one => KeyValuePair.Create(one.Setting.Name, (JsonNode?)one.Text)));
    }

    /// <summary>Those that the log notes, by name; none where it notes none.</summary>
    public static IReadOnlyList<(string Name, string Text)> Read(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return [.. (log.Config[LogName] as JsonObject ?? []).Select(one => (one.Key, one.Value?.ToString() ?? ""))];
    }

    /// <summary>
    /// The text with a sentence behind it that tells those which it does not tell itself as "name value"; the text alone where it tells all.
    /// </summary>
    /// <param name="text">Sentences.</param>
    /// <param name="changed">The settings, by name, with their values.</param>
    public static string Told(string text, IReadOnlyList<(string Name, string Text)> changed)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] untold = [.. changed.Select(one => $"{one.Name} {one.Text.Replace(",", ", ", StringComparison.Ordinal)}").Where(words => !Tells(text, words))];
        return untold.Length == 0 ? text : $"{text} Not at {(untold.Length == 1 ? "its default" : "their defaults")}: {string.Join("; ", untold)}.";
    }

    /// <summary>Whether the words stand in the text, with nothing before or behind that would make another name or value of them.</summary>
    private static bool Tells(string text, string words) =>
        text.Contains($"({words},", StringComparison.Ordinal) || text.Contains($"({words})", StringComparison.Ordinal)
        || text.Contains($", {words},", StringComparison.Ordinal) || text.Contains($", {words})", StringComparison.Ordinal);
}
