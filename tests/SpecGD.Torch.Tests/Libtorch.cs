using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SpecGD.Numerics.LinearAlgebra;
using TorchSharp;

namespace SpecGD.Torch.Tests;

/// <summary>Loads libtorch before a test, or skips it where the platform has none.</summary>
internal static class Libtorch
{
    private static readonly bool Exists =
        (OperatingSystem.IsMacOS() ? Architecture.Arm64 : Architecture.X64) == RuntimeInformation.ProcessArchitecture
        || Environment.GetEnvironmentVariable(TorchLibrary.FolderVariable) is not null;

    /// <summary>As the program does at its start: where OpenBLAS is missing, libtorch's MKL computes.</summary>
    [ModuleInitializer]
    internal static void Register() => Backend.MklFile = TorchLibrary.MklFile;

    /// <summary>Where there is a libtorch for the platform, one that does not load is a failure, not a skip.</summary>
    public static TorchLibrary Require()
    {
        Skip.IfNot(Exists, "there is no libtorch for this platform");
        var library = TorchLibrary.Load();
        torch.set_num_threads(1); // the matrices are small, and threads that wait spin
        return library;
    }
}
