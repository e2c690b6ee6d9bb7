using System.CommandLine;
using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Data;

/// <summary><c>specgd data tokenize INPUT…</c>: text, JSON Lines, Parquet and folders of them to token shards.</summary>
internal static class TokenizeCommand
{
    /// <summary>What can be set.</summary>
    internal sealed record TokenizeSettings : TokenizerSettings
    {
        [Setting("field", "the property of a JSON line that holds the document")]
        public string Field { get; init; } = TextTokenization.UsualName;

        [Setting("text-column", "the column of a Parquet file that holds the documents; within another one with a point, meta.text")]
        public string TextColumn { get; init; } = TextTokenization.UsualName;

        [Setting("name", "beginning of the shards' names")]
        public string Name { get; init; } = "text";
    }

    /// <summary>Files that are passed over and named, at most.</summary>
    private const int MostNamed = 5;

    public static Command Build()
    {
        var inputs = new Argument<string[]>("INPUT")
        {
            Description = "files of text (one document each) or JSON Lines (one document a line), plain, .gz or .zst; Parquet (one document a row); or folders of them",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output") { Description = "folder for the shards", HelpName = "DIR", Required = true };
        var command = new Command(
            "tokenize",
            "Make token shards of text, with end of text before each document. The first shard is for validation; where everything fits one, "
            + "its first tenth is.")
        {
            inputs,
            output,
        };
        var json = DataCommand.JsonOption();
        command.Options.Add(json);
        var settings = new SettingOptions(command, typeof(TokenizeSettings));
        command.SetAction(parsed => Tokenize(
            parsed.GetValue(inputs)!, parsed.GetValue(output)!, (TokenizeSettings)settings.Resolve(parsed), parsed.GetValue(json), TimeProvider.System));
        return command;
    }

    private static int Tokenize(string[] places, string directory, TokenizeSettings settings, bool asJson, TimeProvider clock)
    {
        var inputs = TextInput.Find(places);
        if (TextInput.PassedOver(places) is { Count: > 0 } others)
            Terminal.Remark($"not named as text, and passed over: {Listed(others)}");
        if (TextInput.NamedAgain(places) is { Count: > 0 } again)
            Terminal.Remark($"named more than once, and read once: {Listed(again)}");
        RequireUse(settings, inputs);
        var tokenizer = settings.CreateTokenizer();
        long total = inputs.Sum(i => i.Length), begin = clock.GetTimestamp();
        ShardsFolder.Require(directory);
        RunFolder.Prepare(directory);
        if (tokenizer is ByteTokenizer && inputs.All(input => input is { Layout: TextLayout.Plain, Packing: TextPacking.None }))
            DiskSpace.Require(directory, sizeof(ushort) * (total + inputs.Count), "The tokens of these files"); // one a byte, one a document
        using var writer = new TokenFolderWriter(directory, settings.Name, tokenizer, settings.ShardTokens, settings.Overwrite);
        return Interruption.Guard("stopped before the shards were whole: nothing was left in the folder.", cancellation =>
        {
            var work = new TextTokenization(tokenizer, settings.Field, settings.TextColumn);
            var folder = ByteProgress.Show("tokenize", clock, progress => work.Run(
                inputs, writer, new Relay<TokenizationProgress>(p => progress.Report(new BytesDone(p.FileBytes, total))), cancellation));
            DataCommand.Print(folder, directory, clock.GetElapsedTime(begin), asJson);
            return ExitCode.Done;
        });
    }

    /// <summary>The first of the files, and how many more there are.</summary>
    private static string Listed(IReadOnlyList<string> files) => string.Join(", ", files.Take(MostNamed))
        + (files.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {files.Count - MostNamed} more") : "");

    /// <summary>A name that nothing is looked up by was meant for another kind of file.</summary>
    private static void RequireUse(TokenizeSettings settings, IReadOnlyList<TextInput> inputs)
    {
        if (settings.TextColumn != TextTokenization.UsualName && inputs.All(input => input.Layout != TextLayout.Parquet))
            throw new BadInputException($"--text-column {settings.TextColumn} names a column of Parquet, and no input is Parquet; --field names the property of JSON Lines.");
        if (settings.Field != TextTokenization.UsualName && inputs.All(input => input.Layout != TextLayout.JsonLines))
            throw new BadInputException($"--field {settings.Field} names a property of JSON Lines, and no input is JSON Lines; --text-column names the column of Parquet.");
    }
}
