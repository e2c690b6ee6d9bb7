using SpecGD.Data.Language.Fetching;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Data;

/// <summary>The folder that token shards are written into.</summary>
internal static class ShardsFolder
{
    private static readonly string[] Shards = ["*_val_??????.bin", "*_train_??????.bin", "*_val_??????.bin" + ShardFetcher.PartialSuffix, "*_train_??????.bin" + ShardFetcher.PartialSuffix];

    /// <summary>Throws where the folder holds anything but token shards, or belongs to a run. Shards that are there are for the command itself to judge.</summary>
    /// <exception cref="BadInputException">It does.</exception>
    public static void Require(string directory)
    {
        string[] own = IsDescribed(directory) ? [.. Shards, TokenFolder.FileName] : Shards;
        OutputFolder.Require(directory, "token shards", [], own);
    }

    private static bool IsDescribed(string directory)
    {
        try
        {
            return TokenFolder.Find(directory) is not null;
        }
        catch (BadInputException)
        {
            return false; // another file of this name
        }
    }
}
