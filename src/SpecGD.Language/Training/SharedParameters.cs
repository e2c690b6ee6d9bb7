using SpecGD.Torch;
using System.Numerics;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;
using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>
/// A model whose parameters and gradients are those of <see cref="GptParameters{T}"/>: the very memory on the processor, copies on another device.
/// </summary>
internal sealed class SharedParameters<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Tensor, Shared> _shared = new(ReferenceEqualityComparer.Instance);
    private readonly bool _isCopied;

    /// <param name="parameters">The parameters.</param>
    /// <param name="precision">Types of the numbers.</param>
    /// <param name="device">Where the model lives.</param>
    /// <param name="forTraining">Whether gradients will be asked for.</param>
    public SharedParameters(GptParameters<T> parameters, GptPrecision precision, Device device, bool forTraining)
    {
        using var scope = NewDisposeScope();
        _isCopied = device.type != DeviceType.CPU;
        Model = new Gpt(parameters.Shape, precision, device, layout =>
        {
            long[] shape = [.. layout.Shape.Select(size => (long)size)];
            return _isCopied ? zeros(shape, precision.Weights, device) : Wrapped(parameters[layout.Name].Value).view(shape);
        });
        foreach (var (name, weight) in Model.Weights)
        {
            var tensor = parameters[name];
            var shared = new Shared(
                tensor, Wrapped(tensor.Value).view(weight.shape).DetachFromDisposeScope(), Wrapped(tensor.Gradient).view(weight.shape).DetachFromDisposeScope());
            _shared.Add(weight, shared);
            if (!_isCopied && forTraining)
                weight.grad = shared.Gradient; // a backward pass adds to a gradient that is there
        }
    }

    /// <summary>The type of the parameters' numbers.</summary>
    public static ScalarType Element => typeof(T) == typeof(float) ? ScalarType.Float32 : ScalarType.Float64;

    public Gpt Model { get; }

    /// <summary>Parameters as they are now, where the model has copies.</summary>
    public void CopyIn()
    {
        using var without = no_grad();
        foreach (var (weight, shared) in _isCopied ? _shared : [])
            weight.copy_(shared.Value);
    }

    /// <summary>Adds the gradient of a copy to that of its parameter, and tells which that is.</summary>
    public ParameterTensor<T> AddGradient(Tensor weight)
    {
        var shared = _shared[weight];
        using var scope = NewDisposeScope();
        if (_isCopied && weight.grad is { } gradient)
        {
            shared.Gradient.Increase(gradient.cpu());
            gradient.zero_();
        }
        return shared.Parameter;
    }

    public void Dispose()
    {
        Model.Dispose();
        foreach (var shared in _shared.Values)
            shared.Dispose();
    }

    /// <summary>A tensor in the memory of a matrix.</summary>
    private static Tensor Wrapped(Matrix<T> matrix)
    {
        var (array, offset) = matrix.Storage;
        return frombuffer(array, Element, matrix.Count, offset);
    }

    /// <summary>A parameter, and tensors in the memory of its value and gradient.</summary>
    private sealed record Shared(ParameterTensor<T> Parameter, Tensor Value, Tensor Gradient) : IDisposable
    {
        public void Dispose()
        {
            Value.Dispose();
            Gradient.Dispose();
        }
    }
}
