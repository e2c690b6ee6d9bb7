using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Cli.Commands.Data;

/// <summary><c>specgd data …</c>: text to token shards, shards from elsewhere, and a look into them.</summary>
internal static class DataCommand
{
    public static Command Build() => new("data", "Token shards for language models: make them of text, fetch ready-made ones, look into them.")
    {
        TokenizeCommand.Build(),
        InspectCommand.Build(),
        SampleCommand.Build(),
        FetchCommand.Build(),
    };

    /// <summary>The switch of the verbs that write shards.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "print the files and what is in them as JSON" };

    /// <summary>Says what a folder of shards has, and how to go on with it.</summary>
    public static void Print(TokenFolder folder, string directory, TimeSpan wall, bool asJson)
    {
        if (asJson)
        {
            SummaryView.PrintJson(Json(folder, directory, wall));
            return;
        }
        foreach (var shard in folder.Shards)
            Console.Out.WriteLine(Path.Combine(directory, shard.File));
        double rate = folder.TextBytes / 1e6 / Math.Max(wall.TotalSeconds, 1e-3);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(folder.Documents, "document")}, {folder.TextBytes / 1e6:0.###} MB of text, {Counted.Of(folder.Tokens, "token")} of {folder.Tokenizer} "
            + $"in {wall.TotalSeconds:0.0} s ({rate:0.0} MB/s); the first shard is for validation"));
    }

    private static JsonObject Json(TokenFolder folder, string directory, TimeSpan wall) => new()
    {
        ["directory"] = directory,
        ["tokenizer"] = folder.Tokenizer,
        ["vocabulary"] = folder.Vocabulary,
        ["end_of_text"] = folder.EndOfText,
        ["files"] = new JsonArray([.. folder.Shards.Select(shard => FileOf(Path.Combine(directory, shard.File), shard.Tokens))]),
        ["tokens"] = folder.Tokens,
        ["documents"] = folder.Documents,
        ["text_bytes"] = folder.TextBytes,
        ["seconds"] = wall.TotalSeconds,
    };

    /// <summary>A shard for programs.</summary>
    public static JsonObject FileOf(string path, long tokens) => new()
    {
        ["file"] = path,
        ["tokens"] = tokens,
        ["bytes"] = TokenShardHeader.FileLengthOf(tokens),
    };
}
