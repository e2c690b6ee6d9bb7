using System.Runtime.InteropServices;
using System.Runtime.Loader;
using SpecGD.Numerics;
using SpecGD.Torch.Native;
using TorchSharp;

namespace SpecGD.Torch;

/// <summary>
/// The libtorch of this process. <see cref="Load"/> must be called before TorchSharp is used for the first time; a program that uses this package
/// begins with it.
/// </summary>
public sealed class TorchLibrary
{
    /// <summary>Environment variable with the folder of another libtorch: the folder torch/lib of an installed PyTorch.</summary>
    public const string FolderVariable = "SPECGD_LIBTORCH";

    /// <summary>The version of libtorch that this version of TorchSharp is made for.</summary>
    public const string RequiredVersion = "2.10.0";

    private static readonly Lock Gate = new();
    private static TorchLibrary? _loaded;
    private static Exception? _failure;

    private TorchLibrary(TorchPlaces places, string bridge, bool isBridgeChanged, MemorySettings memory) =>
        (Folder, Source, Bridge, IsBridgeChanged, Memory) = (places.Folder, places.Source, bridge, isBridgeChanged, memory);

    /// <summary>The folder that libtorch was loaded from.</summary>
    public string Folder { get; }

    /// <summary>Why from there: the environment variable, the program's own folder, or NuGet's package folder.</summary>
    public string Source { get; }

    /// <summary>The file of TorchSharp's own native library that was loaded.</summary>
    public string Bridge { get; }

    /// <summary>Whether that is a copy without the demand for a newer libstdc++ than this system has.</summary>
    public bool IsBridgeChanged { get; }

    /// <summary>What was done about glibc's memory allocation.</summary>
    public MemorySettings Memory { get; }

    /// <summary>Whether a GPU can be used.</summary>
    public static bool HasCuda => Load() is not null && torch.cuda.is_available();

    /// <summary>The first GPU where there is one, else the processor.</summary>
    public static torch.Device DefaultDevice => HasCuda ? torch.CUDA : torch.CPU;

    /// <summary>Loads libtorch once; later calls return the same.</summary>
    /// <exception cref="BadInputException">There is none for this platform, it has another version, or it does not load; the sentence says why.</exception>
    public static TorchLibrary Load()
    {
        lock (Gate)
        {
            if (_failure is not null)
                throw new BadInputException(_failure.Message, _failure);
            try
            {
                return _loaded ??= LoadOnce(Environment.GetEnvironmentVariable);
            }
            catch (BadInputException e)
            {
                _failure = e; // half-loaded libraries cannot be taken back, so a second try would not be the same
                throw;
            }
        }
    }

    /// <summary>
    /// The library of libtorch that carries MKL, for <see cref="Numerics.LinearAlgebra.Backend.MklFile"/>; null where this platform's libtorch has none to
    /// call, or there is no libtorch. What it needs is loaded; TorchSharp is not.
    /// </summary>
    public static string? MklFile()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        try
        {
            var places = TorchPlaces.Find(Environment.GetEnvironmentVariable);
            OpenMpThreads.SleepSoon(Environment.GetEnvironmentVariable);
            places.LoadLibTorch();
            return places.MainFile;
        }
        catch (BadInputException)
        {
            return null; // 'doctor' says why there is no libtorch
        }
    }

    private static TorchLibrary LoadOnce(Func<string, string?> environment)
    {
        var places = TorchPlaces.Find(environment);
        var memory = GlibcMemory.KeepLargeBlocks(environment);
        OpenMpThreads.SleepSoon(environment);
        var (bridge, isChanged) = BridgeFile.ThatLoads(places.Bridge, environment);
        places.LoadLibTorch();
        if (!NativeLibrary.TryLoad(bridge, out nint handle))
            throw WhyNot(bridge);
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name, handle);
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => Resolve(name, handle));
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            if (environment(ThreadBudget.Variable) is { Length: > 0 })
                torch.set_num_threads(ThreadBudget.Total);
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            throw new BadInputException(
                $"TorchSharp was used before {nameof(TorchLibrary)}.{nameof(Load)}() and did not find libtorch; call it first in the program.", e);
        }
        return new TorchLibrary(places, bridge, isChanged, memory);
    }

    /// <summary>Everything that TorchSharp asks for by name is in the library that is loaded already.</summary>
    private static nint Resolve(string name, nint bridge) => name is "LibTorchSharp" or "torch_cpu" or "torch" ? bridge : 0;

    private static BadInputException WhyNot(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            string reason = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(line => line.Contains(':', StringComparison.Ordinal)) ?? e.Message;
            return new BadInputException($"The native library {path} does not load: {reason.Trim()}", e);
        }
        return new BadInputException($"The native library {path} did not load at the first try.");
    }
}
