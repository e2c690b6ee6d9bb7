using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.Intrinsics.X86;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>The engines on libtorch, which is loaded with the first of them.</summary>
public sealed class TorchEngines : ITorchEngines
{
    /// <summary>Where CPUID (leaf 7) tells of products of bfloat16: AVX512_BF16 in EAX of its second part, AMX-BF16 in EDX of its first.</summary>
    private const int FeatureLeaf = 7, Avx512BFloat16 = 1 << 5, AmxBFloat16 = 1 << 22;

    private static readonly ConcurrentDictionary<string, bool> MeasuredFast = new();
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(0.05);

    /// <inheritdoc/>
    public string DefaultDevice
    {
        get
        {
            try
            {
                return TorchLibrary.HasCuda ? "cuda" : GptEngines.Processor;
            }
            catch (BadInputException) // there is no libtorch; what needs it says so
            {
                return GptEngines.Processor;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A processor tells. A GPU is measured, once: its rates are far enough apart for that to give the same every time.</remarks>
    public bool HasFastBFloat16(string device)
    {
        if (device == GptEngines.Processor)
            return X86Base.IsSupported && (X86Base.CpuId(FeatureLeaf, 1).Eax & Avx512BFloat16) + (X86Base.CpuId(FeatureLeaf, 0).Edx & AmxBFloat16) != 0;
        return MeasuredFast.GetOrAdd(device, IsMeasuredFast);
    }

    private static bool IsMeasuredFast(string device)
    {
        TorchLibrary.Load();
        var gpu = TorchGptEngine<float>.DeviceNamed(device);
        return ProductRate.Measure(ScalarType.BFloat16, gpu, MeasureFor, TimeProvider.System)
            >= ProductRate.FastBFloat16 * ProductRate.Measure(ScalarType.Float32, gpu, MeasureFor, TimeProvider.System);
    }

    /// <inheritdoc/>
    public IGptEngine<T> Of<T>(string precision, string device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new TorchGptEngine<T>(precision, device);
}
