using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>Numbers in JSON nodes, whether the node was read from a file or made from an integer or a floating-point number.</summary>
public static class JsonNumber
{
    /// <summary>The number in <paramref name="node"/>, or null where there is none.</summary>
    public static double? Of(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number ? node.Deserialize<double>() : null;

    /// <summary>A finite number as a node, and null for any other: JSON has no word for those.</summary>
    public static JsonNode? From(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>The numbers in an array; NaN where an element is none.</summary>
    public static double[] All(JsonNode? array) => [.. (array as JsonArray ?? []).Select(element => Of(element) ?? double.NaN)];
}
