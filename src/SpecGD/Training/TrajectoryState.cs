using System.Text.Json.Nodes;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training;

/// <summary>A trajectory between two steps, bit by bit: its weights, its optimizer's memory, and what its probes have recorded.</summary>
public static class TrajectoryState
{
    /// <summary>The state before the step <paramref name="next"/>.</summary>
    public static JsonObject Capture(Trajectory trajectory, int next)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        return new JsonObject
        {
            ["next"] = next,
            ["weights"] = MatrixState.Capture(trajectory.Model.Blocks.Select(block => KeyValuePair.Create(block.Name, block.Weight))),
            ["optimizer"] = trajectory.Optimizer.CaptureState(),
            ["probes"] = new JsonArray([.. trajectory.Probes.Select(probe => probe.CaptureState())]),
        };
    }

    /// <summary>Puts a fresh trajectory into the state; gives it starting at the step where the other stopped.</summary>
    /// <exception cref="FormatException">The state is not one of this trajectory; the trajectory is then in part changed and must be made anew.</exception>
    public static Trajectory Restore(Trajectory trajectory, JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentNullException.ThrowIfNull(state);
        var weights = MatrixState.RestoreNamed(state["weights"]);
        foreach (var block in trajectory.Model.Blocks)
            RestoreWeight(block, weights);
        if (state["optimizer"] is { } optimizer)
            trajectory.Optimizer.RestoreState(optimizer);
        var probes = state["probes"] as JsonArray ?? [];
        if (probes.Count != trajectory.Probes.Count || JsonNumber.Of(state["next"]) is not { } next)
            throw new FormatException($"The saved state is not one of {trajectory.Name}.");
        foreach (var (probe, recorded) in trajectory.Probes.Zip(probes))
            if (recorded is not null)
                probe.RestoreState(recorded);
        return trajectory with { Start = (int)next };
    }

    private static void RestoreWeight(WeightBlock block, Dictionary<string, Matrix<double>> weights)
    {
        if (!weights.TryGetValue(block.Name, out var weight) || weight.Rows != block.Weight.Rows || weight.Columns != block.Weight.Columns)
            throw new FormatException($"The saved state has no weight {block.Name} of shape {block.Weight}.");
        weight.CopyTo(block.Weight);
    }
}

/// <summary>Keeps a trajectory's state from time to time, so that little is lost where the process is killed.</summary>
/// <param name="kept">Where to keep it.</param>
/// <param name="trajectory">The trajectory whose last probe this is.</param>
internal sealed class KeepingProbe(KeptWork kept, Trajectory trajectory) : IProbe
{
    public void Observe(int step, double loss, IModel model)
    {
    }

    public void ObserveUpdated(int step, IModel model) =>
        kept.Underway(trajectory.Name, () => TrajectoryState.Capture(trajectory, step + 1));
}
