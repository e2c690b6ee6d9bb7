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
    [InlineData("stable-rank-sweep", """ "options": { "dim": 4, "steps": 5, "lambdas": [0.1, 0.2, 0.2] }, "grid": { "seed": [0, 1] } """, "λ=0.2 (2)")]
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
