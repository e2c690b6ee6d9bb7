using System.Text.Json.Nodes;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training;

/// <summary>
/// Records loss, stable ranks of the post-activations, nuclear ranks of the gradients, natural step
/// scales and norms of every layer, under the authors' names.
/// </summary>
/// <param name="log">Where the series go.</param>
/// <param name="geometry">The geometry in which a block is updated: it decides which activation norm scales its step.</param>
/// <param name="stableRank">What is recorded as the stable rank of post-activations; null for the stable rank itself.</param>
public sealed class LayeredProbe(
    MethodLog log, Func<WeightBlock, Geometry> geometry, Func<ActivationMeasurement, double>? stableRank = null) : IProbe
{
    private readonly WeightNorms _norms = new();

    /// <summary>Names of what it records of a model whose blocks have these names.</summary>
    internal static IReadOnlyList<string> SeriesOf(IReadOnlyList<string> blocks) =>
    [
        "loss",
        .. Enumerable.Range(1, blocks.Count - 1).Select(layer => SeriesName.Of("activations", "layer", layer)),
        .. blocks.SkipLast(1).Select(block => SeriesName.Of("grad_ratio", block)),
        .. blocks.Select(block => SeriesName.Of("grad_scale", block)),
        .. Enumerable.Range(0, blocks.Count).Select(layer => SeriesName.Of("activation_op_norm", "A", layer)),
        .. blocks.Select(block => SeriesName.Of("weight_op_norm", block)),
    ];

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        log.Record("loss", step, loss);
        var blocks = model.Blocks;
        Measure(blocks);
        for (int layer = 1; layer < blocks.Count; layer++)
            log.Record(SeriesName.Of("activations", "layer", layer), step, stableRank?.Invoke(blocks[layer].Activation) ?? blocks[layer].Activation.StableRankOrZero);
        for (int layer = 1; layer < blocks.Count; layer++)
            log.Record(SeriesName.Of("grad_ratio", blocks[layer - 1].Name), step, blocks[layer - 1].GradientNuclearRank);
        for (int layer = 0; layer < blocks.Count; layer++)
        {
            var activation = blocks[layer].Activation;
            var of = geometry(blocks[layer]);
            log.Record(SeriesName.Of("grad_scale", blocks[layer].Name), step, of.NaturalScale(activation));
            log.Record(SeriesName.Of("activation_op_norm", "A", layer), step, of.CurvatureNorm(activation));
        }
    }

    /// <summary>Weight norms are measured after the update, as the authors do.</summary>
    public void ObserveUpdated(int step, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        double[] norms = _norms.Of(model.Blocks);
        foreach (var (block, norm) in model.Blocks.Zip(norms))
            log.Record(SeriesName.Of("weight_op_norm", block.Name), step, norm);
    }

    /// <summary>
    /// Lets every block have what is recorded of it: the gradient's nuclear rank, but for the last block, and the activations' operator norm, the costly
    /// ones first.
    /// </summary>
    private static void Measure(IReadOnlyList<WeightBlock> blocks)
    {
        int gradients = blocks.Count - 1;
        ThreadBudget.Spread(gradients + blocks.Count, piece =>
        {
            if (piece < gradients)
                _ = blocks[piece].GradientNuclearRank;
            else
                _ = blocks[piece - gradients].Activation.OperatorNorm;
        });
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => NormedSeries.Capture(log, _norms);

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => NormedSeries.Restore(log, _norms, state);
}
