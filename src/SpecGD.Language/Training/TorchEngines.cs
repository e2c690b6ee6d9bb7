using System.Numerics;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;

namespace SpecGD.Language.Training;

/// <summary>The engines on libtorch, which is loaded with the first of them.</summary>
public sealed class TorchEngines : ITorchEngines
{
    /// <inheritdoc/>
    public IGptEngine<T> Of<T>(string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new TorchGptEngine<T>(precision, device);
}
