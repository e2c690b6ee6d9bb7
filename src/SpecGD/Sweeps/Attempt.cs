using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>How an attempt at a task ended.</summary>
public enum AttemptEnd
{
    /// <summary>The run is whole.</summary>
    Finished,

    /// <summary>A loss or gradient stopped being finite: a result, not a failure.</summary>
    Diverged,

    /// <summary>It was asked to stop and kept what it had.</summary>
    Interrupted,

    /// <summary>The program refused, or failed and said so.</summary>
    Failed,

    /// <summary>The process ended without a message.</summary>
    Crashed,
}

/// <summary>One attempt at a task.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Host">The machine.</param>
/// <param name="ProcessId">The process on that machine.</param>
/// <param name="Job">The element of a Slurm array, <c>JOB_INDEX</c>, or null.</param>
public sealed record Attempt(DateTimeOffset Started, string Host, int ProcessId, string? Job)
{
    /// <summary>How it ended; null where it runs, or ended without anyone noting it.</summary>
    public AttemptEnd? End { get; init; }

    /// <summary>Seconds that it took; 0 where that was not noted.</summary>
    public double WallSeconds { get; init; }

    /// <summary>What went wrong, in one sentence, or null.</summary>
    public string? Detail { get; init; }
}

/// <summary>
/// The attempts at a task, one line for each beginning and end, appended as they happen: also a machine that dies leaves the line of its beginning.
/// </summary>
public static class AttemptLog
{
    /// <summary>Name of the file in the task's folder.</summary>
    public const string FileName = "attempts.jsonl";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffzzz";

    /// <summary>Notes that an attempt begins.</summary>
    public static void Begin(string directory, Attempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        Append(directory, new JsonObject
        {
            ["started"] = attempt.Started.ToString(TimeFormat, CultureInfo.InvariantCulture),
            ["host"] = attempt.Host,
            ["process"] = attempt.ProcessId,
            ["job"] = attempt.Job,
        });
    }

    /// <summary>Notes how the attempt that began last has ended.</summary>
    public static void End(string directory, AttemptEnd end, double wallSeconds, string? detail) => Append(directory, new JsonObject
    {
        ["ended"] = end.ToString().ToLowerInvariant(),
        ["wall_seconds"] = Math.Round(wallSeconds, 3),
        ["detail"] = detail,
    });

    /// <summary>The attempts so far, oldest first. Lines that a crash left half-written are passed over.</summary>
    public static IReadOnlyList<Attempt> Read(string directory)
    {
        string path = Path.Combine(directory, FileName);
        var attempts = new List<Attempt>();
        if (!File.Exists(path))
            return attempts;
        foreach (string line in File.ReadLines(path))
        {
            if (LenientJson.TryParse(line) is not { } json)
                continue;
            if (json["started"] is JsonValue)
                attempts.Add(Beginning(json));
            else if (attempts.Count > 0 && Enum.TryParse<AttemptEnd>(Text(json["ended"]), ignoreCase: true, out var end))
                attempts[^1] = attempts[^1] with { End = end, WallSeconds = JsonNumber.Of(json["wall_seconds"]) ?? 0, Detail = Text(json["detail"]) };
        }
        return attempts;
    }

    private static Attempt Beginning(JsonObject json)
    {
        _ = DateTimeOffset.TryParseExact(Text(json["started"]), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var started);
        return new Attempt(started, Text(json["host"]) ?? "", (int)(JsonNumber.Of(json["process"]) ?? 0), Text(json["job"]));
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static void Append(string directory, JsonObject line)
    {
        using var file = new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        bool torn = false;
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            torn = file.ReadByte() != '\n'; // a crash in the middle of a line
        }
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes((torn ? "\n" : "") + line.ToJsonString() + "\n"));
        file.Flush(flushToDisk: true);
    }
}
