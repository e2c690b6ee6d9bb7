using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Experiments;

public sealed class TrackerViewTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-tracker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_section_of_a_log_and_the_trackers_own_file_read_the_same()
    {
        var log = new SyntheticTracker().Log();
        string bare = Path.Combine(_folder, "tracker.json");
        File.WriteAllText(bare, log.Sections[TrackerView.SectionName]!.ToJsonString());

        foreach (var tracker in new[] { TrackerView.Of(log)!, TrackerView.Of(NanoGptLog.Read(bare))!, TrackerView.Of(NanoGptLog.Read(_folder))! })
        {
            var ranks = tracker.Of("gradient.mlp", "mlp.c_proj");
            ranks.Select(series => series.Block).ShouldBe([0, 1, 2, 3]);
            ranks[3].Series.Steps.ShouldBe([2, 20, 40, 60, 80]);
            ranks[3].Series.Values.ShouldBe([1, 20, 20, 20, 20]);
            tracker.Section("token_frequency").ShouldHaveSingleItem().Series.Values[^1].ShouldBe(8);
            tracker.Of("rms", "lm_head.pre").ShouldHaveSingleItem().Block.ShouldBeNull();
            tracker.Section("weight.mlp").ShouldBeEmpty();
        }
    }

    [Fact]
    public void Ratios_are_of_what_both_have_at_steps_that_both_have()
    {
        var record = new TrackerLog(10);
        foreach (var (step, rank) in new[] { (2, 8.0), (10, 12), (20, 30) })
            record.Record("gradient.mlp", "1.mlp.c_fc", step, rank);
        record.Record("gradient.mlp", "0.mlp.c_fc", 10, 5);
        foreach (var (step, rank) in new[] { (2, 4.0), (15, 1), (20, 3) })
            record.Record("rms", "block1.rms.pre_mlp", step, rank);
        var log = new RunLog("two") { Sections = new JsonObject { [TrackerView.SectionName] = record.ToJson() } };

        var ratio = TrackerView.Of(log)!.Ratios(TrackedWeight.Expand).ShouldHaveSingleItem();

        ratio.Block.ShouldBe(1);
        ratio.Series.Steps.ShouldBe([2, 20]);
        ratio.Series.Values.ShouldBe([2, 10]);
    }

    /// <summary>Files and checkpoints of earlier versions have the ratios under another name.</summary>
    [Fact]
    public void Ratios_are_read_under_the_name_of_earlier_versions()
    {
        var tracker = new TrackerLog(10);
        tracker.Record(TrackerLog.RatiosName, "0.mlp.c_fc", 10, 2.5);
        var earlier = new TrackerLog(10);
        var state = JsonNode.Parse(tracker.CaptureState().ToJsonString().Replace(TrackerLog.RatiosName, "verdict", StringComparison.Ordinal))!;
        earlier.RestoreState(state);
        var file = JsonNode.Parse(tracker.ToJson().ToJsonString().Replace(TrackerLog.RatiosName, "verdict", StringComparison.Ordinal))!;
        var log = new RunLog("run") { Sections = new JsonObject { [TrackerView.SectionName] = file } };

        earlier[TrackerLog.RatiosName]["0.mlp.c_fc"].Values.ShouldBe([2.5]);
        TrackerView.Of(log)!.Of(TrackerLog.RatiosName, "mlp.c_fc").Single().Series.Values.ShouldBe([2.5]);
    }

    /// <summary>The ratios that the tracker recorded, by the same table, from a run.</summary>
    [Fact]
    public void Ratios_are_those_that_the_tracker_recorded()
    {
        const double rounding = 1e-14;
        var trainer = Training.Gpt.GptTrainingCase.Trainer();
        trainer.Run(SpecGD.Training.SilentProgress.Instance, CancellationToken.None);
        var log = new RunLog("run") { Sections = new JsonObject { [TrackerView.SectionName] = trainer.Tracker.ToJson() } };
        int compared = 0;

        foreach (var weight in TrackedWeight.All)
            foreach (var ratio in TrackerView.Of(log)!.Ratios(weight))
            {
                string key = ratio.Block is { } block ? $"{block}.{weight.Name}" : weight.Name;
                var verdict = trainer.Tracker["nr_over_st"][key];
                ratio.Series.Steps.ShouldBe(verdict.Steps);
                foreach (var (ours, recorded) in ratio.Series.Values.Zip(verdict.Values))
                    (Math.Abs(ours - recorded) <= rounding * recorded).ShouldBeTrue($"{key}: {ours} against {recorded}");
                compared++;
            }

        compared.ShouldBe((6 * 6) + 2);
    }

    [Fact]
    public void A_range_passes_over_the_warm_up_and_takes_medians()
    {
        static TrackedSeries Series(int block, params double[] values)
        {
            var series = new Series();
            for (int i = 0; i < values.Length; i++)
                series.Add(i * 10, values[i]);
            return new TrackedSeries(block, "x", series);
        }

        // Steps 0 … 40: the first quarter ends before step 10.
        var range = TrackedRange.Of([Series(0, 1000, 1, 2, 3, 10), Series(1, -1000, 5, 5, 5, 5), Series(2, 0, 9, double.NaN, 7, 8)])!.Value;

        (range.Least, range.Median, range.Most, range.Blocks).ShouldBe((2.5, 5, 8, 3));
        TrackedRange.Of([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"tracker": {"rms": 3}}""", "The tracker's 'tracker.rms' must be an object of series.")]
    [InlineData("""{"tracker": {"rms": {"block0.rms.pre_attn": {"steps": [1, 2], "values": [1]}}}}""", "The tracker's 'tracker.rms.block0.rms.pre_attn' has 2 steps but 1 value")]
    [InlineData("""{"tracker": []}""", "The log's 'tracker' must be an object")]
    public void What_is_no_record_is_a_sentence(string json, string sentence)
    {
        var log = new RunLog("bad") { Sections = (JsonObject)JsonNode.Parse(json)! };

        Should.Throw<BadInputException>(() => TrackerView.Of(log)!.Section("rms")).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_folder_without_either_file_says_what_it_lacks() =>
        Should.Throw<BadInputException>(() => NanoGptLog.Read(_folder)).Message.ShouldContain("holds neither log.json nor tracker.json");
}
