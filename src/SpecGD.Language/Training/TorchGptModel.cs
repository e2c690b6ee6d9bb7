using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;
using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>The model on libtorch with parameters and gradients in the memory of <see cref="GptParameters{T}"/>.</summary>
internal sealed class TorchGptModel : IGptModel<float>, IDisposable
{
    private readonly Gpt _model;
    private readonly List<Shared> _shared = [];
    private readonly bool _isCopied;

    public TorchGptModel(GptParameters<float> parameters, int length, GptPrecision precision, Device device)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _ = new AttentionMask(length); // refuses a length that no mask has
        (Parameters, Length) = (parameters, length);
        _isCopied = device.type != DeviceType.CPU;
        _model = new Gpt(parameters.Shape, precision, device, layout =>
        {
            long[] shape = [.. layout.Shape.Select(size => (long)size)];
            return _isCopied ? zeros(shape, precision.Weights, device) : Wrapped(parameters[layout.Name].Value).view(shape);
        });
        foreach (var (name, weight) in _model.Weights)
        {
            var tensor = parameters[name];
            var shared = new Shared(weight, Wrapped(tensor.Value).view(weight.shape), Wrapped(tensor.Gradient).view(weight.shape));
            _shared.Add(shared);
            if (!_isCopied)
                weight.grad = shared.Gradient; // a backward pass adds to a gradient that is there
        }
    }

    public GptParameters<float> Parameters { get; }

    public int Length { get; }

    public double Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<float>? observer = null)
    {
        RequireLength(inputs);
        CopyIn();
        return _model.Loss(inputs, targets, window, Observer(observer));
    }

    public double LossAndGradient(
        ReadOnlySpan<int> inputs,
        ReadOnlySpan<int> targets,
        int window,
        IGptObserver<float>? observer = null,
        Action<ParameterTensor<float>>? done = null)
    {
        RequireLength(inputs);
        CopyIn();
        double loss = _model.LossAndGradient(inputs, targets, window, Observer(observer));
        AddGradients();
        foreach (var tensor in done is null ? [] : Parameters.InOrderOfGradients)
            done!(tensor);
        return loss;
    }

    public void Dispose()
    {
        _model.Dispose();
        foreach (var shared in _shared)
            shared.Dispose();
    }

    private void RequireLength(ReadOnlySpan<int> inputs)
    {
        if (inputs.Length != Length)
            throw new BadInputException($"A sequence has {inputs.Length} tokens; {Length} were expected.");
    }

    private void CopyIn()
    {
        if (!_isCopied)
            return;
        using var without = no_grad();
        foreach (var shared in _shared)
            shared.Weight.copy_(shared.Value);
    }

    private void AddGradients()
    {
        if (!_isCopied)
            return;
        using var scope = NewDisposeScope();
        using var without = no_grad();
        foreach (var shared in _shared)
        {
            if (shared.Weight.grad is not { } gradient)
                continue;
            shared.Gradient.add_(gradient.cpu());
            gradient.zero_();
        }
    }

    private static Action<string, Tensor>? Observer(IGptObserver<float>? observer) => observer is null ? null : (name, x) =>
    {
        var matrix = new Matrix<float>((int)x.shape[0], (int)x.shape[1]);
        x.to(ScalarType.Float32).cpu().contiguous().data<float>().CopyTo(matrix.AsSpan());
        observer.Observe(name, matrix);
    };

    /// <summary>A tensor in the memory of a matrix.</summary>
    private static Tensor Wrapped(Matrix<float> matrix)
    {
        var (array, offset) = matrix.Storage;
        return frombuffer(array, ScalarType.Float32, matrix.Count, offset);
    }

    /// <summary>A parameter of the model, and the memory of its value and gradient.</summary>
    private sealed record Shared(Tensor Weight, Tensor Value, Tensor Gradient) : IDisposable
    {
        public void Dispose()
        {
            Value.Dispose();
            Gradient.Dispose();
        }
    }
}
