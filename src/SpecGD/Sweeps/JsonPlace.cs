using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>A value of a sweep file with the place where it stands, so that every complaint names it.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Path">Where in the file: <c>parts[0].grid.dim</c>; empty for the whole.</param>
/// <param name="Node">The value; null for null, and for NaN, which has no other form in JSON.</param>
internal sealed record JsonPlace(string File, string Path, JsonNode? Node)
{
    /// <summary>The members of an object, each in its place.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonPlace>> Members =>
        Node is JsonObject members
            ? [.. members.Select(m => KeyValuePair.Create(m.Key, new JsonPlace(File, Path.Length > 0 ? $"{Path}.{m.Key}" : m.Key, m.Value)))]
            : throw Wrong("an object");

    /// <summary>The elements of an array that has at least one, each in its place.</summary>
    public IReadOnlyList<JsonPlace> Elements => Node switch
    {
        JsonArray { Count: > 0 } array => [.. array.Select((element, i) => new JsonPlace(File, $"{Path}[{i}]", element))],
        JsonArray => throw Bad("is empty; give at least one value"),
        _ => throw Wrong("a list"),
    };

    /// <summary>The text.</summary>
    public string Text => Node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : throw Wrong("a text");

    /// <summary>The number.</summary>
    public double Number => JsonNumber.Of(Node) is { } number && double.IsFinite(number) ? number : throw Wrong("a number");

    /// <summary>The member <paramref name="name"/>, or null where there is none.</summary>
    public JsonPlace? Find(string name) => Members.FirstOrDefault(m => m.Key == name).Value;

    /// <summary>The member <paramref name="name"/>.</summary>
    public JsonPlace Get(string name) => Find(name) ?? throw Bad($"has no '{name}'");

    /// <summary>Refuses members that are not in <paramref name="allowed"/>.</summary>
    public void Only(params string[] allowed)
    {
        foreach (var (name, _) in Members)
            if (!allowed.Contains(name))
                throw Bad($"has the unknown key '{name}'; there {Counted.Noun(allowed.Length, "is")} {string.Join(", ", allowed)}", Spelling.Hint(name, allowed));
    }

    /// <summary>The complaint that this value is not what it should be.</summary>
    public BadInputException Wrong(string expected) => Bad($"is {Shown()}, where {expected} was expected");

    /// <summary>The complaint <paramref name="what"/> about this value, a clause without its full stop.</summary>
    /// <param name="what">The clause.</param>
    /// <param name="hint">A sentence to put behind it, with a blank before; empty for none.</param>
    public BadInputException Bad(string what, string hint = "") => new($"{File}: {(Path.Length > 0 ? Path : "the sweep")} {what}.{hint}");

    private string Shown()
    {
        const int longest = 60;
        string text = Node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null (or not a number)",
            _ => Node.ToJsonString(),
        };
        return text.Length <= longest ? text : text[..longest] + "…";
    }
}
