using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Records;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>Every trajectory ran to its end.</summary>
    Finished,

    /// <summary>A loss or gradient stopped being finite.</summary>
    Diverged,

    /// <summary>The user or the system asked it to stop.</summary>
    Interrupted,
}

/// <summary>Where a run's numbers come from: options as resolved, program, machine, time.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">Every option with its value, defaults included.</param>
/// <param name="Status">How the run ended.</param>
/// <param name="Detail">One sentence where the run did not finish, else null.</param>
/// <param name="Started">When it began.</param>
/// <param name="WallTime">How long it took.</param>
public sealed record Manifest(string Experiment, JsonObject Options, RunStatus Status, string? Detail, DateTimeOffset Started, TimeSpan WallTime)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Version of the program, with the commit it was built from where that is known.</summary>
    public static string ProgramVersion { get; } =
        typeof(Manifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The manifest as indented JSON.</summary>
    public string ToJson()
    {
        string[] version = ProgramVersion.Split('+', 2);
        var json = new JsonObject
        {
            ["experiment"] = Experiment,
            ["status"] = Status.ToString().ToLowerInvariant(),
            ["detail"] = Detail,
            ["options"] = Options.DeepClone(),
            ["version"] = version[0],
            ["commit"] = version.Length > 1 ? version[1] : null,
            ["started"] = Started.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            ["wall_seconds"] = Math.Round(WallTime.TotalSeconds, 3),
            ["machine"] = new JsonObject
            {
                ["processor"] = Machine.Processor,
                ["logical_processors"] = Environment.ProcessorCount,
                ["system"] = RuntimeInformation.OSDescription,
                ["runtime"] = RuntimeInformation.FrameworkDescription,
                ["blas"] = Backend.Current.Name,
                ["blas_configuration"] = ReferenceEquals(Backend.Current, Backend.OpenBlas) ? Backend.Library.Configuration.Trim() : null,
                ["threads"] = ThreadBudget.Total,
            },
        };
        return json.ToJsonString(Indented) + "\n";
    }
}

/// <summary>What can be said of the machine.</summary>
public static class Machine
{
    /// <summary>Name of the processor, as the system gives it.</summary>
    public static string Processor { get; } = ReadProcessor();

    private static string ReadProcessor()
    {
        const string linuxTable = "/proc/cpuinfo";
        if (File.Exists(linuxTable)
            && File.ReadLines(linuxTable).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
            return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
