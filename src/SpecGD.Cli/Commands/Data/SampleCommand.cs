using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Data;

/// <summary><c>specgd data sample</c>: token shards of an invented language, for a first training without a download.</summary>
internal static class SampleCommand
{
    /// <summary>What can be set.</summary>
    internal sealed record SampleSettings : TokenizerSettings
    {
        [Setting("megabytes", "length of the text in 10⁶ bytes", Min = 0.001, Max = 100_000)]
        public double Megabytes { get; init; } = 10;

        [Setting("seed", "which text")]
        public ulong Seed { get; init; } = 1;
    }

    public static Command Build()
    {
        var output = new Option<string>("--output") { Description = "folder for the shards", HelpName = "DIR", Required = true };
        var command = new Command(
            "sample",
            "Make token shards of an invented language: words with Zipf's frequencies, a small grammar, documents with a subject. "
            + "The same seed gives the same text.")
        {
            output,
        };
        var json = DataCommand.JsonOption();
        command.Options.Add(json);
        var settings = new SettingOptions(command, typeof(SampleSettings));
        command.SetAction(parsed => Sample(parsed.GetValue(output)!, (SampleSettings)settings.Resolve(parsed), parsed.GetValue(json), TimeProvider.System));
        return command;
    }

    private static int Sample(string directory, SampleSettings settings, bool asJson, TimeProvider clock)
    {
        var tokenizer = settings.CreateTokenizer();
        long total = SampleText.Bytes(settings.Megabytes), begin = clock.GetTimestamp();
        ShardsFolder.Require(directory);
        RunFolder.Prepare(directory);
        if (tokenizer is ByteTokenizer)
            DiskSpace.Require(directory, sizeof(ushort) * total, "The tokens of this text"); // at least one a byte
        using var writer = new TokenFolderWriter(directory, "sample", tokenizer, settings.ShardTokens, settings.Overwrite);
        return Interruption.Guard("stopped before the shards were whole: nothing was left in the folder.", cancellation =>
        {
            var folder = ByteProgress.Show("sample", clock, progress => SampleText.Write(
                settings.Megabytes,
                settings.Seed,
                tokenizer,
                writer,
                new Relay<TokenizationProgress>(p => progress.Report(new BytesDone(p.FileBytes, total))),
                cancellation));
            DataCommand.Print(folder, directory, clock.GetElapsedTime(begin), asJson);
            return ExitCode.Done;
        });
    }
}
