using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>The series of a trajectory as a state that can be kept: by their names, each as <c>{steps, values}</c>.</summary>
public static class SeriesState
{
    /// <summary>All series recorded so far.</summary>
    public static JsonObject Capture(MethodLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new JsonObject(log.Series.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)RunLogFile.ToJson(s.Value))));
    }

    /// <summary>Replaces the series of <paramref name="log"/> by those captured.</summary>
    /// <exception cref="FormatException">The state is not one of series.</exception>
    public static void Restore(MethodLog log, JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(log);
        log.Series.Clear();
        foreach (var (name, node) in state as JsonObject ?? throw new FormatException("Saved series are not an object."))
        {
            double[] steps = JsonNumber.All(node?["steps"]), values = JsonNumber.All(node?["values"]);
            if (steps.Length != values.Length)
                throw new FormatException($"The saved series {name} has {Counted.Of(steps.Length, "step")} but {Counted.Of(values.Length, "value")}.");
            var series = new Series();
            for (int i = 0; i < steps.Length; i++)
                series.Add((int)steps[i], values[i]);
            log.Series.Add(name, series);
        }
    }
}
