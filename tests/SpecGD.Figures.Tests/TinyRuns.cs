using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Adaptive;
using SpecGD.Experiments.OneStepTrials;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

/// <summary>Logs of very small runs of the experiments, written and read as a file is.</summary>
internal static class TinyRuns
{
    public static RunLog StableRankSweep(bool fromPeak = true, params int[] fromSteps) => Run(
        new StableRankSweep(),
        new StableRankSweepOptions { Dim = 4, Steps = 60, LambdaCount = 3, LambdaMax = 0.6, SpecgdFromPeak = fromPeak, SpecgdFromIter = fromSteps });

    public static RunLog ReluSpectrum() => Run(new ReluSpectrum(), new ReluSpectrumOptions { Dims = [4, 8, 16] });

    public static RunLog BatchSizeSweep() => Run(new BatchSizeSweep(), new BatchSizeSweepOptions { Dim = 4, Width = 6, BatchSizes = [8, 16] });

    public static RunLog NuclearRankGrowth() => Run(new NuclearRankGrowth(), new NuclearRankGrowthOptions { Dims = [4, 8], Steps = 3 });

    public static RunLog OneStep() => Run(
        new OneStep(),
        new OneStepOptions { Models = [OneStepOptions.FourLayer], Seeds = [0], Iterates = 3, FourLayerSteps = 4, Width = 16 });

    public static RunLog AdaptiveComparison() => Run(
        new AdaptiveComparison(),
        new AdaptiveComparisonOptions
        {
            Settings = [AdaptiveComparisonOptions.SparseRelu, AdaptiveComparisonOptions.SparseSwiGluSmall],
            Seeds = 2,
            Dim = 5,
            Width = 8,
            MostSamples = 20,
            MostSteps = 4,
        });

    /// <summary>A language model of six blocks, tracked at three steps.</summary>
    public static RunLog NanoGpt() => Run(new NanoGptExperiment(), SmallModel with { TrackEvery = 2 });

    /// <summary>Six runs of it without the tracker.</summary>
    public static RunLog NanoGptAblation() => Run(new NanoGptAblation(), SmallModel with { TrackEvery = 0 });

    private static NanoGptStudyOptions SmallModel { get; } =
        new() { Layers = 6, Width = 16, Heads = 2, Length = 128, Sequences = 1, Steps = 6, ValidateEvery = 3 };

    /// <summary>A sparse regression with spectra at the labels 0, 2, 4, 6 for both methods; the spectra are numbers that anyone can follow.</summary>
    public static RunLog SparseRegression()
    {
        var log = Run(new SparseRegression(), new SparseRegressionOptions { Dim = 4, Width = 6, BatchSize = 12, Steps = 6 });
        var section = new JsonObject();
        foreach (string method in log.Methods.Keys)
            section[method] = Spectra(method);
        log.Sections["spectrum_gif"] = section;
        return log;
    }

    /// <summary>The log after it was a file.</summary>
    public static RunLog ThroughAFile(ReadOnlySpan<byte> json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("log.json"), json);
        return RunLogFile.Read(folder.PathOf("log.json"));
    }

    private static RunLog Run(IExperiment experiment, object options) => ThroughAFile(RunLogFile.Serialize(
        experiment.Run(options, RunContext.Silent).Log));

    private static JsonObject Spectra(string method)
    {
        var frames = new JsonArray();
        foreach (int label in new[] { 0, 2, 4, 6 })
        {
            frames.Add(new JsonObject
            {
                ["step"] = label,
                ["loss"] = 1.0 / (1 + label),
                ["stable_rank"] = new JsonObject { ["layer1"] = 1.26, ["layer2"] = 1.5 },
                ["spectra"] = new JsonObject { ["layer1"] = new JsonArray(10.0 + label, 5.0, 1.0, 0.0), ["layer2"] = new JsonArray(2.0, 1.0, 1.0) },
            });
        }
        return new JsonObject
        {
            ["method"] = method,
            ["interval"] = 2,
            ["layers"] = new JsonArray("layer1", "layer2"),
            ["frames"] = frames,
            ["total_steps"] = 6,
        };
    }
}
