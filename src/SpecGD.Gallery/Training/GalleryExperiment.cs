using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Gallery.Networks;
using SpecGD.Records;
using SpecGD.Torch;
using TorchSharp;

namespace SpecGD.Gallery;

/// <summary>One training run of a small network on real data, with some of its matrices on Muon and the rest on AdamW.</summary>
public sealed class GalleryExperiment : Experiment<GalleryOptions>
{
    /// <summary>Its name.</summary>
    public const string ExperimentName = "gallery";

    /// <inheritdoc/>
    public override string Name => ExperimentName;

    /// <inheritdoc/>
    public override string Summary => "One training run of the gallery: a small network on real data, some of its layers on Muon.";

    /// <inheritdoc/>
    public override string RunId(GalleryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string layer = options.Layer is { } name ? "_" + name : "";
        return string.Create(CultureInfo.InvariantCulture, $"gallery_{options.Network}_{options.Arm}{layer}_lr{options.LearningRate}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    public override GalleryOptions Resolve(GalleryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Steps = options.Steps ?? Catalog.Named(options.Network).Steps };
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("moment", "layer", "type", "step");

    /// <inheritdoc/>
    public override LogNames? NamesOf(GalleryOptions options) => new([GalleryRun.Method], [GalleryRun.Loss, GalleryRun.ValidationLoss, GalleryRun.OnMuonShare]);

    /// <inheritdoc/>
    protected override RunResult Compute(GalleryOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        options = Resolve(options);
        var network = Catalog.Named(options.Network);
        var corpus = GalleryFolder.Of(null).Read();
        TorchLibrary.Load();
        torch.set_num_threads(Numerics.ThreadBudget.Total);
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["network"] = options.Network,
                ["arm"] = options.Arm,
                ["layer"] = options.Layer,
                ["learning_rate"] = options.LearningRate,
                ["seed"] = options.Seed,
                ["steps"] = options.Steps,
            },
        };
        var run = new GalleryRun(options, network, corpus, log);
        var progress = context.Progress.Begin($"{options.Network} {options.Arm}", options.Steps!.Value);
        var (status, detail) = run.Run(progress, context.Cancellation);
        progress.End(status == RunStatus.Finished ? "finished" : detail!);
        return new RunResult(log, status, detail) { DivergedMethods = status == RunStatus.Diverged ? [GalleryRun.Method] : [] };
    }

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var first = log.Rows(GalleryRun.Layers).ToLookup(row => (string?)row["layer"]);
        JsonObject[] rows = [.. first.Select(layer => Row(layer.Key!, [.. layer]))];
        string[] sentences = log.Methods.TryGetValue(GalleryRun.Method, out var method) && method.TryGet(GalleryRun.ValidationLoss, out var losses)
            ? [string.Create(CultureInfo.InvariantCulture, $"Validation loss {losses.Values[^1]:G5} at step {losses.Steps[^1]}, {losses.Values[0]:G5} at the start.")]
            : [];
        return new RunSummary(["layer", "type", "shape"], rows, sentences);
    }

    private static JsonObject Row(string layer, JsonObject[] moments)
    {
        var row = new JsonObject { ["layer"] = layer, ["type"] = (string?)moments[0]["type"], ["shape"] = $"{moments[0]["out"]} × {moments[0]["in"]}" };
        foreach (var moment in moments)
            row[$"nr/st, {(string?)moment["moment"]}"] = JsonNumber.From((JsonNumber.Of(moment["nuclear_rank"]) ?? double.NaN) / (JsonNumber.Of(moment["stable_rank"]) ?? double.NaN));
        return row;
    }
}
