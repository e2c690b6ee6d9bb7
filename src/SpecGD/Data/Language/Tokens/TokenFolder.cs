using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokens;

/// <summary>
/// What <c>tokens.json</c> says of a folder of shards. It is there before the shards, so that a folder that lacks some is known not to be whole.
/// </summary>
/// <param name="Tokenizer">Name of the tokenizer.</param>
/// <param name="Vocabulary">Number of ids.</param>
/// <param name="EndOfText">The token before each document.</param>
/// <param name="Documents">Documents in all shards.</param>
/// <param name="TextBytes">Length of the text in bytes.</param>
/// <param name="Shards">Names and numbers of tokens, in order, validation first.</param>
public sealed record TokenFolder(string Tokenizer, int Vocabulary, ushort EndOfText, long Documents, long TextBytes, IReadOnlyList<ShardEntry> Shards)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "tokens.json";

    private const string UnfinishedKey = "unfinished";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>False while the shards are put into their places; a folder that stays so was left by a process that was killed.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Tokens in all shards.</summary>
    public long Tokens => Shards.Sum(s => (long)s.Tokens);

    /// <summary>What is said of the folder at <paramref name="directory"/>; null where it has no such file, as downloaded shards have none.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public static TokenFolder? Find(string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return null;
        var json = LenientJson.ReadObject(path, "a description of token shards");
        int vocabulary = (int)Number(json, "vocabulary", 1, ushort.MaxValue + 1, path);
        return new TokenFolder(
            json["tokenizer"] is JsonValue name && name.TryGetValue(out string? text)
                ? text
                : throw Lacks(path, "the name of a tokenizer at 'tokenizer'"),
            vocabulary,
            (ushort)Number(json, "end_of_text", 0, vocabulary - 1, path),
            Number(json, "documents", 0, long.MaxValue, path),
            Number(json, "text_bytes", 0, long.MaxValue, path),
            [.. (json["shards"] as JsonArray ?? []).Select(entry => Entry(entry, path))])
        {
            IsWhole = json[UnfinishedKey] is null,
        };
    }

    /// <summary>Whether the folder was left in the middle of <see cref="TokenFolderWriter.Complete"/>: what is in it is nobody's.</summary>
    public static bool IsLeftover(string directory)
    {
        try
        {
            return Find(directory) is { IsWhole: false };
        }
        catch (BadInputException)
        {
            return false; // not ours to judge
        }
    }

    /// <summary>Holds the folder to its description.</summary>
    /// <exception cref="BadInputException">A shard that it names is missing or of another length.</exception>
    public void RefuseMissing(string directory)
    {
        if (!IsWhole)
            throw new BadInputException($"{directory} is not whole: the process that wrote it was stopped while it put the shards into their places; "
                + "the same 'specgd data' command writes it again.");
        foreach (var (file, tokens) in Shards)
        {
            var shard = new FileInfo(Path.Combine(directory, file));
            if (!shard.Exists || shard.Length != TokenShardHeader.FileLengthOf(tokens))
                throw new BadInputException($"{directory} is not whole: its {FileName} names {file} with {Counted.Of(tokens, "token")}, "
                    + $"and {(shard.Exists ? $"that file has {Counted.Of(shard.Length, "byte")}" : "there is no such file")}.");
        }
    }

    /// <summary>The text of the file.</summary>
    public string ToJson()
    {
        var json = ToObject();
        if (!IsWhole)
            json[UnfinishedKey] = true;
        return json.ToJsonString(Indented) + "\n";
    }

    private JsonObject ToObject() => new()
    {
        ["tokenizer"] = Tokenizer,
        ["vocabulary"] = Vocabulary,
        ["end_of_text"] = EndOfText,
        ["documents"] = Documents,
        ["text_bytes"] = TextBytes,
        ["tokens"] = Tokens,
        ["shards"] = new JsonArray([.. Shards.Select(s => new JsonObject { ["file"] = s.File, ["tokens"] = s.Tokens })]),
    };

    private static ShardEntry Entry(JsonNode? entry, string path) =>
        entry is JsonObject shard && shard["file"] is JsonValue name && name.TryGetValue(out string? file)
            ? new ShardEntry(file, (int)Number(shard, "tokens", 0, int.MaxValue, path))
            : throw Lacks(path, "a 'file' in each of its 'shards'");

    private static long Number(JsonObject json, string key, long least, long most, string path) =>
        JsonNumber.Of(json[key]) is { } number && number == Math.Floor(number) && number >= least && number <= most
            ? (long)number
            : throw Lacks(path, $"a whole number from {least} to {most} at '{key}'");

    private static BadInputException Lacks(string path, string what) => new($"{path} is no description of token shards: it lacks {what}.");
}

/// <summary>One shard of a folder.</summary>
/// <param name="File">Name within the folder.</param>
/// <param name="Tokens">Number of tokens.</param>
public sealed record ShardEntry(string File, int Tokens);
