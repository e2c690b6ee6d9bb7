using System.Numerics;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>A decoder on libtorch with the parameters in the memory of <see cref="GptParameters{T}"/>.</summary>
internal sealed class TorchGptDecoder<T> : IGptDecoder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SharedParameters<T> _shared;
    private readonly GptDecoder _decoder;
    private readonly T[] _logits;

    public TorchGptDecoder(GptParameters<T> parameters, int window, GptPrecision precision, Device device)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _shared = new SharedParameters<T>(parameters, precision, device, forTraining: false);
        _shared.CopyIn();
        _decoder = new GptDecoder(_shared.Model, window);
        _logits = new T[parameters.Shape.PaddedVocabulary];
    }

    public int Position => _decoder.Position;

    public ReadOnlySpan<T> Read(scoped ReadOnlySpan<int> tokens)
    {
        using var scope = NewDisposeScope();
        _decoder.Read(tokens).to(SharedParameters<T>.Element).cpu().contiguous().data<T>().CopyTo(_logits);
        return _logits;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _shared.Dispose();
    }
}
