using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Records;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>Makes the engines on libtorch.</summary>
public interface ITorchEngines
{
    /// <summary>A GPU where there is one, else the processor; the processor where there is no libtorch.</summary>
    string DefaultDevice { get; }

    /// <summary>Whether products in bfloat16 are much faster than in float32 there.</summary>
    /// <param name="device">Name of the device.</param>
    bool HasFastBFloat16(string device);

    /// <summary>The engine of a precision on a device.</summary>
    /// <typeparam name="T">Type of the parameters.</typeparam>
    /// <exception cref="BadInputException">There is no such precision or device, or no libtorch for this platform.</exception>
    IGptEngine<T> Of<T>(string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>What computes language models: libtorch, which the program brings and this library does not know.</summary>
public static class GptEngines
{
    /// <summary>Names of the precisions that a run trains in.</summary>
    public const string F32 = "f32", BF16 = "bf16", F64 = "f64";

    /// <summary>The device that every machine has.</summary>
    public const string Processor = "cpu";

    /// <summary>
    /// Narrower models are trained in float32: with bfloat16 products six times as fast, the conversions of width 64 took back more than the products
    /// gained, at width 256 the whole was twice as fast.
    /// </summary>
    private const int NarrowestInBFloat16 = 256;

    /// <summary>The experiments that compute with a language model.</summary>
    private static readonly string[] Experiments = [NanoGptRun.Name, NanoGptAblation.ExperimentName, OneStep.ExperimentName];

    /// <summary>The engines on libtorch; null in a program without it. Set once, at its start.</summary>
    public static ITorchEngines? LibTorch
    {
        get;
        set
        {
            field = value;
            foreach (string experiment in Experiments)
                ComputingCode.Note(experiment, value?.GetType().Assembly);
        }
    }

    private static ITorchEngines Required => LibTorch ?? throw new BadInputException("This program was made without libtorch, which computes language models.");

    /// <summary>The device where none is named.</summary>
    public static string DefaultDevice => LibTorch?.DefaultDevice ?? Processor;

    /// <summary>Precision and device as they are named, or by default.</summary>
    /// <param name="precision">Name of the precision; null for the default.</param>
    /// <param name="device">Name of the device; null for the default.</param>
    /// <param name="width">d of the model.</param>
    internal static (string Precision, string Device) Choose(string? precision, string? device, int width)
    {
        device ??= DefaultDevice;
        return (precision ?? DefaultPrecision(width, device), device);
    }

    /// <summary>The precision where none is named.</summary>
    /// <param name="width">d of the model.</param>
    /// <param name="device">Name of the device.</param>
    public static string DefaultPrecision(int width, string device) =>
        width >= NarrowestInBFloat16 && LibTorch?.HasFastBFloat16(device) == true ? BF16 : F32;

    /// <summary>The engine of a precision on a device.</summary>
    /// <typeparam name="T">Type of the parameters.</typeparam>
    /// <exception cref="BadInputException">This program lacks it, or it lacks what is asked: the device, or the platform.</exception>
    public static IGptEngine<T> Of<T>(string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Required.Of<T>(precision, device);

    /// <summary>The engine of a run.</summary>
    /// <inheritdoc cref="Of{T}(string, string)"/>
    public static IGptEngine<T> Of<T>(NanoGptOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        return Chosen<T>(options.Precision, options.Device, options.Shape().Width);
    }

    /// <summary>The engine of what <see cref="Choose"/> gives.</summary>
    internal static IGptEngine<T> Chosen<T>(string? precision, string? device, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var chosen = Choose(precision, device, width);
        return Of<T>(chosen.Precision, chosen.Device);
    }

    /// <summary>The engine in double on the processor.</summary>
    /// <exception cref="BadInputException">This program lacks it, or there is none for this platform.</exception>
    public static IGptEngine<double> InDouble() => Of<double>(F64, Processor);
}
