using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>What an optimizer remembers of a parameter: its momentum, and whether its last step was spectral.</summary>
internal sealed class MomentumState(Parameter parameter) : OptimizerState(parameter), IDisposable
{
    private Tensor? _momentum;

    /// <summary>The momentum, of the parameter's shape, type and device; null before the first step.</summary>
    public Tensor? Momentum => _momentum;

    /// <summary>For <see cref="AdaptiveSpectral"/>: the geometry that was chosen last; null before the first choice.</summary>
    public bool? IsSpectral { get; set; }

    /// <summary>For <see cref="AdaptiveSpectral"/>: the norms of the activations that were measured last, ‖A‖_op²/n and ‖A‖_F²/n.</summary>
    public (double Euclidean, double Spectral)? Curvature { get; set; }

    /// <summary>For <see cref="AdaptiveSpectral"/>: steps taken.</summary>
    public int Steps { get; set; }

    /// <summary>m ← μ m + (1 − μ) G, beginning at zero.</summary>
    public Tensor Accumulate(Tensor gradient, double mu)
    {
        _momentum ??= zeros_like(gradient).DetachFromDisposeScope();
        return _momentum.ScaleBy(mu).Increase(gradient, 1 - mu);
    }

    /// <inheritdoc/>
    public override void Initialize(OptimizerOptions options)
    {
        Dispose();
        (Steps, IsSpectral, Curvature) = (0, null, null);
    }

    /// <inheritdoc/>
    public override void to(Device device)
    {
        if (_momentum is null)
            return;
        var moved = _momentum.to(device).DetachFromDisposeScope();
        if (!ReferenceEquals(moved, _momentum))
            _momentum.Dispose();
        _momentum = moved;
    }

    /// <inheritdoc/>
    public override void SaveStateDict(BinaryWriter writer)
    {
        SaveConditionalStateTensor(writer, _momentum);
        writer.Write(Steps);
        writer.Write((sbyte)(IsSpectral is null ? -1 : IsSpectral.Value ? 1 : 0));
        writer.Write(Curvature is not null);
        writer.Write(Curvature?.Euclidean ?? 0);
        writer.Write(Curvature?.Spectral ?? 0);
    }

    /// <inheritdoc/>
    public override void LoadStateDict(BinaryReader reader)
    {
        LoadConditionalStateTensor(reader, ref _momentum, _parameter.device);
        _momentum?.DetachFromDisposeScope();
        Steps = reader.ReadInt32();
        IsSpectral = reader.ReadSByte() switch { < 0 => null, 0 => false, _ => true };
        bool isKnown = reader.ReadBoolean();
        var (euclidean, spectral) = (reader.ReadDouble(), reader.ReadDouble());
        Curvature = isKnown ? (euclidean, spectral) : null;
        if (_momentum is { } m && !m.shape.AsSpan().SequenceEqual(_parameter.shape))
            throw new InvalidDataException($"The saved momentum has the shape [{string.Join(", ", m.shape)}], its parameter [{string.Join(", ", _parameter.shape)}].");
    }

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerState source)
    {
        if (source is not MomentumState other || ReferenceEquals(other, this))
            return;
        _momentum?.Dispose();
        _momentum = other._momentum?.to(_parameter.device, copy: true).DetachFromDisposeScope();
        (Steps, IsSpectral, Curvature) = (other.Steps, other.IsSpectral, other.Curvature);
    }

    /// <inheritdoc/>
    public override bool ApproximatelyEquals(OptimizerState other) =>
        other is MomentumState state && Steps == state.Steps && IsSpectral == state.IsSpectral
        && (_momentum is null ? state._momentum is null : state._momentum is not null && _momentum.allclose(state._momentum));

    public void Dispose()
    {
        _momentum?.Dispose();
        _momentum = null;
    }
}
