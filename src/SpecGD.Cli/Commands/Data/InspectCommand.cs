using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Data;

/// <summary><c>specgd data inspect FILE…</c>: what is in token shards, and the stable rank of their indicator matrix.</summary>
internal static class InspectCommand
{
    /// <summary>What can be set.</summary>
    internal sealed record InspectSettings
    {
        [Setting(
            "tokenizer",
            "what made the tokens",
            Choices = "bytes,gpt2",
            UnsetMeans = "as tokens.json beside the shards says, else by the largest token")]
        public string? Tokenizer { get; init; }

        [Setting("vocabulary", "another vocabulary than GPT-2's own, to show tokens as text", UnsetMeans = TokenizerSettings.WithoutVocabulary)]
        public string? Vocabulary { get; init; }

        [Setting("top", "how many of the most common tokens to list", Min = 0, Max = 65536)]
        public int Top { get; init; } = 10;
    }

    /// <summary>What a tokenizer's name says of tokens; <paramref name="Text"/> is null where the vocabulary at hand is another.</summary>
    private sealed record Reading(string Name, int Vocabulary, ushort EndOfText, ITokenizer? Text);

    public static Command Build()
    {
        var places = new Argument<string[]>("FILE")
        {
            Description = "token shards, folders of them, or patterns such as 'data/*_train_*.bin'",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = new Option<bool>("--json") { Description = "print the findings as JSON" };
        var command = new Command(
            "inspect",
            "Read token shards whole and tell what is in them: tokens, documents, the most common tokens, and 1/p_max, which is the stable rank "
            + "of the token indicator matrix.")
        {
            places,
            json,
        };
        var settings = new SettingOptions(command, typeof(InspectSettings));
        command.SetAction(parsed => Interruption.Guard("stopped before everything was read.", cancellation => Inspect(
            [.. parsed.GetValue(places)!.SelectMany(place => TokenFiles.Find(place))],
            (InspectSettings)settings.Resolve(parsed),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Inspect(IReadOnlyList<string> files, InspectSettings settings, bool asJson, CancellationToken cancellation)
    {
        var told = Told(files[0], settings);
        int vocabulary = told?.Vocabulary ?? ushort.MaxValue + 1;
        var censuses = ByteProgress.Show("inspect", TimeProvider.System, progress => Count(files, vocabulary, progress, cancellation));
        var all = new TokenCensus();
        foreach (var census in censuses)
            all.Add(census);
        var reading = told ?? Guess(all.Largest, settings);
        JsonObject[] headers = [.. files.Zip(censuses, (file, census) => HeaderOf(file, census.Total))];
        JsonObject[] rows = [.. files.Zip(censuses, (file, census) => Row(file, census, reading))];
        JsonObject[] common = [.. all.MostCommon(settings.Top).Select(t => Row(t.Token, t.Count, all.Total, reading))];
        if (asJson)
        {
            foreach (var (row, header) in rows.Zip(headers))
                row["header"] = header;
            SummaryView.PrintJson(new JsonObject
            {
                ["tokenizer"] = reading.Name,
                ["vocabulary"] = reading.Vocabulary,
                ["shards"] = new JsonArray([.. rows]),
                ["all"] = Row("all", all, reading),
                ["most_common"] = new JsonArray([.. common]),
            });
            return ExitCode.Done;
        }
        if (files.Select(Path.GetFileName).Distinct().Count() == files.Count) // tables are wide enough without folders
            foreach (var row in headers.Concat(rows))
                row["file"] = Path.GetFileName((string?)row["file"]);
        SummaryView.PrintTable("Headers: every file has the length that its header says", headers);
        SummaryView.PrintTable(
            $"Token shards of {reading.Name}; st = 1/p_max is the stable rank of the token indicator matrix",
            rows.Length > 1 ? [.. rows, Row("all", all, reading)] : rows);
        SummaryView.PrintTable("Most common tokens", [.. common.Select(Shown)]);
        return ExitCode.Done;
    }

    private static List<TokenCensus> Count(IReadOnlyList<string> files, int vocabulary, IProgress<BytesDone> progress, CancellationToken cancellation)
    {
        long total = files.Sum(f => File.Exists(f) ? new FileInfo(f).Length : 0), done = 0;
        var censuses = new List<TokenCensus>();
        foreach (string file in files)
        {
            using var shard = TokenShard.Open(file, vocabulary);
            var census = new TokenCensus();
            census.Add(shard, cancellation);
            censuses.Add(census);
            done += TokenShardHeader.FileLengthOf(shard.Count);
            progress.Report(new BytesDone(done, total));
        }
        return censuses;
    }

    /// <summary>What made the tokens, where an option or the folder says it.</summary>
    private static Reading? Told(string file, InspectSettings settings)
    {
        if (settings.Tokenizer is { } name)
            return Of(name, settings);
        if (TokenFolder.Find(Path.GetDirectoryName(Path.GetFullPath(file))!) is not { } folder)
            return null;
        var known = Of(folder.Tokenizer, settings);
        return new Reading(folder.Tokenizer, folder.Vocabulary, folder.EndOfText, known.Vocabulary == folder.Vocabulary ? known.Text : null);
    }

    private static Reading Guess(int largest, InspectSettings settings) =>
        Of(largest < ByteTokenizer.VocabularySize ? ByteTokenizer.TokenizerName : BytePairTokenizer.TokenizerName, settings);

    private static Reading Of(string name, InspectSettings settings)
    {
        var tokenizer = TokenizerSettings.Create(name, settings.Vocabulary);
        return new Reading(name, tokenizer.Vocabulary, tokenizer.EndOfText, tokenizer);
    }

    private static JsonObject Row(string file, TokenCensus census, Reading reading) => new()
    {
        ["file"] = file,
        ["tokens"] = census.Total,
        ["documents"] = census[reading.EndOfText],
        ["kinds of token"] = census.Distinct,
        ["largest token"] = census.Largest,
        ["st"] = JsonNumber.From(census.StableRank),
        ["entropy (nats)"] = JsonNumber.From(census.Entropy),
    };

    private static JsonObject Row(ushort token, long count, long total, Reading reading) => new()
    {
        ["token"] = token,
        ["text"] = Shown(token, reading),
        ["count"] = count,
        ["share"] = (double)count / total,
    };

    /// <summary>The row with its share in per cent, for readers.</summary>
    private static JsonObject Shown(JsonObject row)
    {
        var shown = (JsonObject)row.DeepClone();
        shown["share"] = ((double)row["share"]!).ToString("0.0000%", CultureInfo.InvariantCulture);
        return shown;
    }

    /// <summary>What the header says; a file that is not of the length which follows from it has been refused.</summary>
    private static JsonObject HeaderOf(string file, long tokens) => new()
    {
        ["file"] = file,
        ["magic"] = TokenShardHeader.Magic,
        ["version"] = TokenShardHeader.Version,
        ["tokens"] = tokens,
        ["bytes"] = new FileInfo(file).Length,
        ["expected bytes"] = TokenShardHeader.FileLengthOf(tokens),
    };

    /// <summary>The token in quotation marks, what cannot be seen as an escape; nothing where the vocabulary at hand has no such token.</summary>
    private static string? Shown(ushort token, Reading reading)
    {
        if (reading.Text is not { } tokenizer || token >= tokenizer.Vocabulary)
            return null;
        var shown = new StringBuilder("'");
        foreach (var rune in Encoding.UTF8.GetString(tokenizer.Decode([token])).EnumerateRunes())
            shown.Append(Rune.IsControl(rune) ? $"\\u{rune.Value:x4}" : rune.ToString());
        return shown.Append('\'').ToString();
    }
}
