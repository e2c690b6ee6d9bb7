using System.Text;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Hardening.Survival;

/// <summary>The cases: every verb that writes for longer than a moment, on work of about a second.</summary>
internal static class SurvivalCases
{
    private const string TextName = "text.txt", SweepName = "sweep.json", AddressName = "address.txt";

    /// <summary>Two tasks of a sweep, each of several parts that are kept.</summary>
    private const string SweepText = """
        { "experiment": "random-feature", "name": "survival", "metrics": ["loss"],
          "options": { "feature-dim": 6, "num-samples": 30, "steps": 4, "specgd-restart-frequency": 0 }, "grid": { "dim": [8], "seed": [0, 1] } }
        """;

    private static readonly string[] RunResults = [RunFolder.LogName, RunFolder.MetricsName];

    public static IReadOnlyList<SurvivalCase> Create() =>
    [
        new("run", (_, output) => ["run", "random-feature", "--dim", "10", "--feature-dim", "6", "--num-samples", "40", "--steps", "4",
            "--specgd-restart-frequency", "0", "--no-figures", "--output", output], Nothing)
        {
            IsResult = path => RunResults.Contains(path),
        },
        new("nanogpt train", (inputs, output) => ["nanogpt", "train", "--text", Path.Combine(inputs, TextName), "--width", "16", "--heads", "2",
            "--layers", "6", "--length", "128", "--sequences", "1", "--steps", "5", "--checkpoint-every", "1", "--track-every", "2",
            "--validate-every", "2", "--no-figures", "--output", output], WriteText)
        {
            IsResult = path => Path.GetFileName(path) is GptCheckpoints.ModelName or GptCheckpoints.OptimizerName or GptCheckpoints.StateName
                || path is RunFolder.LogName or RunFolder.MetricsName or "tracker.json",
        },
        new("sweep", (inputs, output) => ["sweep", Path.Combine(inputs, SweepName), "--workers", "2", "--output", output],
            inputs => File.WriteAllText(Path.Combine(inputs, SweepName), SweepText))
        {
            IsResult = path => RunResults.Contains(Path.GetFileName(path)) || path == SweepName,
        },
        new("data tokenize", (inputs, output) => ["data", "tokenize", Path.Combine(inputs, TextName), "--shard-tokens", "40000", "--output", output],
            WriteText)
        {
            IsResult = path => path.EndsWith(".bin", StringComparison.Ordinal) || path == TokenFolder.FileName,
            SaysDone = "has token shards already",
        },
        new("data fetch", (inputs, output) => ["data", "fetch", "fineweb10B", "--shards", "3", "--base-url",
            File.ReadAllText(Path.Combine(inputs, AddressName)), "--output", output],
            inputs => File.WriteAllText(Path.Combine(inputs, AddressName), ShardHost.Shared.Address.ToString()))
        {
            IsResult = path => path.EndsWith(".bin", StringComparison.Ordinal),
        },
        new("reproduce", (_, output) => ["reproduce", "relu-spectrum", "--quick", "--no-figures", "--output", output], Nothing)
        {
            IsResult = path => RunResults.Contains(Path.GetFileName(path)),
        },
    ];

    private static void Nothing(string inputs)
    {
    }

    /// <summary>Some 120 KB in which no line is another.</summary>
    private static void WriteText(string inputs)
    {
        var text = new StringBuilder();
        for (int i = 0; i < 3000; i++)
            text.Append("Line ").Append(i).Append(" of a text, the square of whose number is ").Append((long)i * i).Append(".\n");
        File.WriteAllText(Path.Combine(inputs, TextName), text.ToString());
    }
}
