using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>Where and in which numbers a trained model is computed.</summary>
public sealed record GptEngineOptions
{
    internal const string PrecisionChoices = GptEngines.F32 + "," + GptEngines.BF16;
    internal const string PrecisionUnset = "bf16 where its products are fast and the model is not narrower than 256, else f32";
    internal const string DeviceWords = "where it is computed: cpu, cuda, or cuda:N for one of several GPUs", DeviceUnset = "a GPU where there is one, else cpu";

    /// <summary>Numbers of activations and products.</summary>
    [Setting("precision", "numbers of activations and products", Choices = PrecisionChoices, UnsetMeans = PrecisionUnset)]
    public string? Precision { get; init; }

    /// <summary>Where it is computed.</summary>
    [Setting("device", DeviceWords, UnsetMeans = DeviceUnset)]
    public string? Device { get; init; }

    /// <summary>The engine for a model of a width.</summary>
    /// <param name="width">d of the model.</param>
    /// <exception cref="BadInputException">This program lacks it, or it lacks what is asked: the device, or the platform.</exception>
    public IGptEngine<float> Create(int width) => GptEngines.Chosen<float>(Precision, Device, width);
}
