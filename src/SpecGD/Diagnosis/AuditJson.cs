using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Diagnosis;

/// <summary>An audit for programs.</summary>
public static class AuditJson
{
    /// <summary>The whole audit.</summary>
    public static JsonObject Of(OptimizerAudit audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        return new JsonObject
        {
            ["misplaced"] = new JsonArray([.. audit.Misplaced.Select(Of)]),
            ["missed"] = new JsonArray([.. audit.Missed.Select(Of)]),
            ["unknown"] = new JsonArray([.. audit.Unknown.Select(name => (JsonNode?)name)]),
            ["unassigned"] = new JsonArray([.. audit.Unassigned.Select(name => (JsonNode?)name)]),
            ["undivided"] = new JsonArray([.. audit.Undivided.Select(Of)]),
            ["doubled"] = new JsonArray([.. audit.Doubled.Select(name => (JsonNode?)name)]),
            ["matrices"] = new JsonArray([.. audit.Matrices.Select(Of)]),
        };
    }

    private static JsonObject Of(AuditFinding finding) => new() { ["name"] = finding.Name, ["group"] = Word(finding.Group), ["reason"] = finding.Why };

    /// <summary>The word of a group: held_back, euclidean, …</summary>
    public static string Word(PlanGroup group) => group == PlanGroup.HeldBack ? "held_back" : group.ToString().ToLowerInvariant();

    private static JsonObject Of(AuditedMatrix matrix)
    {
        var conventions = new JsonObject();
        foreach (var scale in Enum.GetValues<LearningRateScale>())
        {
            double rms = scale.Rms(matrix.Out, matrix.In), norm = scale.SpectralNorm(matrix.Out, matrix.In);
            conventions[scale.Word()] = new JsonObject
            {
                ["update_rms"] = JsonNumber.From(rms),
                ["spectral_norm"] = JsonNumber.From(norm),
                ["same_step_learning_rate"] = matrix.LearningRate is { } rate
                    ? JsonNumber.From(rate * matrix.Scale.SpectralNorm(matrix.Out, matrix.In) / norm) : null,
            };
        }
        return new JsonObject
        {
            ["name"] = matrix.Name,
            ["scale"] = matrix.Scale.Word(),
            ["learning_rate"] = matrix.LearningRate is { } lr ? JsonNumber.From(lr) : null,
            ["conventions"] = conventions,
        };
    }
}
