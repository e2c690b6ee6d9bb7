using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// What decides the numbers of a run: the experiment, every option, and the code that computes. Two runs of one identity are the same run, so what
/// one has computed the other need not.
/// </summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">Every option as it was asked for, defaults included.</param>
public sealed record RunIdentity(string Experiment, JsonObject Options)
{
    /// <summary>The compiled code that computes it (<see cref="ComputingCode"/>).</summary>
    public string Code => ComputingCode.Of(Experiment);

    /// <summary>The identity as JSON.</summary>
    public JsonObject ToJson() => new() { ["experiment"] = Experiment, ["options"] = Options.DeepClone(), ["code"] = Code };

    /// <summary>The first option that differs from those of another run of the experiment, as "dim 100 there, 12 here"; null where none does.</summary>
    public string? DifferenceFrom(JsonObject theirs)
    {
        ArgumentNullException.ThrowIfNull(theirs);
        foreach (string name in theirs.Select(o => o.Key).Union(Options.Select(o => o.Key)))
            if (theirs[name]?.ToJsonString() != Options[name]?.ToJsonString())
                return $"{name} {Show(theirs[name])} there, {Show(Options[name])} here";
        return null;

        static string Show(JsonNode? value) => value is JsonArray or JsonObject ? value.ToJsonString() : value?.ToString() ?? "not set";
    }

    /// <summary>Whether the manifest is of a run of this identity.</summary>
    public bool IsOf(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return IsWritten(new JsonObject
        {
            ["experiment"] = manifest.Experiment,
            ["options"] = manifest.Asked.DeepClone(),
            ["code"] = manifest.Code,
        });
    }

    /// <summary>Whether <paramref name="json"/> is what <see cref="ToJson"/> gives.</summary>
    public bool IsWritten(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.ToJsonString() == ToJson().ToJsonString();
    }
}
