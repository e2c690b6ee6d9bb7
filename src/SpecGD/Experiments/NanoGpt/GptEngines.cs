using System.Numerics;
using SpecGD.Models.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>Makes the engines on libtorch.</summary>
public interface ITorchEngines
{
    /// <summary>The engine of a precision on a device.</summary>
    /// <typeparam name="T">Type of the parameters.</typeparam>
    /// <exception cref="BadInputException">There is no such precision or device, or no libtorch for this platform.</exception>
    IGptEngine<T> Of<T>(string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The engines that options name: the built-in one, and libtorch where the program brings it.</summary>
public static class GptEngines
{
    /// <summary>Names of the engines.</summary>
    public const string BuiltIn = "built-in", LibTorchName = "libtorch";

    /// <summary>Names of the precisions that a run trains in.</summary>
    public const string F32 = "f32", BF16 = "bf16";

    /// <summary>The precision of verification and of the single steps.</summary>
    private const string F64 = "f64";

    /// <summary>The device of the built-in engine.</summary>
    public const string Processor = "cpu";

    /// <summary>The engines on libtorch; null in a program without it. Set once, at its start.</summary>
    public static ITorchEngines? LibTorch { get; set; }

    private static ITorchEngines Required => LibTorch ?? throw new BadInputException($"This program was made without {LibTorchName}.");

    /// <summary>Which engine is meant: where none is named, libtorch for what it alone can do, else the built-in one.</summary>
    /// <exception cref="BadInputException">The built-in one is named, and cannot do what else is asked.</exception>
    public static string NameOf(string? engine, string precision, string device)
    {
        bool needsLibTorch = precision is not (F32 or F64) || device != Processor;
        if (needsLibTorch && engine == BuiltIn)
            throw new BadInputException(
                $"The built-in engine computes in {F32} on the {Processor}; --precision {precision} --device {device} take --engine {LibTorchName}.");
        return engine ?? (needsLibTorch ? LibTorchName : BuiltIn);
    }

    /// <summary>The engine that is meant.</summary>
    /// <typeparam name="T">Type of the parameters.</typeparam>
    /// <exception cref="BadInputException">This program lacks it, or it lacks what else is asked: the device, or the platform.</exception>
    public static IGptEngine<T> Of<T>(string? engine, string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        NameOf(engine, precision, device) == BuiltIn ? BuiltInGptEngine<T>.Instance : Required.Of<T>(precision, device);

    /// <inheritdoc cref="Of{T}(string?, string, string)"/>
    public static IGptEngine<float> Of(NanoGptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Of<float>(options.Engine, options.Precision, options.Device);
    }

    /// <summary>The engine in double on the processor.</summary>
    /// <param name="engine">Its name; null for the built-in one.</param>
    /// <exception cref="BadInputException">This program lacks it, or there is none for this platform.</exception>
    public static IGptEngine<double> InDouble(string? engine = null) => Of<double>(engine, F64, Processor);
}
