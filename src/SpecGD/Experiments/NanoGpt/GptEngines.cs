using SpecGD.Models.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>The engines that options name: the built-in one, and libtorch where the program brings it.</summary>
public static class GptEngines
{
    /// <summary>Names of the engines.</summary>
    public const string BuiltIn = "built-in", LibTorchName = "libtorch";

    /// <summary>Names of the precisions that a run trains in.</summary>
    public const string F32 = "f32", BF16 = "bf16";

    /// <summary>The device of the built-in engine.</summary>
    public const string Processor = "cpu";

    /// <summary>Makes the engine on libtorch from the names of precision and device; null in a program without it. Set once, at its start.</summary>
    public static Func<string, string, IGptEngine<float>>? LibTorch { get; set; }

    /// <summary>Which engine the options mean: where none is named, libtorch for what it alone can do, else the built-in one.</summary>
    /// <exception cref="BadInputException">The built-in one is named, and cannot do what else is asked.</exception>
    public static string NameOf(NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool needsLibTorch = options.Precision != F32 || options.Device != Processor;
        if (needsLibTorch && options.Engine == BuiltIn)
            throw new BadInputException(
                $"The built-in engine computes in {F32} on the {Processor}; --precision {options.Precision} --device {options.Device} take --engine {LibTorchName}.");
        return options.Engine ?? (needsLibTorch ? LibTorchName : BuiltIn);
    }

    /// <summary>The engine that the options mean.</summary>
    /// <exception cref="BadInputException">This program lacks it, or it lacks what else is asked: the device, or the platform.</exception>
    public static IGptEngine<float> Of(NanoGptOptions options) => NameOf(options) == BuiltIn
        ? BuiltInGptEngine<float>.Instance
        : LibTorch is { } make ? make(options.Precision, options.Device)
        : throw new BadInputException($"This program was made without {LibTorchName}.");
}
