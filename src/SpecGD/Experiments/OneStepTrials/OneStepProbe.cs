using System.Text.Json.Nodes;
using SpecGD.Models;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>
/// Takes both single steps from chosen iterates of a trajectory, on a twin of its model, so that the trajectory never notices.
/// </summary>
/// <param name="source">Where the iterates come from.</param>
/// <param name="twin">A model like the one observed, with weights of its own.</param>
/// <param name="c">The loss's curvature in what the last layer puts out.</param>
/// <param name="steps">The steps to look at.</param>
/// <param name="spectralTogether">The layers that are spectral where all step together; empty where the model has one.</param>
internal sealed class OneStepProbe(
    TrialSource source, IModel twin, double c, IReadOnlySet<int> steps, IReadOnlyList<string> spectralTogether) : IProbe
{
    private List<OneStepRow> _rows = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<OneStepRow> Rows => _rows;

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        if (!steps.Contains(step))
            return;
        foreach (var (from, to) in model.Blocks.Zip(twin.Blocks))
            from.Weight.CopyTo(to.Weight);
        double before = twin.Evaluate();
        SteppedLayer[] layers = [.. twin.Blocks.Select(LayerOf)];
        _rows.AddRange(OneStepTrial.Alone(source, step, layers, twin.Evaluate, before));
        if (spectralTogether.Count > 0)
            _rows.Add(OneStepTrial.All(source, step, layers, layer => spectralTogether.Contains(layer.Name), twin.Evaluate, before));
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonArray([.. _rows.Select(row => row.ToJson())]);

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => _rows = [.. state.AsArray().OfType<JsonObject>().Select(OneStepRow.FromJson)];

    private SteppedLayer LayerOf(WeightBlock block) => new(block.Name, block.Name, block.Weight, block.Gradient, block.Activation, c);
}
