using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>Values of options as words: what settings are grouped, compared and shown by.</summary>
public static class AxisText
{
    /// <summary>What stands for an option that has no value.</summary>
    public const string None = "default";

    /// <summary>The value as a word: numbers in their shortest form, lists with commas, pairs as NAME=VALUE.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        null => None,
        JsonArray list => string.Join(',', list.Select(Of)),
        JsonObject pairs => pairs.Count == 0 ? None : string.Join(' ', pairs.Select(p => $"{p.Key}={Of(p.Value)}").Order()),
        _ when JsonNumber.Of(value) is { } number => number.ToString("R", CultureInfo.InvariantCulture),
        _ when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => value.ToString(),
    };

    /// <summary>The value of an option as it is for one method: of pairs NAME=VALUE, the method's own.</summary>
    public static string For(JsonNode? value, string method) => value is JsonObject pairs ? Of(pairs[method]) : Of(value);

    /// <summary>Every word that <see cref="For"/> gives for some method: of pairs NAME=VALUE, each value.</summary>
    public static IEnumerable<string> All(JsonNode? value) =>
        value is JsonObject { Count: > 0 } pairs ? pairs.Select(p => Of(p.Value)).Append(None) : [Of(value)];

    /// <summary>The number that a word stands for, or null.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>Words in the order in which tables show them: numbers by size, then the others, in which numbers go by their size too ("k=8" before "k=12").</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create((left, right) => (Number(left), Number(right)) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        (not null, null) => -1,
        (null, not null) => 1,
        _ => ByParts(left, right),
    });

    private static int ByParts(string left, string right)
    {
        string[] ours = Parts(left), theirs = Parts(right);
        for (int i = 0; i < Math.Min(ours.Length, theirs.Length); i++)
        {
            int order = (Number(ours[i]), Number(theirs[i])) is ({ } a, { } b) ? a.CompareTo(b) : string.CompareOrdinal(ours[i], theirs[i]);
            if (order != 0)
                return order;
        }
        return ours.Length != theirs.Length ? ours.Length.CompareTo(theirs.Length) : string.CompareOrdinal(left, right);
    }

    /// <summary>The numbers in a word, and what stands between them; a sign belongs to a number behind an equals sign alone.</summary>
    private static string[] Parts(string word) => [.. NumbersAndRest.Matches(word).Select(match => match.Value)];

    private static readonly Regex NumbersAndRest = new(@"(?<==)-?\d+(\.\d+)?([eE][+-]?\d+)?|\d+(\.\d+)?([eE][+-]?\d+)?|\D", RegexOptions.CultureInvariant);
}
