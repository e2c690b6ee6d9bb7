using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>Settings of <see cref="Muon"/>.</summary>
/// <param name="LearningRate">lr.</param>
public sealed record MuonSettings(double LearningRate)
{
    /// <summary>μ, the share of the past in the momentum.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>wd: the weight shrinks by the factor 1 − lr·wd at every step.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The factor that depends on the shape.</summary>
    public MuonScale Scale { get; init; } = MuonScale.Original;

    /// <summary>What makes the update orthogonal.</summary>
    public Orthogonalizer Orthogonalizer { get; init; } = Orthogonalizer.NewtonSchulz;
}

/// <summary>
/// Muon: m ← lerp(m, G, 1 − μ), u = lerp(G, m, μ) (Nesterov), W ← W(1 − lr·wd) − lr·scale·orthogonal(u). The momentum starts at zero.
/// </summary>
public sealed class Muon(MuonSettings settings) : IOptimizer
{
    private readonly Dictionary<string, Matrix<double>> _updates = [];
    private Dictionary<string, Matrix<double>> _momenta = [];

    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        double mu = settings.Momentum;
        foreach (var block in blocks)
        {
            var m = _momenta.Of(block);
            MuonMath.Accumulate(m, block.Gradient, mu);
            using var lease = MatrixPool<double>.Rent(m.Rows, m.Columns);
            MuonMath.LookAhead(block.Gradient, m, mu, lease.Matrix);
            settings.Orthogonalizer.Apply(lease.Matrix, _updates.Of(block));
        }
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        foreach (var block in blocks)
        {
            double scale = settings.Scale.Of(block.Weight.Rows, block.Weight.Columns);
            MuonMath.Step(block.Weight, _updates[block.Name], settings.LearningRate, scale, settings.WeightDecay);
        }
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => MatrixState.Capture(_momenta);

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => _momenta = MatrixState.RestoreNamed(state);
}
