using System.Globalization;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>Takes what a manifest must have out of its JSON, with a sentence for each way in which it can be wrong.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="json">An object of the file.</param>
/// <param name="prefix">Where in the file the object stands: "machine." or nothing.</param>
internal sealed class ManifestReader(string path, JsonObject json, string prefix = "")
{
    /// <summary>The object <paramref name="name"/>.</summary>
    public JsonObject Object(string name) => json[name] as JsonObject ?? throw Wrong(name, "an object");

    /// <summary>The object <paramref name="name"/>, or null where the file has null or nothing.</summary>
    public JsonObject? OptionalObject(string name) => json[name] is null ? null : Object(name);

    /// <summary>A reader of the object <paramref name="name"/>.</summary>
    public ManifestReader Inner(string name) => new(path, Object(name), $"{prefix}{name}.");

    /// <summary>The text <paramref name="name"/>.</summary>
    public string Text(string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong(name, "a text");

    /// <summary>The text <paramref name="name"/>, or null where the file has null or nothing.</summary>
    public string? OptionalText(string name) => json[name] is null ? null : Text(name);

    /// <summary>The texts of the list <paramref name="name"/>; none where the file has null or nothing.</summary>
    public IReadOnlyList<string> Texts(string name) => json[name] switch
    {
        null or JsonArray { Count: 0 } => [],
        JsonArray list when list.All(one => one is JsonValue value && value.TryGetValue(out string? _)) => [.. list.Select(one => one!.GetValue<string>())],
        _ => throw Wrong(name, "a list of texts"),
    };

    /// <summary>The whole number <paramref name="name"/>, at least 1.</summary>
    public int Count(string name) =>
        json[name] is JsonValue value && value.TryGetValue(out int count) && count >= 1 ? count : throw Wrong(name, "a whole number from 1 on");

    /// <summary>The time <paramref name="name"/>, as <paramref name="format"/> writes it.</summary>
    public DateTimeOffset Time(string name, string format) =>
        DateTimeOffset.TryParseExact(Text(name), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw Wrong(name, "a time such as 2026-01-31T12:00:00+00:00");

    /// <summary>The duration <paramref name="name"/>, given in seconds.</summary>
    public TimeSpan Seconds(string name) =>
        JsonNumber.Of(json[name]) is { } seconds && seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong(name, "a number of seconds, 0 or more");

    /// <summary>The member of <typeparamref name="T"/> that <paramref name="name"/> names in small letters.</summary>
    public T OneOf<T>(string name)
        where T : struct, Enum
    {
        string text = Text(name);
        foreach (var member in Enum.GetValues<T>())
            if (Word(member) == text)
                return member;
        throw Wrong(name, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Word))}");
    }

    private static string Word<T>(T member)
        where T : struct, Enum => member.ToString().ToLowerInvariant();

    private BadInputException Wrong(string name, string expected) =>
        new($"{path} is no manifest: '{prefix}{name}' is {json[name]?.ToJsonString() ?? "missing or null"}, where {expected} was expected.");
}
