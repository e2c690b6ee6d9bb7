using System.ComponentModel;
using System.Diagnostics;

namespace SpecGD.Cli.Tests;

/// <summary>Starts <c>specgd</c> as several ranks, as a user does who types mpirun.</summary>
internal static class MpirunProcess
{
    private static readonly string? Missing = WhyNot();

    /// <summary>Says why a test is skipped where there is no mpirun.</summary>
    public static void SkipWhereMissing() => Skip.If(Missing is not null, Missing);

    public static Process Start(string directory, int ranks, params string[] arguments)
    {
        var start = new ProcessStartInfo("mpirun") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] words =
        [
            "-n", $"{ranks}", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", // there may be fewer cores than ranks
            "dotnet", SpecgdProcess.Program, .. arguments,
        ];
        foreach (string word in words)
            start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }

    public static SpecgdProcess.Said Run(string directory, int ranks, params string[] arguments)
    {
        using var process = Start(directory, ranks, arguments);
        return SpecgdProcess.Finish(process);
    }

    /// <summary>The process of a rank among the children of an mpirun.</summary>
    public static int ProcessOf(int rank, Process mpirun)
    {
        foreach (string child in File.ReadAllText($"/proc/{mpirun.Id}/task/{mpirun.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (File.ReadAllText($"/proc/{child}/environ").Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}"))
                return int.Parse(child, System.Globalization.CultureInfo.InvariantCulture);
        throw new InvalidOperationException($"mpirun has no child that is rank {rank}.");
    }

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux())
            return "Open MPI is used on Linux alone";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("mpirun", "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string version = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return version.Contains("Open MPI", StringComparison.Ordinal) ? null : $"this mpirun is not Open MPI's: {version.Split('\n')[0]}";
        }
        catch (Win32Exception)
        {
            return "mpirun is not installed (apt-get install openmpi-bin libopenmpi3)";
        }
    }
}
