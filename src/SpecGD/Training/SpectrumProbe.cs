using System.Text.Json.Nodes;
using SpecGD.Models;
using SpecGD.Spectral;

namespace SpecGD.Training;

/// <summary>
/// Keeps the singular values of the post-activations every so many steps, as frames of an animation: frame 0 is the start, and the frame
/// labelled t + 1 holds what was measured before update t, for labels that the interval divides.
/// </summary>
/// <param name="method">Name of the trajectory.</param>
/// <param name="interval">Steps between frames.</param>
/// <param name="totalSteps">Steps of the trajectory.</param>
/// <param name="stableRank">What is recorded as the stable rank of post-activations; null for the stable rank itself.</param>
public sealed class SpectrumProbe(
    string method, int interval, int totalSteps, Func<ActivationMeasurement, double>? stableRank = null) : IProbe
{
    private JsonArray _frames = [];

    /// <summary>The frames so far, under the authors' names.</summary>
    public JsonObject ToJson() => new()
    {
        ["method"] = method,
        ["interval"] = interval,
        ["layers"] = new JsonArray([.. (_frames.FirstOrDefault()?["spectra"] as JsonObject ?? []).Select(layer => (JsonNode)layer.Key)]),
        ["total_steps"] = totalSteps,
        ["frames"] = _frames.DeepClone(),
    };

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (step == 0)
            _frames.Add(Frame(0, loss, model));
        if ((step + 1) % interval == 0)
            _frames.Add(Frame(step + 1, loss, model));
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => _frames.DeepClone();

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _frames = state.DeepClone().AsArray();
    }

    private JsonObject Frame(int label, double loss, IModel model)
    {
        var stableRanks = new JsonObject();
        var spectra = new JsonObject();
        for (int layer = 1; layer < model.Blocks.Count; layer++)
        {
            var activation = model.Blocks[layer].Activation;
            stableRanks[$"layer{layer}"] = stableRank?.Invoke(activation) ?? activation.StableRankOrZero;
            spectra[$"layer{layer}"] = new JsonArray([.. Measures.SingularValues(activation.Matrix).Select(s => (JsonNode)(float)s)]);
        }
        return new JsonObject { ["step"] = label, ["loss"] = loss, ["stable_rank"] = stableRanks, ["spectra"] = spectra };
    }
}
