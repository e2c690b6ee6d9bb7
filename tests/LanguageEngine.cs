using System.Numerics;
using System.Runtime.CompilerServices;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Language.Training;
using SpecGD.Models.Gpt;
using SpecGD.Torch.Tests;

namespace SpecGD.Tests;

/// <summary>What computes language models in tests: libtorch on the processor.</summary>
internal static class LanguageEngine
{
    /// <summary>As the program does at its start.</summary>
    [ModuleInitializer]
    internal static void Register() => GptEngines.LibTorch = new TorchEngines();

    /// <summary>In the precision of the parameters; skips where the platform has no libtorch.</summary>
    public static IGptEngine<T> Of<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Libtorch.Require();
        return GptEngines.Of<T>(typeof(T) == typeof(double) ? "f64" : GptEngines.F32, GptEngines.Processor);
    }
}
