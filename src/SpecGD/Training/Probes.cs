using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Training;

/// <summary>Records loss, gradient norms and ranks, weight and activation norms of a one-block model, under the authors' names.</summary>
/// <param name="log">Where the series go.</param>
public sealed class SingleBlockProbe(MethodLog log) : IProbe
{
    private readonly WeightNorms _norms = new();

    /// <summary>Names of what it records of a model whose only block has this name.</summary>
    internal static IReadOnlyList<string> SeriesOf(string block) =>
    [
        "loss", "objective_gap", "grad_norm", "nuclear_norm", "nuclear_rank",
        SeriesName.Of("grad_ratio", block), SeriesName.Of("weight_op_norm", block), "activations.layer1", "activation_op_norm.A1",
    ];

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        var block = model.Blocks[0];
        log.Record("loss", step, loss);
        log.Record("objective_gap", step, loss); // the targets are realisable: the least loss is 0
        log.Record("grad_norm", step, block.GradientNorm);
        log.Record("nuclear_norm", step, block.GradientNuclearNorm);
        log.Record("nuclear_rank", step, block.GradientNuclearRank);
        log.Record(SeriesName.Of("grad_ratio", block.Name), step, block.GradientNuclearRank);
        log.Record(SeriesName.Of("weight_op_norm", block.Name), step, _norms.Of(block));
        log.Record("activations.layer1", step, block.Activation.StableRank);
        log.Record("activation_op_norm.A1", step, block.Activation.OperatorNorm);
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => NormedSeries.Capture(log, _norms);

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => NormedSeries.Restore(log, _norms, state);
}

/// <summary>Keeps copies of the first block's weight at chosen steps.</summary>
/// <param name="steps">The steps to keep.</param>
public sealed class IterateKeeper(IEnumerable<int> steps) : IProbe
{
    private readonly HashSet<int> _wanted = [.. steps];
    private readonly Dictionary<int, Matrix<double>> _kept = [];

    /// <summary>The weights kept, by step.</summary>
    public IReadOnlyDictionary<int, Matrix<double>> Kept => _kept;

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        if (_wanted.Contains(step))
            _kept[step] = model.Blocks[0].Weight.Clone();
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() =>
        MatrixState.Capture(_kept.Select(k => KeyValuePair.Create(k.Key.ToString(CultureInfo.InvariantCulture), k.Value)));

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        foreach (var (step, weight) in MatrixState.RestoreNamed(state))
            _kept[int.Parse(step, CultureInfo.InvariantCulture)] = weight;
    }
}

/// <summary>Keeps the first block's weight at the first maximum of the gradient's nuclear rank.</summary>
public sealed class PeakKeeper : IProbe
{
    private double _largest = double.NegativeInfinity;
    private Matrix<double> _weight;

    /// <summary>Step and weight of the peak so far; null before the first iterate.</summary>
    public (int Step, Matrix<double> Weight)? Peak { get; private set; }

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        var block = model.Blocks[0];
        if (block.GradientNuclearRank <= _largest || (loss == 0 && Peak is not null)) // a gradient beyond a loss of zero is rounding
            return;
        _largest = block.GradientNuclearRank;
        if (_weight.IsEmpty)
            _weight = block.Weight.Clone();
        else
            block.Weight.CopyTo(_weight);
        Peak = (step, _weight);
    }

    /// <inheritdoc/>
    public JsonNode? CaptureState() => Peak is not { } peak
        ? null
        : new JsonObject { ["step"] = peak.Step, ["nuclear_rank"] = _largest, ["weight"] = MatrixState.Capture(peak.Weight) };

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_largest, _weight) = (JsonNumber.Of(state["nuclear_rank"]) ?? double.NegativeInfinity, MatrixState.Restore(state["weight"]));
        Peak = ((int)(JsonNumber.Of(state["step"]) ?? 0), _weight);
    }
}

/// <summary>Records the loss and the nuclear rank of the first block's gradient, for runs with many trajectories.</summary>
/// <param name="log">Where the series go.</param>
public sealed class LossAndRankProbe(MethodLog log) : IProbe
{
    /// <summary>Names of the two series.</summary>
    public const string Loss = "loss", NuclearRank = "nuclear_rank";

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        log.Record(Loss, step, loss);
        log.Record(NuclearRank, step, model.Blocks[0].GradientNuclearRank);
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => SeriesState.Capture(log);

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => SeriesState.Restore(log, state);
}
