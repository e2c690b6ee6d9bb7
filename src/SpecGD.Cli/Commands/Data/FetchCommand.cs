using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Data.Language.Fetching;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Data;

/// <summary><c>specgd data fetch SHARDS</c>: ready-made GPT-2 token shards from the Hugging Face hub.</summary>
internal static class FetchCommand
{
    private const string Hub = "https://huggingface.co", HubVariable = "HF_ENDPOINT", TokenVariable = "HF_TOKEN";

    /// <summary>What can be set.</summary>
    internal sealed record FetchSettings
    {
        [Setting(
            "shards",
            "training shards, of 200 MB and 10⁸ tokens each, beside the one for validation; the NanoGPT run needs 8",
            Min = 0,
            Max = 1030)]
        public int Shards { get; init; } = 8;

        [Setting("base-url", "address of the hub or of a mirror with the same paths", UnsetMeans = "$" + HubVariable + ", else " + Hub)]
        public string? BaseUrl { get; init; }

        [Setting("tries", "tries without progress before giving up", Min = 1, Max = 100)]
        public int Tries { get; init; } = new FetchOptions().Tries;
    }

    public static Command Build()
    {
        var name = new Argument<string>("SHARDS")
        {
            Description = string.Join(", ", PublishedShards.All.Select(c => $"{c.Name} ({c.TrainingShards} training shards)")),
        };
        var output = new Option<string>("--output") { Description = "folder for the shards", HelpName = "DIR", Required = true };
        var command = new Command(
            "fetch",
            "Fetch ready-made GPT-2 token shards from the Hugging Face hub; called again, it resumes where it stopped. "
            + $"{TokenVariable} is sent where it is set.")
        {
            name,
            output,
        };
        var json = DataCommand.JsonOption();
        command.Options.Add(json);
        var settings = new SettingOptions(command, typeof(FetchSettings));
        command.SetAction(parsed => Fetch(
            PublishedShards.Named(parsed.GetValue(name)!),
            parsed.GetValue(output)!,
            (FetchSettings)settings.Resolve(parsed),
            parsed.GetValue(json),
            TimeProvider.System));
        return command;
    }

    private static int Fetch(PublishedShards published, string directory, FetchSettings settings, bool asJson, TimeProvider clock)
    {
        var files = published.Files(settings.Shards);
        var hub = Address(settings.BaseUrl ?? Variable(HubVariable) ?? Hub);
        ShardsFolder.Require(directory);
        RunFolder.Prepare(directory);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // the fetcher gives up a connection that stalls
        client.DefaultRequestHeaders.UserAgent.ParseAdd("specgd");
        var fetcher = new ShardFetcher(client, new FetchOptions { Token = Variable(TokenVariable), Tries = settings.Tries }, clock);
        return Interruption.Guard(() => Stopped(directory, files), cancellation =>
        {
            long usual = TokenShardHeader.FileLengthOf(TokenFolderWriter.ShardTokens);
            var fetched = new List<string>();
            foreach (string file in files)
            {
                string target = Path.Combine(directory, file);
                var result = ByteProgress.Show(file, clock, progress => fetcher.FetchAsync(
                    published.Address(hub, file),
                    target,
                    new Relay<FetchProgress>(p => progress.Report(new BytesDone(p.Done, p.Total ?? usual))),
                    Terminal.Remark,
                    cancellation).GetAwaiter().GetResult());
                if (result == FetchResult.WasThere)
                    Terminal.Remark($"{target} is there already");
                fetched.Add(target);
                if (!asJson)
                    Console.Out.WriteLine(target);
            }
            if (asJson)
                SummaryView.PrintJson(Json(directory, fetched));
            return ExitCode.Done;
        });
    }

    /// <summary>What is in the folder where fetching was stopped.</summary>
    private static string Stopped(string directory, IReadOnlyList<string> files)
    {
        int whole = files.Count(file => File.Exists(Path.Combine(directory, file)));
        FileInfo[] begun = [.. files.Select(file => new FileInfo(Path.Combine(directory, file + ShardFetcher.PartialSuffix))).Where(part => part.Exists)];
        foreach (var empty in begun.Where(part => part.Length == 0))
            empty.Delete(); // nothing had come: the folder goes with it where the command made it
        string[] kept =
        [
            .. whole > 0 ? [Counted.Of(whole, "whole shard")] : Array.Empty<string>(),
            .. begun.Where(part => part.Exists).Select(part => $"{part.Name} with {MachineMemory.Text(part.Length)}"),
        ];
        return kept.Length > 0
            ? $"stopped: {directory} has {string.Join(" and ", kept)}, and the same command resumes it."
            : "stopped before anything had arrived: nothing is stored, and the same command begins again.";
    }

    private static JsonObject Json(string directory, IReadOnlyList<string> fetched)
    {
        (string File, int Tokens)[] shards = [.. fetched.Select(file => (file, TokensIn(file)))];
        return new JsonObject
        {
            ["directory"] = directory,
            ["files"] = new JsonArray([.. shards.Select(shard => DataCommand.FileOf(shard.File, shard.Tokens))]),
            ["tokens"] = shards.Sum(shard => (long)shard.Tokens),
        };
    }

    private static int TokensIn(string file)
    {
        using var shard = TokenShard.Open(file, BytePairTokenizer.PublishedSize);
        return shard.Count;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new BadInputException($"'{text}' is no address of a hub; one beginning with https:// was expected.");
}
