using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Numerics;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Cli.Commands;

/// <summary>What <c>specgd doctor</c> says of libtorch: its version, devices and memory, and whether bfloat16 is worth it here.</summary>
internal static class TorchFindings
{
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(0.3);

    public static void Add(Examination examination)
    {
        TorchLibrary library;
        try
        {
            library = TorchLibrary.Load();
        }
        catch (BadInputException e)
        {
            examination.Add("libtorch", "not here: language models cannot be trained or read");
            examination.AddDetail("libtorch", e.Message);
            return;
        }
        set_num_threads(ThreadBudget.Total);
        var device = TorchLibrary.DefaultDevice;
        double single = ProductRate.Measure(ScalarType.Float32, device, MeasureFor, TimeProvider.System);
        double brain = ProductRate.Measure(ScalarType.BFloat16, device, MeasureFor, TimeProvider.System);
        examination.Add(
            "libtorch",
            string.Create(CultureInfo.InvariantCulture, $"{TorchLibrary.RequiredVersion} on {Devices()}: {single:0.#} GFLOP/s in float32, {brain:0.#} in bfloat16{(brain >= ProductRate.FastBFloat16 * single ? "" : ", which is slow here")}"));
        examination.AddDetail("libtorch loaded", $"{library.Folder} ({library.Source})");
        examination.AddDetail("libtorch bridge", library.Bridge + (library.IsBridgeChanged ? ", a copy for this system's libstdc++" : ""));
        examination.AddDetail("libtorch memory", library.Memory switch
        {
            MemorySettings.Kept => "freed blocks are kept for the next tensor",
            MemorySettings.AsTheUserSaid => "as the environment says",
            _ => "as the system does it",
        });
    }

    private static string Devices() => TorchLibrary.HasCuda ? $"cpu and {cuda.device_count()} × cuda" : "cpu";
}
