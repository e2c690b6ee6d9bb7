using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What computes a trained model.</summary>
public sealed record GptEngineOptions
{
    internal const string EngineWords = "what computes: this program's own code, or libtorch", EngineChoices = GptEngines.BuiltIn + "," + GptEngines.LibTorchName;
    internal const string EngineUnset = "built-in, but libtorch where --precision or --device need it";
    internal const string PrecisionChoices = GptEngines.F32 + "," + GptEngines.BF16;

    /// <summary>What computes.</summary>
    [Setting("engine", EngineWords, Choices = EngineChoices, UnsetMeans = EngineUnset)]
    public string? Engine { get; init; }

    /// <summary>Numbers of activations and products.</summary>
    [Setting("precision", "numbers of activations and products", Choices = PrecisionChoices)]
    public string Precision { get; init; } = GptEngines.F32;

    /// <summary>Where it is computed.</summary>
    [Setting("device", "where it is computed: cpu, cuda, or cuda:N for one of several GPUs")]
    public string Device { get; init; } = GptEngines.Processor;

    /// <summary>The engine.</summary>
    /// <exception cref="BadInputException">This program lacks it, or it lacks what else is asked: the device, or the platform.</exception>
    public IGptEngine<float> Create() => GptEngines.Of<float>(Engine, Precision, Device);
}

/// <summary>What computes a recorded case again.</summary>
public sealed record GptVerificationOptions
{
    /// <summary>What computes.</summary>
    [Setting("engine", GptEngineOptions.EngineWords, Choices = GptEngineOptions.EngineChoices, UnsetMeans = GptEngines.BuiltIn)]
    public string? Engine { get; init; }
}
