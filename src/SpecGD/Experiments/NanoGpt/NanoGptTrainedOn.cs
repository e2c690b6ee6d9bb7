using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What a run was trained on, as its folder tells.</summary>
/// <param name="Length">Tokens of a sequence; null where the folder does not tell.</param>
/// <param name="Shards">Its token shards, where it was trained on a place on disk.</param>
/// <param name="TextFile">Its text, where it was trained on a file.</param>
public sealed record NanoGptTrainedOn(int? Length, string? Shards, string? TextFile)
{
    private const string ShardsKey = "data_shards", TextKey = "data_text", LengthKey = "length";

    /// <summary>Notes the place of the data among the options of a run.</summary>
    internal static void Note(JsonObject options, NanoGptData data)
    {
        options[ShardsKey] = data.ShardsPlace;
        options[TextKey] = data.TextFile;
    }

    /// <summary>What <see cref="Note"/> noted.</summary>
    internal static NanoGptTrainedOn Of(JsonNode? options) =>
        new((int?)JsonNumber.Of(options?[LengthKey]), Text(options?[ShardsKey]), Text(options?[TextKey]));

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
