using System.Text.Json.Nodes;

namespace SpecGD.Benchmarks;

/// <summary>The rates of products of this machine, in GFLOP/s.</summary>
/// <param name="InDouble">In double precision.</param>
/// <param name="InSingle">In single precision.</param>
public readonly record struct MachineRate(double InDouble, double InSingle)
{
    /// <summary>The mean of two, for work between them.</summary>
    public static MachineRate Between(MachineRate before, MachineRate after) =>
        new((before.InDouble + after.InDouble) / 2, (before.InSingle + after.InSingle) / 2);
}

/// <summary>Times of one benchmark.</summary>
/// <param name="Benchmark">What was timed.</param>
/// <param name="Seconds">Of one piece, run by run.</param>
/// <param name="AllocatedBytes">Bytes that one run allocated on the managed heap; null for a process of its own.</param>
/// <param name="Rate">The machine's rates about when it was timed.</param>
public sealed record BenchmarkResult(Benchmark Benchmark, IReadOnlyList<double> Seconds, long? AllocatedBytes, MachineRate Rate)
{
    /// <summary>The middle of the times, or the mean of the middle two.</summary>
    public double Median => Numerics.Median.Of(Seconds);

    /// <summary>Seconds that the least operations take at the machine's rate of products; null where they are not counted.</summary>
    public double? Floor => Benchmark.LeastFlops / ((Benchmark.SinglePrecision ? Rate.InSingle : Rate.InDouble) * 1e9);

    /// <summary>Share of the time that the floor explains: 1 is perfect.</summary>
    public double? ShareOfFloor => Floor / Median;

    /// <summary>Whether the goal is reached; null where there is none.</summary>
    public bool? ReachesGoal => Benchmark.GoalSeconds is { } goal ? Median <= goal : null;

    /// <summary>The peer's time over ours.</summary>
    public double? TimesFasterThanPeer => Benchmark.Peer?.Seconds / Median;

    /// <summary>Everything for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Benchmark.Name,
        ["kind"] = Benchmark.Kind.ToString().ToLowerInvariant(),
        ["description"] = Benchmark.Description,
        ["precision"] = Benchmark.Precision,
        ["seconds"] = new JsonArray([.. Seconds.Select(s => (JsonNode)s)]),
        ["median"] = Median,
        ["tokens_per_second"] = Benchmark.Tokens / Median,
        ["gflops"] = Benchmark.SinglePrecision ? Rate.InSingle : Rate.InDouble,
        ["floor"] = Floor,
        ["share_of_floor"] = ShareOfFloor,
        ["goal"] = Benchmark.GoalSeconds,
        ["reaches_goal"] = ReachesGoal,
        ["peer"] = Benchmark.Peer?.Name,
        ["peer_seconds"] = Benchmark.Peer?.Seconds,
        ["allocated_bytes"] = AllocatedBytes,
    };
}
