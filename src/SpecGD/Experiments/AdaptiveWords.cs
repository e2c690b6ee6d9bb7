using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>What the settings of the adaptive method mean, for every experiment that has it, and how tables show its two steps.</summary>
internal static class AdaptiveWords
{
    public const string
        Hysteresis = "how many times the other step's promise one must be before the adaptive method changes a layer's geometry",
        Refresh = "steps from one measurement of a layer by the adaptive method to the next";

    /// <summary>A step size as a table shows it: a number, or the Euclidean and the spectral one of a method that chooses.</summary>
    public static JsonNode? Shown(JsonNode? lr) => lr is JsonArray { Count: 2 } both
        ? string.Create(CultureInfo.InvariantCulture, $"{JsonNumber.Of(both[0]):G4} or {JsonNumber.Of(both[1]):G4}")
        : lr?.DeepClone();
}
