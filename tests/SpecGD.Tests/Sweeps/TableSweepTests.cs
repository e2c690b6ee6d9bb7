using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Tests.Sweeps;

/// <summary>Sweeps of experiments whose logs have no methods: the rows of their tables are what is measured.</summary>
public sealed class TableSweepTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("specgd-table-sweep-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("theory", """ "options": { "dims": [8, 16, 32], "seeds": 2, "statements": ["thm2.6", "sec3.1.1"] }, "grid": { "seed": [0, 1] } """, "thm2.6")]
    [InlineData("nsr-table", """ "options": { "dims": [8, 16], "seeds": 2, "samples": 64 }, "grid": { "seed": [0, 1] } """, "relu")]
    [InlineData("one-step", """ "options": { "models": ["four-layer"], "iterates": 3, "four-layer-steps": 4, "width": 16 }, "replicate": "seeds", "grid": { "seeds": [[0], [1]] } """, "four-layer")]
    [InlineData("batch-size-sweep", """ "options": { "dim": 4, "width": 6, "batch-sizes": [8, 16] }, "grid": { "seed": [0, 1] } """, "batch size=8")]
    [InlineData("relu-spectrum", """ "options": { "dims": [4, 8] }, "grid": { "seed": [0, 1] } """, "d=4")]
    [InlineData("stable-rank-sweep", """ "options": { "dim": 4, "steps": 5, "lambdas": [0.1, 0.2] }, "grid": { "seed": [0, 1] } """, "λ=0.2")]
    [InlineData("nuclear-rank-growth", """ "options": { "dims": [4, 8], "steps": 2 }, "replicate": "seeds", "grid": { "seeds": [[0], [1]] } """, "k=4")]
    [InlineData("adaptive-comparison", """ "options": { "settings": ["sparse-relu-square"], "seeds": 2, "width": 8, "most-samples": 20, "most-steps": 4 }, "grid": { "dim": [4, 5] } """, "seed=")]
    public void A_row_has_one_name_in_every_task(string experiment, string rest, string row)
    {
        var folder = Computed(experiment, rest);

        var results = SweepCollector.Collect(folder);

        string[] names = [.. results.SelectMany(r => r.Observations).Select(o => o.Method).Distinct()];
        names.ShouldContain(name => name.Contains(row, StringComparison.Ordinal), string.Join('\n', names));
        foreach (var result in results)
            names.Except(result.Observations.Select(o => o.Method)).ShouldBeEmpty("a row's name is made of what the options say, and of nothing that was measured");
        if (folder.Definition.Parts[0].Varying.Single() == folder.Definition.Parts[0].Analysis.Replicate)
            SweepAnalysis.Settings(folder.Definition.Parts[0], results).ShouldContain(s => s.Values.Count == 2);
        var collected = results.SelectMany(r => r.Observations).ToArray();
        SweepCollector.Collect(folder).SelectMany(r => r.Observations).ShouldBe(collected, "the store gives back what it was given");
    }

    [Fact]
    public void Shares_are_numbers_that_a_sweep_takes_means_of()
    {
        var folder = Computed("one-step", """ "options": { "models": ["four-layer"], "iterates": 3, "four-layer-steps": 4, "width": 16 }, "replicate": "seeds", "grid": { "seeds": [[0], [1]] } """);

        SweepCollector.Collect(folder).ShouldAllBe(result => result.Observations.Any(o => o.Series == "right calls, %"));
    }

    [Theory]
    [InlineData("\"metrics\": [\"excat\"]", "names the series 'excat' in 'metrics', which no run has; there are NSR min, mean, max, exact, bound", "Did you mean 'exact'?")]
    [InlineData("\"metrics\": [\"exact.last\"]", "names the series 'exact.last' in 'metrics'", "A metric of exact ends with first, final, min or max, and not with last.")]
    [InlineData("\"metrics\": [\"exact.final\"], \"baseline\": { \"method\": \"abs identty d=8\" }", "names the method 'abs identty d=8' in 'baseline', which no run has", "Did you mean 'abs identity d=8'?")]
    public void A_name_that_no_result_has_is_told_when_results_are_collected(string plan, string sentence, string hint)
    {
        var folder = Computed("nsr-table", $$""" "options": { "dims": [8], "seeds": 1, "samples": 16 }, "grid": { "seed": [0, 1] }, {{plan}} """);

        string? said = PlanNames.Missing(folder.Definition.Parts[0], SweepCollector.Collect(folder), record => SweepCollector.Everything(folder, record));

        said.ShouldNotBeNull();
        said.ShouldContain(sentence);
        said.ShouldContain(hint);
    }

    [Theory]
    [InlineData("theory", """ "options": { "dims": [8, 16, 32], "seeds": 2, "statements": ["thm2.6"] }, "grid": { "seed": [0] } """, "mean", "statement=thm2.6", 0)]
    [InlineData("nsr-table", """ "options": { "dims": [8, 16], "seeds": 1, "samples": 64 }, "grid": { "seed": [0] } """, "effective_rank.mean", "d=16", 0)]
    [InlineData("one-step", """ "options": { "models": ["four-layer"], "iterates": 3, "four-layer-steps": 4, "width": 16 }, "replicate": "seeds", "grid": { "seeds": [[0]] } """, "spectral.kept", "model=four-layer relu_square", 0)]
    [InlineData("batch-size-sweep", """ "options": { "dim": 4, "width": 6, "batch-sizes": [8, 16] }, "grid": { "seed": [0] } """, "stable_rank.layer1", "batch size=16", 2)]
    [InlineData("relu-spectrum", """ "options": { "dims": [4, 8] }, "grid": { "seed": [0] } """, "singular_values", "d=8", 24)]
    [InlineData("stable-rank-sweep", """ "options": { "dim": 4, "steps": 5, "lambdas": [0.1, 0.2] }, "grid": { "seed": [0] } """, "nuclear_rank", "method=specgd", 0)]
    [InlineData("nuclear-rank-growth", """ "options": { "dims": [4, 8], "steps": 2 }, "replicate": "seeds", "grid": { "seeds": [[0]] } """, "curves", "k=8", 8)]
    [InlineData("adaptive-comparison", """ "options": { "settings": ["sparse-relu-square"], "seeds": 1, "width": 8, "most-samples": 20, "most-steps": 4 }, "grid": { "dim": [4] } """, "loss", "method=adaptive", 12)]
    public void Every_number_of_a_log_is_recorded_under_its_keys_and_no_two_are_the_same(string experiment, string rest, string series, string key, int count)
    {
        var folder = Computed(experiment, rest);
        var task = folder.Tasks[0];
        var log = RunLogFile.Read(Path.Combine(folder.PathOf(task), RunFolder.LogName));

        RecordedValue[] values = [.. RecordedValue.All(task.Experiment, log)];

        values.Length.ShouldBe(Numbers(log.Sections) - Numbers(task.Experiment.RecordKeys, log.Sections), "every number but keys and steps, once");
        values.Select(Place).ShouldBeUnique();
        values.ShouldContain(value => value.Series == series && value.Keys.Any(k => $"{k.Key}={k.Value}" == key));
        values.ShouldAllBe(value => value.Keys.Keys.All(k => k == "step" || RecordedValue.KeysOf(task.Experiment).Contains(k)));
        if (count > 0)
            values.Count(value => value.Series == series).ShouldBe(count);

        static string Place(RecordedValue value) => $"{string.Join(';', value.Keys.OrderBy(k => k.Key).Select(k => $"{k.Key}={k.Value}"))} {value.Series} {value.Step} {value.Index}";
    }

    /// <summary>Numbers in a node; of a series its values, also those that are no numbers.</summary>
    private static int Numbers(JsonNode? node) => node switch
    {
        JsonObject series when series["steps"] is JsonArray && series["values"] is JsonArray values => values.Count,
        JsonObject members => members.Sum(member => Numbers(member.Value)),
        JsonArray { Count: > 0 } list when list[0] is not JsonObject => list.Count,
        JsonArray rows => rows.Sum(Numbers),
        _ => JsonNumber.Of(node) is null ? 0 : 1,
    };

    /// <summary>Numbers in a node that are keys.</summary>
    private static int Numbers(RecordKeys keys, JsonNode? node) => node switch
    {
        JsonObject members => members.Sum(member => keys.Columns.Contains(member.Key) && JsonNumber.Of(member.Value) is not null ? 1 : Numbers(keys, member.Value)),
        JsonArray rows => rows.Sum(row => Numbers(keys, row)),
        _ => 0,
    };

    [Fact]
    public void Of_names_that_results_have_nothing_is_said()
    {
        var folder = Computed("nsr-table", """ "options": { "dims": [8], "seeds": 1, "samples": 16 }, "grid": { "seed": [0, 1] }, "metrics": ["exact", "er(M).max"] """);

        PlanNames.Missing(folder.Definition.Parts[0], SweepCollector.Collect(folder), record => SweepCollector.Everything(folder, record)).ShouldBeNull();
    }

    private SweepFolder Computed(string experiment, string rest)
    {
        var json = (JsonObject)JsonNode.Parse($$"""{ "experiment": "{{experiment}}", "name": "rows", {{rest}} }""")!;
        var folder = SweepFolder.Prepare(Path.Combine(_root, "sweep"), SweepFile.Of(json, "f", "f", quick: false));
        foreach (var task in folder.Tasks)
        {
            var result = task.Experiment.Run(task.Options, RunContext.Silent);
            RunFolder.Prepare(folder.PathOf(task)).Write(
                result.Log, new Manifest(experiment, task.Identity.Options, result.Status, null, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1)));
        }
        return folder;
    }
}
