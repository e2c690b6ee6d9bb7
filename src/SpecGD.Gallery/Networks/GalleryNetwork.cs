using static TorchSharp.torch;

namespace SpecGD.Gallery.Networks;

/// <summary>What a network of the gallery is trained on.</summary>
internal enum GalleryData
{
    /// <summary>Digits of 28 × 28 pixels; inputs (batch, 784), classes 0 to 9.</summary>
    Digits,

    /// <summary>The same digits, moved, scaled in brightness and with noise.</summary>
    ChangedDigits,

    /// <summary>Digits as their own targets.</summary>
    DigitsThemselves,

    /// <summary>A dictionary, characters in and the next characters out.</summary>
    Dictionary,

    /// <summary>The King James Bible, likewise.</summary>
    Bible,
}

/// <summary>A network of the gallery: how it is made, what it learns and how long.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">What it is, in a phrase.</param>
/// <param name="Data">What it learns.</param>
/// <param name="BatchSize">Samples, or sequences, of a step.</param>
/// <param name="Steps">Steps of a run.</param>
/// <param name="HeldBack">Names of the layers that the usual practice leaves to AdamW: input layers, heads, routers.</param>
/// <param name="Create">Makes it, with weights from the generator of libtorch: inputs in, logits or values out.</param>
internal sealed record GalleryNetwork(
    string Name, string Summary, GalleryData Data, int BatchSize, int Steps, IReadOnlyList<string> HeldBack, Func<nn.Module<Tensor, Tensor>> Create)
{
    /// <summary>What is done with a new network before the run that is measured, such as pretraining; null for nothing.</summary>
    public Action<nn.Module<Tensor, Tensor>, GalleryCorpus, ulong>? Prepare { get; init; }

    /// <summary>Whether targets are classes: cross-entropy, else the mean square.</summary>
    public bool HasClasses => Data != GalleryData.DigitsThemselves;

    /// <summary>The mean loss over a batch; a scalar.</summary>
    public Tensor Loss(nn.Module<Tensor, Tensor> model, (Tensor Inputs, Tensor Targets) batch)
    {
        var outputs = model.call(batch.Inputs);
        return HasClasses
            ? nn.functional.cross_entropy(outputs.reshape(-1, outputs.shape[^1]), batch.Targets.reshape(-1))
            : nn.functional.mse_loss(outputs, batch.Targets);
    }
}
