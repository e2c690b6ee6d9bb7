using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>What the files in an output folder were made of, as its mark keeps it.</summary>
/// <param name="Place">Full path of the run, log or capture.</param>
/// <param name="Run">Name of the run there; empty where there is none.</param>
/// <param name="Content">SHA-256 of the log, so that one that was moved is known again; empty where it was not taken.</param>
public sealed record OutputSource(string Place, string Run = "", string Content = "")
{
    /// <summary>The log at a path, or in the run folder there.</summary>
    /// <param name="path">The log, or the folder that it lies in.</param>
    /// <param name="run">Name of its run.</param>
    public static OutputSource OfLog(string path, string run)
    {
        string log = Directory.Exists(path) ? Path.Combine(path, RunFolder.LogName) : path;
        return new OutputSource(Full(path), run, File.Exists(log) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(log))) : "");
    }

    /// <summary>A file or folder that is told by its place alone.</summary>
    public static OutputSource At(string path, string run = "") => new(Full(path), run);

    /// <summary>Whether both are of one run: the same log, or at the same place a run of the same name.</summary>
    internal bool IsOf(OutputSource other) =>
        (Content.Length > 0 && Content == other.Content) || (Place == other.Place && Run == other.Run);

    internal JsonObject ToJson() => new() { ["place"] = Place, ["run"] = Run, ["content"] = Content };

    internal static OutputSource FromJson(JsonNode? node) => new($"{node?["place"]}", $"{node?["run"]}", $"{node?["content"]}");

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
