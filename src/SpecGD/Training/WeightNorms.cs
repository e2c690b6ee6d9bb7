using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training;

/// <summary>‖W‖_op of every weight of a model along a trajectory, each measured from where the measurement before has led.</summary>
internal sealed class WeightNorms : IStateful
{
    private const string Gap = "gap", Second = "second", Anchor = "anchor", Direction = "direction";

    private readonly Dictionary<string, TrackedOperatorNorm> _norms = [];

    /// <summary>‖W‖_op of the block's weight as it stands; NaN where an entry is not finite.</summary>
    public double Of(WeightBlock block) => Of(block, TrackerOf(block));

    /// <summary>The same of each block, side by side where threads stand idle.</summary>
    public double[] Of(IReadOnlyList<WeightBlock> blocks)
    {
        TrackedOperatorNorm[] trackers = [.. blocks.Select(TrackerOf)];
        var values = new double[blocks.Count];
        ThreadBudget.Spread(blocks.Count, i => values[i] = Of(blocks[i], trackers[i]));
        return values;
    }

    private static double Of(WeightBlock block, TrackedOperatorNorm tracker) =>
        double.IsFinite(block.Weight.LargestMagnitude()) ? tracker.Of(block.Weight) : double.NaN;

    private TrackedOperatorNorm TrackerOf(WeightBlock block)
    {
        if (!_norms.TryGetValue(block.Name, out var tracker))
            _norms.Add(block.Name, tracker = new TrackedOperatorNorm());
        return tracker;
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonObject(
        from norm in _norms
        where norm.Value.Remembered is not null
        select KeyValuePair.Create(norm.Key, (JsonNode?)ToJson(norm.Value.Remembered!)));

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        _norms.Clear();
        foreach (var (name, memory) in state as JsonObject ?? throw new FormatException("Saved norms are not an object."))
        {
            _norms.Add(name, new TrackedOperatorNorm());
            _norms[name].Remember(FromJson(memory));
        }
    }

    private static JsonObject ToJson(TrackedOperatorNorm.Memory memory) => new()
    {
        [Gap] = memory.Gap,
        [Second] = memory.Second,
        [Anchor] = MatrixState.Capture(memory.Anchor),
        [Direction] = memory.Direction is { } direction ? MatrixState.Capture(direction) : null,
    };

    private static TrackedOperatorNorm.Memory FromJson(JsonNode? memory) =>
        JsonNumber.Of(memory?[Gap]) is { } gap && JsonNumber.Of(memory?[Second]) is { } second
            ? new(gap, second, MatrixState.Restore(memory![Anchor]), memory[Direction] is { } direction ? MatrixState.Restore(direction) : null)
            : throw new FormatException("A saved norm lacks its gap.");
}

/// <summary>The state of a probe that records series and measures the weights along the way.</summary>
internal static class NormedSeries
{
    private const string Series = "series", Norms = "norms";

    /// <summary>Both, as one object.</summary>
    public static JsonObject Capture(MethodLog log, WeightNorms norms) => new()
    {
        [Series] = SeriesState.Capture(log),
        [Norms] = norms.CaptureState(),
    };

    /// <summary>Replaces both by those captured.</summary>
    /// <exception cref="FormatException">The state is not one of both.</exception>
    public static void Restore(MethodLog log, WeightNorms norms, JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        SeriesState.Restore(log, state[Series] ?? throw new FormatException("A saved record lacks its series."));
        norms.RestoreState(state[Norms] ?? throw new FormatException("A saved record lacks its norms."));
    }
}
