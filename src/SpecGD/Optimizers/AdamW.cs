using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>Settings of <see cref="AdamW"/>; the defaults are those of torch.optim.AdamW but for the weight decay, which is none.</summary>
/// <param name="LearningRate">lr.</param>
public sealed record AdamWSettings(double LearningRate)
{
    /// <summary>β₁, the share of the past in the mean of the gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂, the share of the past in the mean of their squares.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>wd: the weight shrinks by the factor 1 − lr·wd at every step.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>
/// Adam with decoupled weight decay: m ← β₁m + (1−β₁)G, v ← β₂v + (1−β₂)G², W ← W(1 − lr·wd) − lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε), entry by
/// entry.
/// </summary>
public sealed class AdamW(AdamWSettings settings) : IOptimizer
{
    private Dictionary<string, Matrix<double>> _first = [], _second = [];
    private int _steps;

    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        _steps++;
        foreach (var block in blocks)
        {
            var g = block.Gradient;
            var m = _first.Of(block);
            m.Scale(settings.Beta1);
            m.AddScaled(1 - settings.Beta1, g);
            using var lease = MatrixPool<double>.Rent(g.Rows, g.Columns);
            g.CopyTo(lease.Matrix);
            lease.Matrix.MultiplyElementwise(g);
            var v = _second.Of(block);
            v.Scale(settings.Beta2);
            v.AddScaled(1 - settings.Beta2, lease.Matrix);
        }
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        double step = settings.LearningRate / (1 - Math.Pow(settings.Beta1, _steps)), bias = 1 - Math.Pow(settings.Beta2, _steps);
        foreach (var block in blocks)
        {
            block.Weight.Scale(1 - (settings.LearningRate * settings.WeightDecay));
            for (int i = 0; i < block.Weight.Rows; i++)
            {
                Span<double> w = block.Weight.Row(i);
                ReadOnlySpan<double> m = _first[block.Name].Row(i), v = _second[block.Name].Row(i);
                for (int j = 0; j < w.Length; j++)
                    w[j] -= step * m[j] / (Math.Sqrt(v[j] / bias) + settings.Epsilon);
            }
        }
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() =>
        new JsonObject { ["steps"] = _steps, ["first"] = MatrixState.Capture(_first), ["second"] = MatrixState.Capture(_second) };

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _steps = (int)(JsonNumber.Of(state["steps"]) ?? throw new FormatException("The saved state of AdamW lacks its number of steps."));
        _first = MatrixState.RestoreNamed(state["first"]);
        _second = MatrixState.RestoreNamed(state["second"]);
    }
}
