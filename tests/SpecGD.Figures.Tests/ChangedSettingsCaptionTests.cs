using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

/// <summary>Every picture of every experiment tells what its run has otherwise than by default.</summary>
public class ChangedSettingsCaptionTests
{
    public static TheoryData<string, Func<RunLog>> Logs => new()
    {
        { "random-feature", TestLogs.RandomFeature },
        { "stable-rank-sweep", () => TinyRuns.StableRankSweep() },
        { "relu-spectrum", TinyRuns.ReluSpectrum },
        { "batch-size-sweep", TinyRuns.BatchSizeSweep },
        { "nuclear-rank-growth", TinyRuns.NuclearRankGrowth },
        { "one-step", TinyRuns.OneStep },
        { "adaptive-comparison", TinyRuns.AdaptiveComparison },
        { "nanogpt", TinyRuns.NanoGpt },
        { "sparse-regression", TinyRuns.SparseRegression },
    };

    [Theory]
    [MemberData(nameof(Logs), DisableDiscoveryEnumeration = true)]
    public void Every_caption_tells_the_changed_settings_of_the_log(string name, Func<RunLog> run)
    {
        var log = run();
        string[] before = Captions(log);
        log.Config[ChangedSettings.LogName] = new JsonObject { ["gd-lr"] = "0.5", ["dtype"] = "float32" };

        string[] captions = Captions(log);

        captions.ShouldNotBeEmpty(name);
        captions.ShouldBe(before.Select(caption => caption + " Not at their defaults: gd-lr 0.5; dtype float32."));
    }

    private static string[] Captions(RunLog log)
    {
        var (still, moving) = FigureCatalog.Compose(log);
        return [.. still.Select(figure => figure.Caption), .. moving.Select(animation => animation.Caption)];
    }
}
