using System.Numerics;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>The model on libtorch with parameters and gradients in the memory of <see cref="GptParameters{T}"/>.</summary>
internal sealed class TorchGptModel<T> : IGptModel<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SharedParameters<T> _shared;

    public TorchGptModel(GptParameters<T> parameters, int length, bool forTraining, GptPrecision precision, Device device)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _ = new AttentionMask(length); // refuses a length that no mask has
        (Parameters, Length) = (parameters, length);
        _shared = new SharedParameters<T>(parameters, precision, device, forTraining);
    }

    public GptParameters<T> Parameters { get; }

    public int Length { get; }

    public double Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer = null)
    {
        RequireLength(inputs);
        _shared.CopyIn();
        return _shared.Model.Loss(inputs, targets, window, Observer(observer));
    }

    public double LossAndGradient(
        ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer = null, Action<ParameterTensor<T>>? done = null)
    {
        RequireLength(inputs);
        _shared.CopyIn();
        return _shared.Model.LossAndGradient(inputs, targets, window, Observer(observer), weight =>
        {
            var tensor = _shared.AddGradient(weight);
            done?.Invoke(tensor);
        });
    }

    public void Dispose() => _shared.Dispose();

    private void RequireLength(ReadOnlySpan<int> inputs)
    {
        if (inputs.Length != Length)
            throw new BadInputException($"A sequence has {Counted.Of(inputs.Length, "token")}; {Length} were expected.");
    }

    private static Action<string, Tensor>? Observer(IGptObserver<T>? observer) => observer is null ? null : (name, x) =>
    {
        var matrix = new Matrix<T>((int)x.shape[0], (int)x.shape[1]);
        x.to(SharedParameters<T>.Element).cpu().contiguous().data<T>().CopyTo(matrix.AsSpan());
        observer.Observe(name, matrix);
    };
}
