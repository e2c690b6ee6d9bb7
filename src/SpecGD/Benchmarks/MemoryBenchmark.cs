using System.Text.Json.Nodes;
using SpecGD.Training.Gpt;

namespace SpecGD.Benchmarks;

/// <summary>A command of the program whose peak memory is measured, and what of it must live at once however it is programmed.</summary>
public sealed record MemoryBenchmark
{
    /// <summary>Name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What is run.</summary>
    public required string Description { get; init; }

    /// <summary>The command, without <c>--output</c>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What must live at the same time, in bytes: the floor, without the program itself.</summary>
    public required IReadOnlyList<MemoryPart> Floor { get; init; }

    /// <summary>What the program expects to take, told before it starts; null where it does not tell.</summary>
    public long? Told { get; init; }

    /// <summary>All parts of the floor together, in bytes.</summary>
    public long FloorBytes => Floor.Sum(part => part.Bytes);
}

/// <summary>The most that a command had in physical memory, beside its floor.</summary>
/// <param name="Benchmark">What was run.</param>
/// <param name="Program">Peak of a run with small matrices, in bytes: the runtime, the code, OpenBLAS and its buffers.</param>
/// <param name="Peak">Peak of this run, in bytes; null where this machine cannot run it.</param>
public sealed record MemoryResult(MemoryBenchmark Benchmark, long Program, long? Peak)
{
    /// <summary>The program and what must live, in bytes.</summary>
    public long Floor => Program + Benchmark.FloorBytes;

    /// <summary>Peak over floor; null where nothing was measured.</summary>
    public double? TimesFloor => (double?)Peak / Floor;

    /// <summary>Everything for programs, in bytes.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Benchmark.Name,
        ["description"] = Benchmark.Description,
        ["command"] = new JsonArray([.. Benchmark.Command.Select(word => (JsonNode)word)]),
        ["peak"] = Peak,
        ["floor"] = Floor,
        ["times_floor"] = TimesFloor,
        ["told"] = Benchmark.Told,
        ["parts"] = new JsonObject(Parts.Select(part => KeyValuePair.Create(part.Name, (JsonNode?)part.Bytes))),
    };

    /// <summary>The parts of the floor, the program first.</summary>
    public IEnumerable<MemoryPart> Parts => Benchmark.Floor.Prepend(new MemoryPart("program", Program));
}
