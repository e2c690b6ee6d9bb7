using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Tests;

/// <summary>Rows of tables as the program prints them.</summary>
internal static class PrintedTables
{
    /// <summary>The rows, by name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> All { get; } = new Dictionary<string, IReadOnlyList<JsonObject>>
    {
        ["random-feature"] = Rows(new RandomFeature(), new RandomFeatureOptions { Dim = 8, FeatureDim = 4, NumSamples = 20, Steps = 300 }),
        ["nuclear-rank-growth"] = Rows(new NuclearRankGrowth(), new NuclearRankGrowthOptions { Dims = [4, 8], Steps = 3 }),
        ["batch-size-sweep"] = Rows(new BatchSizeSweep(), new BatchSizeSweepOptions { Dim = 4, Width = 6, BatchSizes = [8, 16] }),
        ["stable-rank-sweep"] = Rows(new StableRankSweep(), new StableRankSweepOptions { Dim = 4, Steps = 20, LambdaCount = 3 }),
        ["sparse-regression"] = Rows(new SparseRegression(), new SparseRegressionOptions { Dim = 4, Width = 6, BatchSize = 12, Steps = 6 }),
        ["figures"] = [.. PaperFigureCatalog.All.Select(figure => new JsonObject { ["figure"] = figure.Id, ["title"] = figure.Title, ["claims"] = figure.Claims.Count })],
    };

    private static IReadOnlyList<JsonObject> Rows(IExperiment experiment, object options) => experiment.Summarise(experiment.Run(options, RunContext.Silent).Log).Rows;
}
