using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Bench;

/// <summary>What the commands of <c>specgd bench</c> share.</summary>
internal static class BenchRun
{
    /// <summary>Does the work with a folder of its own, which goes afterwards.</summary>
    public static TResult InFolder<TResult>(Func<string, TResult> work)
    {
        string folder = Directory.CreateTempSubdirectory("specgd-bench-").FullName;
        try
        {
            return work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A command with where its run goes, and the threads of this process.</summary>
    public static IReadOnlyList<string> Placed(IReadOnlyList<string> command, string folder) =>
        [.. command, "--output", Path.Combine(folder, "run"), "--threads", $"{ThreadBudget.Total}"];

    /// <summary>What every result says of where it was measured; the caller adds its own.</summary>
    public static JsonObject Head() => new()
    {
        ["program"] = Manifest.ProgramVersion,
        ["processor"] = Machine.ThisProcessor,
        ["threads"] = ThreadBudget.Total,
    };
}
