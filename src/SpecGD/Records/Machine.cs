using System.Runtime.InteropServices;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Records;

/// <summary>The machine on which something ran, as far as it bears on speed and rounding.</summary>
/// <param name="Processor">Name of the processor, as the system gives it.</param>
/// <param name="LogicalProcessors">How many the system shows.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Blas">Linear algebra, and for OpenBLAS its kernels.</param>
/// <param name="BlasConfiguration">How OpenBLAS was built, or null where it was not used.</param>
/// <param name="Threads">The thread budget.</param>
public sealed record Machine(
    string Processor,
    int LogicalProcessors,
    string System,
    string Runtime,
    string Blas,
    string? BlasConfiguration,
    int Threads)
{
    /// <summary>Name of this machine's processor, as the system gives it.</summary>
    public static string ThisProcessor { get; } = ReadProcessor();

    /// <summary>This machine, with the linear algebra and the thread budget that are in use now.</summary>
    public static Machine Here() => new(
        ThisProcessor,
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        Backend.Current.Name,
        ReferenceEquals(Backend.Current, Backend.OpenBlas) ? Backend.Library.Configuration.Trim() : null,
        ThreadBudget.Total);

    private static string ReadProcessor()
    {
        const string linuxTable = "/proc/cpuinfo";
        if (File.Exists(linuxTable)
            && File.ReadLines(linuxTable).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
            return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
